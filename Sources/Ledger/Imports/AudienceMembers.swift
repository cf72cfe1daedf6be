import GRDB

extension Ledger {
    /// Whether rows may be in an audience: not those of whom another row is in it, by any of their keys.
    ///
    /// Rows must be asked about in their order; who is let in is remembered.
    /// - Parameter rows: their numbers in the run, with what stands for the person, such as an email.
    package func admit(_ rows: [(row: Int, keys: [String])], to audience: String, run: Int64) async throws -> [Bool] {
        guard !rows.isEmpty else { return [] }
        return try await write(.relaxed) { [hasher] database in
            let find = try HotStatement(
                database, "SELECT row FROM audience_member WHERE run = ? AND audience = ? AND person = ?")
            let put = try HotStatement(
                database, "INSERT OR IGNORE INTO audience_member (run, audience, person, row) VALUES (?, ?, ?, ?)")
            return try rows.map { row, keys in
                let people = keys.map { hasher.alias($0, scope: 0).key }
                for person in people {
                    var other: Int64?
                    try find.run(.integer(run), .text(audience), .integer(person)) { other = $0.integer(0) }
                    if let other, other != row { return false }
                }
                for person in people {
                    try put.run(.integer(run), .text(audience), .integer(person), .integer(Int64(row)))
                }
                return true
            }
        }
    }

    /// Forgets who was let in by rows that are written again.
    package func forgetAdmitted(run: Int64, after row: Int) async throws {
        try await write(.relaxed) {
            try $0.execute(sql: "DELETE FROM audience_member WHERE run = ? AND row > ?", arguments: [run, row])
        }
    }
}
