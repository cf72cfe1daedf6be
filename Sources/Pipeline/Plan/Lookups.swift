import EnrichmentAPI
import Identity
import Ledger

/// The questions of a batch to the ledger: persons first, then each company once; less what was recalled and leaves
/// nothing to ask.
///
/// Pure.
struct Lookups {
    private enum Place {
        /// By the row as a whole, or as a company.
        case recalled(Known)
        /// In ``open``.
        case open(Int)
    }

    private(set) var open: [Lookup] = []
    private var persons: [Place?] = []
    private var accounts: [Place?] = []

    /// - Parameter identities: who groups of rows are, as far as that is known.
    init(
        _ leads: IdentifiedBatch, _ needs: [RowNeeds], _ settings: EnrichSettings, _ aliases: RowAliases,
        _ freshness: Freshness, _ identities: [Int: Int64]
    ) {
        let people = leads.people
        persons.reserveCapacity(needs.count)
        for (row, need) in needs.enumerated() {
            let number = leads.firstRow + row
            guard need.way != .nobody, !need.channels.isEmpty, !aliases.groups.isSuppressed(number) else {
                persons.append(nil)
                continue
            }
            let identity = aliases.groups.group(of: number).flatMap { identities[$0] }
            if leads.recalled.indices.contains(row), let known = leads.recalled[row],
                aliases.groups.group(of: number) == nil || known.identity == identity,
                freshness.covers(need.channels, known)
            {
                persons.append(.recalled(known))
                continue
            }
            var lookup = aliases.lookup(
                people, row, number: number, key: leads.keys.indices.contains(row) ? leads.keys[row] : nil)
            lookup.identity = identity
            persons.append(.open(open.count))
            open.append(lookup)
        }
        if settings.account { addCompanies(leads, aliases.groups, freshness) }
    }

    private mutating func addCompanies(_ leads: IdentifiedBatch, _ groups: IdentityGroups, _ freshness: Freshness) {
        var places: [String: Place] = [:]
        for row in 0..<leads.people.rowCount {
            guard let company = leads.people.companyKey(row), !groups.isSuppressed(leads.firstRow + row) else {
                accounts.append(nil)
                continue
            }
            if let place = places[company] {
                accounts.append(place)
                continue
            }
            var place = Place.open(open.count)
            if let known = leads.recalledCompanies[company], freshness.coversAccount(known) {
                place = .recalled(known)
            } else {
                open.append(Lookup(aliases: [company]))
            }
            places[company] = place
            accounts.append(place)
        }
    }

    /// - Parameter resolved: what the ledger says to ``open``.
    func answered(by resolved: [Known]) -> Answered { Answered(lookups: self, resolved: resolved) }

    struct Answered {
        fileprivate let lookups: Lookups
        let resolved: [Known]

        func person(_ row: Int) -> Known? { lookups.persons[row].map(known) }
        func account(_ row: Int) -> Known? { lookups.accounts.isEmpty ? nil : lookups.accounts[row].map(known) }

        private func known(_ place: Place) -> Known {
            switch place {
            case .recalled(let known): known
            case .open(let index): resolved[index]
            }
        }
    }
}
