import Foundation
import GRDB

extension Ledger {
    /// For how many people and companies of a run each provider of the embedded engine could not be asked, by why.
    ///
    /// What an attempt asked for rows that it did not write was asked for again by the next one.
    package func providerFailures(run: Run) async throws -> [String: [String: Int]] {
        try await read { database in
            let parts = try Data.fetchAll(
                database,
                sql: """
                    SELECT failures FROM chunk WHERE run = ? AND failures IS NOT NULL
                      AND (answered_at >= ? OR (SELECT min(row) FROM ask WHERE ask.chunk = chunk.id) <= ?)
                    """, arguments: [run.id, run.attemptAt, run.checkpoint?.rows ?? 0])
            return try parts.reduce(into: [:]) { sum, part in
                let counts = try JSONDecoder().decode([String: [String: Int]].self, from: part)
                sum.merge(counts) { $0.merging($1, uniquingKeysWith: +) }
            }
        }
    }
}
