import EnrichmentAPI
import Identity
import Ledger

/// Looks up what earlier runs know of rows before their turn comes: batches beside each other, one look for each row.
///
/// A row that has not changed since is found by its content as a whole. What is found counts only where nothing is left to
/// ask; everything else is decided in the order of the rows, by their hints.
struct Recollection: Sendable {
    let settings: EnrichSettings
    let dedupe: IdentitySettings.Dedupe
    let people: KnownPeople
    let ledger: Ledger
    let scope: Scope

    func recalling(_ leads: IdentifiedBatch) async throws -> IdentifiedBatch {
        guard dedupe != .off else { return leads }
        var leads = leads
        leads.keys = keys(of: leads.people)
        guard people.knowsAnybody else { return leads }
        leads.recalled = try await ledger.recall(leads.keys)
        guard settings.account else { return leads }
        let companies = Array(Set((0..<leads.people.rowCount).compactMap { leads.people.companyKey($0) }))
        let known = try await ledger.recall(companies.map { ledger.hasher.company($0, in: scope) })
        for (company, known) in zip(companies, known) { leads.recalledCompanies[company] = known }
        return leads
    }

    /// Nil for rows that name nobody, lack nothing, or have a hint that stands for others as well in this input.
    private func keys(of people: IdentityBatch) -> [AliasHash?] {
        var content: [UInt8] = []
        return (0..<people.rowCount).map { row in
            let needs = RowNeeds(people, row, settings)
            guard needs.way != .nobody, !needs.channels.isEmpty else { return nil }
            if self.people.groups.hasContested,
                people.aliases(row).contains(where: self.people.groups.isContested)
            {
                return nil
            }
            content.removeAll(keepingCapacity: true)
            // Equal rows are one person by all their hints, or by any; what is remembered of one rule is none of the other.
            content.append(dedupe == .exact ? 1 : 0)
            people.appendContent(row, to: &content)
            return ledger.hasher.row(content, in: scope)
        }
    }
}
