package import EnrichmentAPI
import Identity
package import Ledger

/// What share of the contacts that each provider gave can be expected to reply.
///
/// Pure. Few outcomes say little, so each share is drawn towards the next wider one until outcomes outweigh it: a
/// provider's towards that of all providers of the channel, and a segment's towards the provider's. A new provider stands
/// where the average stands, and a lucky start does not last.
package struct ReplyRates: Sendable {
    /// Outcomes that the wider share is worth: for a provider, and for a segment of it.
    private static let weight = (provider: 20.0, segment: 40.0)
    /// What is expected where nothing is known at all: one reply in twenty contacts.
    private static let start = (replies: 1.0, contacts: 20.0)

    private struct Count: Sendable {
        var contacts = 0.0
        var replies = 0.0

        mutating func add(_ evidence: Evidence) {
            contacts += Double(evidence.contacts)
            replies += Double(evidence.replies)
        }

        /// The share, drawn towards a wider one that is worth so many contacts.
        func share(towards wider: Double, weight: Double) -> Double { (replies + weight * wider) / (contacts + weight) }
    }

    private struct Key: Hashable, Sendable {
        var provider: String
        var channel: Channel
        var country: String?
        var size: String?
    }

    private var ofChannels: [Channel: Count] = [:]
    private var counts: [Key: Count] = [:]
    /// Whether outcomes differ by segment at all.
    let hasSegments: Bool

    package init(_ evidence: [Evidence]) {
        hasSegments = evidence.contains { !$0.segment.country.isEmpty || !$0.segment.size.isEmpty }
        for part in evidence {
            ofChannels[part.channel, default: Count()].add(part)
            let provider = Key(provider: part.provider, channel: part.channel)
            counts[provider, default: Count()].add(part)
            for key in Self.keys(part.provider, part.channel, part.segment) { counts[key, default: Count()].add(part) }
        }
    }

    /// Expected replies per contact, 0–1.
    package func rate(_ provider: String, _ channel: Channel, _ segment: Segment = Segment()) -> Double {
        let own = overall(provider, channel)
        let parts = Self.keys(provider, channel, segment).map { share($0, towards: own) }
        // The same contacts stand in both, so they are not added up.
        return parts.isEmpty ? own : parts.reduce(0, +) / Double(parts.count)
    }

    /// The country and the size of a segment, each by itself: together they leave too few outcomes.
    private static func keys(_ provider: String, _ channel: Channel, _ segment: Segment) -> [Key] {
        var keys: [Key] = []
        if !segment.country.isEmpty {
            // However it is written, here and where the outcomes come from.
            let country = Region(segment.country)?.code ?? segment.country.lowercased()
            keys.append(Key(provider: provider, channel: channel, country: country))
        }
        if !segment.size.isEmpty { keys.append(Key(provider: provider, channel: channel, size: segment.size)) }
        return keys
    }

    /// Contacts of a provider whose outcome is known.
    package func contacts(_ provider: String, _ channel: Channel) -> Int {
        Int(counts[Key(provider: provider, channel: channel)]?.contacts ?? 0)
    }

    package func replies(_ provider: String, _ channel: Channel) -> Int {
        Int(counts[Key(provider: provider, channel: channel)]?.replies ?? 0)
    }

    /// The outcomes that a provider's place rests on, in words.
    func words(_ provider: String, _ channel: Channel, _ segment: Segment) -> String {
        let (contacts, replies) = (contacts(provider, channel), replies(provider, channel))
        guard contacts > 0 else { return "no outcomes yet, so the average" }
        let all =
            "\(replies) \(replies == 1 ? "reply" : "replies") to \(contacts) \(contacts == 1 ? "contact" : "contacts")"
        let parts = Self.keys(provider, channel, segment).map { key in
            let count = counts[key] ?? Count()
            return
                "\(Int(count.replies)) to \(Int(count.contacts)) \(key.size == nil ? "in this country" : "of this size")"
        }
        return parts.isEmpty ? all : all + ", " + parts.joined(separator: ", ")
    }

    /// A share that may be the true one, by chance: the fewer outcomes there are, the further it may lie from the
    /// expected one (Thompson sampling).
    func drawn(_ provider: String, _ channel: Channel, _ segment: Segment, _ chance: inout Chance) -> Double {
        let expected = rate(provider, channel, segment)
        let weight = Self.weight.provider + Double(contacts(provider, channel))
        return chance.beta(expected * weight, (1 - expected) * weight)
    }

    private func overall(_ provider: String, _ channel: Channel) -> Double {
        let all = ofChannels[channel] ?? Count()
        let average = (all.replies + Self.start.replies) / (all.contacts + Self.start.contacts)
        let own = counts[Key(provider: provider, channel: channel)] ?? Count()
        return own.share(towards: average, weight: Self.weight.provider)
    }

    private func share(_ key: Key, towards wider: Double) -> Double {
        (counts[key] ?? Count()).share(towards: wider, weight: Self.weight.segment)
    }
}
