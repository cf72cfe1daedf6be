import EnrichmentAPI
import Identity
import Ledger

/// What a row lacks and how it can be asked for.
///
/// Pure.
struct RowNeeds: Sendable, Equatable {
    enum Way: Sendable, Equatable {
        /// By email or LinkedIn URL.
        case hints
        /// By name and company domain.
        case discover
        /// Nothing says who it is.
        case nobody
    }

    var way: Way
    var channels: ChannelSet

    init(_ people: IdentityBatch, _ row: Int, _ settings: EnrichSettings) {
        let canDiscover =
            settings.discover && people.has(.firstName, row) && people.has(.lastName, row)
            && people.has(.companyDomain, row)
        if Self.hasOwnHint(people, row) {
            way = .hints
        } else if canDiscover {
            way = .discover
        } else {
            way = people.has(.email, row) || people.has(.personalEmail, row) ? .hints : .nobody
        }
        channels = settings.onlyMissing ? settings.channels.subtracting(Self.filled(people, row)) : settings.channels
    }

    /// Whether a hint stands for the person alone: `info@` would bring back whoever is known under it.
    private static func hasOwnHint(_ people: IdentityBatch, _ row: Int) -> Bool {
        Hint.own.contains { people.has($0, row) && !people.isRole(row, $0) }
    }

    /// Channels that the row has, in a valid form.
    ///
    /// An address at a mail provider for everybody is no work email, whichever column it stands in.
    private static func filled(_ people: IdentityBatch, _ row: Int) -> ChannelSet {
        var filled: ChannelSet = []
        if people.has(.email, row) { filled.insert(people.hasFreeMail(row) ? .personalEmail : .workEmail) }
        if people.has(.personalEmail, row) { filled.insert(.personalEmail) }
        if people.has(.phone, row) { filled.insert(.phone) }
        if people.has(.linkedinURL, row) { filled.insert(.linkedinURL) }
        return filled
    }

    /// The hints that go into a request.
    ///
    /// - Parameters:
    ///   - withName: whether the name goes along; a service is not told more than it asks for, and our own tables may know
    ///     a person by nothing else.
    ///   - groups: know which hints stand in rows of other people too; such a hint is left out where there is a better
    ///     one, as is the address of a desk.
    ///   - number: of the row in the input, 1-based.
    static func hints(
        _ people: IdentityBatch, _ row: Int, _ way: Way, withName: Bool, groups: IdentityGroups, number: Int
    ) -> PersonHints {
        func text(_ hint: Hint) -> String? {
            people.has(hint, row) ? people.text(row, hint) : nil
        }
        if way == .discover {
            return PersonHints(
                companyDomain: text(.companyDomain), firstName: text(.firstName), lastName: text(.lastName))
        }
        let present = [Hint.email, .personalEmail, .linkedinURL].filter { people.has($0, row) }
        var own = present.filter { !people.isRole(row, $0) }
        if own.isEmpty { own = present }
        var sent = own
        if groups.hasContested(number) {
            let sure = own.filter { hint in
                people.alias(hint, row).map { !groups.isContested($0, row: number) } ?? false
            }
            if !sure.isEmpty { sent = sure }
        }
        return PersonHints(
            email: sent.first { $0 != .linkedinURL }.flatMap(text),
            linkedinURL: sent.contains(.linkedinURL) ? text(.linkedinURL) : nil,
            companyDomain: text(.companyDomain), firstName: withName ? text(.firstName) : nil,
            lastName: withName ? text(.lastName) : nil)
    }
}
