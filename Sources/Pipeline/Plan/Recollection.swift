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
        leads.keys = keys.keys(of: leads.people)
        let groups = people.groups
        if groups.hasContested {
            // A hint that stands for others as well in this input: the row counts as its bearer's, not by itself.
            for row in leads.keys.indices
            where leads.people.aliases(row).contains(where: { groups.isContested($0, row: leads.firstRow + row) }) {
                leads.keys[row] = nil
            }
        }
        guard let identities = people.identitiesOfRows, !leads.keys.isEmpty else { return leads }
        let known = try identities.of(leads.firstRow..<(leads.firstRow + leads.keys.count))
        leads.recalled = try await keys.ledger.recall(zip(known, leads.keys).map { $1 == nil ? nil : $0 })
        guard keys.settings.account else { return leads }
        let companies = Array(Set((0..<leads.people.rowCount).compactMap { leads.people.companyKey($0) }))
        let owners = try await keys.ledger.owners(of: companies.map { keys.ledger.hasher.company($0, in: keys.scope) })
        let accounts = try await keys.ledger.recall(owners.map { $0 == 0 ? nil : $0 })
        for (company, account) in zip(companies, accounts) { leads.recalledCompanies[company] = account }
        return leads
    }
}
