/// What lists say of a row's addresses: asked for many times, looked up once.
struct RowTraits: OptionSet, Sendable {
    let rawValue: UInt8

    /// The addresses are those of a desk.
    static let roleEmail = RowTraits(rawValue: 1)
    static let rolePersonalEmail = RowTraits(rawValue: 2)
    /// The email is at a mail provider for everybody.
    static let freeMail = RowTraits(rawValue: 4)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// - Parameters:
    ///   - email: canonical, as the other; empty where the row has none.
    init(email: ArraySlice<UInt8>, personalEmail: ArraySlice<UInt8>) {
        var traits: RowTraits = []
        if RoleAddresses.contains(email) { traits.insert(.roleEmail) }
        if RoleAddresses.contains(personalEmail) { traits.insert(.rolePersonalEmail) }
        if let at = email.lastIndex(of: UInt8(ascii: "@")), FreeMailDomains.contains(email[(at + 1)...]) {
            traits.insert(.freeMail)
        }
        self = traits
    }
}
