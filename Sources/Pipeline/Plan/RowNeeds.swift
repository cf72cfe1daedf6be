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
            settings.discover && !people[row, .firstName].isEmpty && !people[row, .lastName].isEmpty
            && !people[row, .companyDomain].isEmpty
        if Self.hasOwnHint(people, row) {
            way = .hints
        } else if canDiscover {
            way = .discover
        } else {
            way = people[row, .email].isEmpty && people[row, .personalEmail].isEmpty ? .nobody : .hints
        }
        channels = settings.onlyMissing ? settings.channels.subtracting(Self.filled(people, row)) : settings.channels
    }

    /// Whether a hint stands for the person alone: `info@` would bring back whoever is known under it.
    private static func hasOwnHint(_ people: IdentityBatch, _ row: Int) -> Bool {
        [Hint.email, .linkedinURL, .personalEmail].contains { !people[row, $0].isEmpty && !people.isRole(row, $0) }
    }

    /// Channels that the row has, in a valid form.
    ///
    /// An address at a mail provider for everybody is no work email, whichever column it stands in.
    private static func filled(_ people: IdentityBatch, _ row: Int) -> ChannelSet {
        var filled: ChannelSet = []
        if !people[row, .email].isEmpty { filled.insert(people.hasFreeMail(row) ? .personalEmail : .workEmail) }
        if !people[row, .personalEmail].isEmpty { filled.insert(.personalEmail) }
        if !people[row, .phone].isEmpty { filled.insert(.phone) }
        if !people[row, .linkedinURL].isEmpty { filled.insert(.linkedinURL) }
        return filled
    }

    /// The hints that go into a request.
    ///
    /// - Parameters:
    ///   - withName: whether the name goes along; a service is not told more than it asks for, and our own tables may know
    ///     a person by nothing else.
    ///   - isContested: whether an alias stands in rows of other people too; such a hint is left out where there is a
    ///     better one, as is the address of a desk.
    static func hints(
        _ people: IdentityBatch, _ row: Int, _ way: Way, withName: Bool,
        isContested: (String) -> Bool = { _ in false }
    ) -> PersonHints {
        func text(_ hint: Hint) -> String? {
            people[row, hint].isEmpty ? nil : people.text(row, hint)
        }
        if way == .discover {
            return PersonHints(
                companyDomain: text(.companyDomain), firstName: text(.firstName), lastName: text(.lastName))
        }
        let present = [Hint.email, .personalEmail, .linkedinURL].filter { text($0) != nil }
        var own = present.filter { !people.isRole(row, $0) }
        if own.isEmpty { own = present }
        let sure = own.filter { hint in people.alias(hint, row).map { !isContested($0) } ?? false }
        let sent = sure.isEmpty ? own : sure
        return PersonHints(
            email: sent.first { $0 != .linkedinURL }.flatMap(text),
            linkedinURL: sent.contains(.linkedinURL) ? text(.linkedinURL) : nil,
            companyDomain: text(.companyDomain), firstName: withName ? text(.firstName) : nil,
            lastName: withName ? text(.lastName) : nil)
    }
}
