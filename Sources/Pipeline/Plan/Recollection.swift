import EnrichmentAPI
import Identity
import Ledger

/// Looks up what earlier runs know of rows before their turn comes, several batches beside each other.
///
/// What is found counts only where nothing is left to ask; everything else is decided in the order of the rows, by their
/// hints.
struct Recollection: Sendable {
    let keys: RowKeys
    let people: KnownPeople

    func recalling(_ leads: IdentifiedBatch) async throws -> IdentifiedBatch {
        var leads = leads
        let count = leads.people.rowCount
        let isOwn = (0..<count).map { isKnownByItself(leads, $0) }
        if let identities = people.identitiesOfRows {
            let known = try identities.of(leads.firstRow..<(leads.firstRow + count))
            leads.recalled = try await keys.ledger.recall(zip(known, isOwn).map { $1 ? $0 : nil })
        }
        // What was found by its key has one.
        let recalled = leads.recalled
        leads.keys = keys.keys(of: leads.people) { isOwn[$0] && (recalled.isEmpty || recalled[$0] == nil) }
        guard keys.hasAccounts, people.identitiesOfRows != nil else { return leads }
        let companies = Array(Set((0..<leads.people.rowCount).compactMap { leads.people.companyKey($0) }))
        let owners = try await keys.ledger.owners(of: companies.map { keys.ledger.hasher.company($0, in: keys.scope) })
        let accounts = try await keys.ledger.recall(owners.map { $0 == 0 ? nil : $0 })
        for (company, account) in zip(companies, accounts) { leads.recalledCompanies[company] = account }
        return leads
    }

    /// Whether no hint of a row stands for others as well in this input; else the row counts as its bearer's.
    private func isKnownByItself(_ leads: IdentifiedBatch, _ row: Int) -> Bool {
        !people.groups.hasContested(leads.firstRow + row)
    }
}
