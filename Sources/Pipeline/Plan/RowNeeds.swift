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
        if !people[row, .email].isEmpty || !people[row, .linkedinURL].isEmpty || !people[row, .personalEmail].isEmpty {
            way = .hints
        } else if settings.discover, !people[row, .firstName].isEmpty, !people[row, .lastName].isEmpty,
            !people[row, .companyDomain].isEmpty
        {
            way = .discover
        } else {
            way = .nobody
        }
        channels = settings.onlyMissing ? settings.channels.subtracting(Self.filled(people, row)) : settings.channels
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
    static func hints(_ people: IdentityBatch, _ row: Int, _ way: Way) -> PersonHints {
        func text(_ hint: Hint) -> String? {
            people[row, hint].isEmpty ? nil : people.text(row, hint)
        }
        if way == .discover {
            return PersonHints(
                companyDomain: text(.companyDomain), firstName: text(.firstName), lastName: text(.lastName))
        }
        return PersonHints(
            email: text(.email) ?? text(.personalEmail), linkedinURL: text(.linkedinURL),
            companyDomain: text(.companyDomain))
    }
}
