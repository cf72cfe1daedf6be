/// What was found out about one person.
package struct PersonResult: Sendable, Equatable, Codable {
    package var recordID: String
    /// A channel that was not asked for is absent.
    package var channels: ChannelMap<ChannelResult>
    package var creditsUsed: Credits
    /// Who could not be asked on the way; a service does not say.
    package var failures: [ProviderFailure] = []

    package init(recordID: String, channels: ChannelMap<ChannelResult>, creditsUsed: Credits) {
        self.recordID = recordID
        self.channels = channels
        self.creditsUsed = creditsUsed
    }

    /// Who could not be asked for a channel that was not found: another time they may have it, so it is no miss to
    /// remember.
    package func failures(of channel: Channel) -> [ProviderFailure] {
        guard !failures.isEmpty, case .missed(let tried) = channels[channel] else { return [] }
        return failures.filter { tried.contains($0.provider) }
    }

    private enum CodingKeys: String, CodingKey {
        case recordID = "record_id"
        case channels
        case creditsUsed = "credits_used"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        recordID = try container.decodeIfPresent(LenientText.self, forKey: .recordID)?.text ?? ""
        creditsUsed = try container.decode(Credits.self, forKey: .creditsUsed)
        let found = try container.nestedContainer(keyedBy: Channel.self, forKey: .channels)
        // Channels that this version does not know are left out rather than refused, whatever they look like.
        channels = try found.allKeys.reduce(into: ChannelMap()) { known, channel in
            let result = try found.decodeIfPresent(ChannelResult.self, forKey: channel) ?? .missed(tried: [])
            // A phone may come as a number; an email or a profile of digits alone is something else.
            if channel != .phone, let text = result.value?.value, text.allSatisfy(\.isNumber) {
                throw DecodingError.dataCorruptedError(
                    forKey: channel, in: found, debugDescription: "a number stands where a text belongs")
            }
            known[channel] = result
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(recordID, forKey: .recordID)
        try container.encode(creditsUsed, forKey: .creditsUsed)
        try container.encode(channels, forKey: .channels)
    }
}

/// One channel of a result.
///
/// A miss is `null` or `{"value": null}` on the wire; both mean the same.
package enum ChannelResult: Sendable, Equatable, Codable {
    case found(ChannelValue)
    case missed(tried: [String])

    private enum CodingKeys: String, CodingKey {
        case value
        case triedProviders = "tried_providers"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if try container.decodeIfPresent(LenientText.self, forKey: .value)?.text.isEmpty ?? true {
            self = .missed(tried: try container.decodeIfPresent([String].self, forKey: .triedProviders) ?? [])
        } else {
            self = .found(try ChannelValue(from: decoder))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .found(let value): try value.encode(to: encoder)
        case .missed(let tried):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encodeNil(forKey: .value)
            try container.encode(tried, forKey: .triedProviders)
        }
    }

    package var value: ChannelValue? {
        if case .found(let value) = self { value } else { nil }
    }
}

/// A value that was found.
///
/// A class, since it goes from stage to stage with its row and nobody changes it.
package final class ChannelValue: Sendable, Equatable, Codable {
    package let value: String
    /// The provider.
    package let source: String
    /// 0–1.
    package let confidence: Double
    /// ISO 8601, as the service wrote it.
    package let enrichedAt: String

    package init(value: String, source: String, confidence: Double, enrichedAt: String) {
        self.value = value
        self.source = source
        self.confidence = confidence
        self.enrichedAt = enrichedAt
    }

    private enum CodingKeys: String, CodingKey {
        case value, source, confidence
        case enrichedAt = "enriched_at"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        value = try container.decode(LenientText.self, forKey: .value).text
        source = try container.decodeIfPresent(LenientText.self, forKey: .source)?.text ?? ""
        enrichedAt = try container.decodeIfPresent(LenientText.self, forKey: .enrichedAt)?.text ?? ""
        let confidence = try container.decodeIfPresent(LenientNumber.self, forKey: .confidence)?.number ?? 0
        self.confidence = min(max(confidence, 0), 1)
    }

    package static func == (one: ChannelValue, other: ChannelValue) -> Bool {
        one.value == other.value && one.source == other.source && one.confidence == other.confidence
            && one.enrichedAt == other.enrichedAt
    }
}

/// Text, or a number or boolean that stands where text belongs.
struct LenientText: Decodable {
    var text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let string = try? container.decode(String.self) {
            text = string
        } else if let number = try? container.decode(Int.self) {
            text = String(number)
        } else if let number = try? container.decode(Double.self) {
            text = String(number)
        } else {
            text = String(try container.decode(Bool.self))
        }
    }
}

/// A number, or text that is one.
private struct LenientNumber: Decodable {
    var number: Double

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // What it mostly is comes first, since a try that fails takes longer than all that succeed.
        let number = try (try? container.decode(Double.self)) ?? Double(LenientText(from: decoder).text)
        guard let number, number.isFinite else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a number")
        }
        self.number = number
    }
}
