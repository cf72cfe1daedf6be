/// One value for each channel, or none; as small as a row needs it to be.
package struct ChannelMap<Value: Sendable>: Sendable {
    private var workEmail: Value?
    private var personalEmail: Value?
    private var phone: Value?
    private var linkedinURL: Value?

    package init() {}

    package subscript(channel: Channel) -> Value? {
        get {
            switch channel {
            case .workEmail: workEmail
            case .personalEmail: personalEmail
            case .phone: phone
            case .linkedinURL: linkedinURL
            }
        }
        set {
            switch channel {
            case .workEmail: workEmail = newValue
            case .personalEmail: personalEmail = newValue
            case .phone: phone = newValue
            case .linkedinURL: linkedinURL = newValue
            }
        }
    }

    package var isEmpty: Bool { workEmail == nil && personalEmail == nil && phone == nil && linkedinURL == nil }

    /// The channels that have a value, in their order.
    package var entries: [(channel: Channel, value: Value)] {
        isEmpty ? [] : Channel.allCases.compactMap { channel in self[channel].map { (channel, $0) } }
    }
}
