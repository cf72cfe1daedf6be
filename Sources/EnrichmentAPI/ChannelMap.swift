/// One value for each channel, or none; as small as a row needs it to be.
///
/// Public and inlined, since it is gone through for every record and compilers make no special form of what is `package`.
public struct ChannelMap<Value: Sendable>: Sendable {
    @usableFromInline var workEmail: Value?
    @usableFromInline var personalEmail: Value?
    @usableFromInline var phone: Value?
    @usableFromInline var linkedinURL: Value?

    @inlinable public init() {}

    public subscript(channel: Channel) -> Value? {
        @inlinable get {
            switch channel {
            case .workEmail: workEmail
            case .personalEmail: personalEmail
            case .phone: phone
            case .linkedinURL: linkedinURL
            }
        }
        @inlinable set {
            switch channel {
            case .workEmail: workEmail = newValue
            case .personalEmail: personalEmail = newValue
            case .phone: phone = newValue
            case .linkedinURL: linkedinURL = newValue
            }
        }
    }

    @inlinable public var isEmpty: Bool {
        workEmail == nil && personalEmail == nil && phone == nil && linkedinURL == nil
    }

    /// Goes through the channels that have a value, in their order.
    @inlinable public func forEach(_ body: (Channel, Value) throws -> Void) rethrows {
        if let workEmail { try body(.workEmail, workEmail) }
        if let personalEmail { try body(.personalEmail, personalEmail) }
        if let phone { try body(.phone, phone) }
        if let linkedinURL { try body(.linkedinURL, linkedinURL) }
    }

    /// How many channels have a value that is of a kind.
    @inlinable public func count(where isMeant: (Value) -> Bool) -> Int {
        var count = 0
        forEach { _, value in if isMeant(value) { count += 1 } }
        return count
    }

    /// The channels that have a value, in their order.
    @inlinable public var entries: [(channel: Channel, value: Value)] {
        if isEmpty { return [] }
        var entries: [(channel: Channel, value: Value)] = []
        entries.reserveCapacity(4)
        if let workEmail { entries.append((.workEmail, workEmail)) }
        if let personalEmail { entries.append((.personalEmail, personalEmail)) }
        if let phone { entries.append((.phone, phone)) }
        if let linkedinURL { entries.append((.linkedinURL, linkedinURL)) }
        return entries
    }
}

extension ChannelMap: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral entries: (Channel, Value)...) {
        self.init()
        for (channel, value) in entries { self[channel] = value }
    }
}

/// As an object with a member for each channel that has a value.
extension ChannelMap: Codable where Value: Codable {
    public init(from decoder: any Decoder) throws {
        self.init()
        let container = try decoder.container(keyedBy: Channel.self)
        for channel in container.allKeys { self[channel] = try container.decode(Value.self, forKey: channel) }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Channel.self)
        try forEach { channel, value in try container.encode(value, forKey: channel) }
    }
}

extension ChannelMap: Equatable where Value: Equatable {}
