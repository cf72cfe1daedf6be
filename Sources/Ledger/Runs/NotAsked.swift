import GRDB

/// Rows of a run that were not asked for, one after the other, and why.
package struct NotAsked: Sendable, Equatable {
    /// Numbers of rows in the run, 1-based.
    package var rows: ClosedRange<Int>
    package var reason: String

    package init(rows: ClosedRange<Int>, reason: String) {
        self.rows = rows
        self.reason = reason
    }
}

extension Ledger {
    /// Remembers rows that were not asked for, so that the run can be written again.
    package func add(notAsked: [NotAsked], run: Int64) async throws {
        guard !notAsked.isEmpty else { return }
        try await write(.relaxed) { database in
            let put = try HotStatement(
                database, "INSERT OR REPLACE INTO not_asked (run, first, last, reason) VALUES (?, ?, ?, ?)")
            for rows in notAsked {
                try put.run(
                    .integer(run), .integer(Int64(rows.rows.lowerBound)), .integer(Int64(rows.rows.upperBound)),
                    .text(rows.reason))
            }
        }
    }

    /// In the order of the rows.
    package func notAsked(run: Int64) async throws -> [NotAsked] {
        try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT first, last, reason FROM not_asked WHERE run = ? ORDER BY first",
                arguments: [run]
            ).map { NotAsked(rows: ($0[0] as Int)...($0[1] as Int), reason: $0[2]) }
        }
    }
}
