import EnrichmentAPI
import Identity
import Ledger

/// The keys under which the ledger remembers rows as a whole.
struct RowKeys: Sendable {
    let settings: EnrichSettings
    let dedupe: IdentitySettings.Dedupe
    let ledger: Ledger
    let scope: Scope

    /// Nil for rows that name nobody or lack nothing, and for all of them where every row is asked for by itself.
    func keys(of people: IdentityBatch) -> [AliasHash?] {
        var content: [UInt8] = []
        return (0..<people.rowCount).map { row in
            let needs = RowNeeds(people, row, settings)
            guard dedupe != .off, needs.way != .nobody, !needs.channels.isEmpty else { return nil }
            content.removeAll(keepingCapacity: true)
            // Rows are one person by all of their hints or by any; what is remembered of one rule is none of the other.
            content.append(dedupe == .exact ? 1 : 0)
            people.appendContent(row, to: &content)
            return ledger.hasher.row(content, in: scope)
        }
    }
}
