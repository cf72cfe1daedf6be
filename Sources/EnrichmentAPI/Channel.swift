/// What can be asked for about a person.
@frozen public enum Channel: String, Sendable, Codable, CodingKey, CaseIterable, Comparable {
    case workEmail = "work_email"
    case personalEmail = "personal_email"
    case phone
    case linkedinURL = "linkedin_url"

    package var isEmail: Bool { self == .workEmail || self == .personalEmail }

    public static func < (left: Channel, right: Channel) -> Bool { left.number < right.number }

    /// Stable, for storing.
    package var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A set of channels; one request asks for one set.
package struct ChannelSet: Sendable, Hashable, ExpressibleByArrayLiteral, Sequence {
    /// Bit N is the channel with number N.
    package private(set) var bits: UInt8

    package init(bits: UInt8) { self.bits = bits }
    package init(_ channels: some Sequence<Channel>) { bits = channels.reduce(0) { $0 | 1 << $1.number } }
    package init(arrayLiteral channels: Channel...) { self.init(channels) }

    package static let all = ChannelSet(Channel.allCases)

    package var isEmpty: Bool { bits == 0 }
    package var count: Int { bits.nonzeroBitCount }
    package func contains(_ channel: Channel) -> Bool { bits & 1 << channel.number != 0 }
    package mutating func insert(_ channel: Channel) { bits |= 1 << channel.number }
    package func intersection(_ other: ChannelSet) -> ChannelSet { ChannelSet(bits: bits & other.bits) }
    package func subtracting(_ other: ChannelSet) -> ChannelSet { ChannelSet(bits: bits & ~other.bits) }
    package func union(_ other: ChannelSet) -> ChannelSet { ChannelSet(bits: bits | other.bits) }

    /// In the order of ``Channel``.
    package func makeIterator() -> IndexingIterator<[Channel]> { Channel.allCases.filter(contains).makeIterator() }
}

extension Channel {
    /// The channel with a stored number.
    package init?(number: Int) {
        guard Channel.allCases.indices.contains(number) else { return nil }
        self = Channel.allCases[number]
    }
}
