/// What can be asked for about a person.
@frozen public enum Channel: String, Sendable, Codable, CodingKey, CaseIterable, Comparable {
    case workEmail = "work_email"
    case personalEmail = "personal_email"
    case phone
    case linkedinURL = "linkedin_url"

    package var isEmail: Bool { self == .workEmail || self == .personalEmail }

    public static func < (left: Channel, right: Channel) -> Bool { left.number < right.number }

    /// Stable, for storing; the place among all of them.
    package var number: Int {
        switch self {
        case .workEmail: 0
        case .personalEmail: 1
        case .phone: 2
        case .linkedinURL: 3
        }
    }
}

/// A set of channels; one request asks for one set.
package struct ChannelSet: Sendable, Hashable, ExpressibleByArrayLiteral, Sequence {
    /// Bit N is the channel with number N.
    package private(set) var bits: UInt8

    package init(bits: UInt8) { self.bits = bits }
    package init(_ channels: some Sequence<Channel>) {
        bits = 0
        for channel in channels { insert(channel) }
    }
    package init(arrayLiteral channels: Channel...) { self.init(channels) }

    package static let all = ChannelSet(bits: 0b1111)

    package var isEmpty: Bool { bits == 0 }
    package var count: Int { bits.nonzeroBitCount }
    package func contains(_ channel: Channel) -> Bool { bits & 1 << channel.number != 0 }
    package mutating func insert(_ channel: Channel) { bits |= 1 << channel.number }
    package func intersection(_ other: ChannelSet) -> ChannelSet { ChannelSet(bits: bits & other.bits) }
    package func subtracting(_ other: ChannelSet) -> ChannelSet { ChannelSet(bits: bits & ~other.bits) }
    package func union(_ other: ChannelSet) -> ChannelSet { ChannelSet(bits: bits | other.bits) }

    /// In the order of ``Channel``.
    package func makeIterator() -> Iterator { Iterator(bits: bits) }

    package struct Iterator: IteratorProtocol {
        fileprivate var bits: UInt8

        package mutating func next() -> Channel? {
            guard bits != 0 else { return nil }
            let number = bits.trailingZeroBitCount
            bits &= bits - 1
            return Channel(number: number)
        }
    }
}

extension Channel {
    /// The channel with a stored number.
    package init?(number: Int) {
        switch number {
        case 0: self = .workEmail
        case 1: self = .personalEmail
        case 2: self = .phone
        case 3: self = .linkedinURL
        default: return nil
        }
    }
}
