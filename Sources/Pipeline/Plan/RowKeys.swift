import Identity
import Ledger

/// The keys under which the ledger remembers rows as a whole.
struct RowKeys: Sendable {
    /// Whether companies are asked for as well.
    let hasAccounts: Bool
    let dedupe: IdentitySettings.Dedupe
    let ledger: Ledger
    let scope: Scope

    /// Nil for the rows that are not asked for, and for all of them where every row is a person by itself.
    ///
    /// - Parameter isWanted: whether a key of a row is asked for; a row without any hint needs none.
    func keys(of people: IdentityBatch, where isWanted: (Int) -> Bool) -> [AliasHash?] {
        var content: [UInt8] = []
        return (0..<people.rowCount).map { row in
            guard dedupe != .off, isWanted(row) else { return nil }
            content.removeAll(keepingCapacity: true)
            // Rows are one person by all of their hints or by any; what is remembered of one rule is none of the other.
            content.append(dedupe == .exact ? 1 : 0)
            people.appendContent(row, to: &content)
            return ledger.hasher.row(content, in: scope)
        }
    }
}
