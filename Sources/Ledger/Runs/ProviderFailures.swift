import Foundation
import GRDB

extension Ledger {
    /// For how many people and companies of a run each provider of the embedded engine could not be asked, by why.
    package func providerFailures(run: Int64) async throws -> [String: [String: Int]] {
        try await read { database in
            let parts = try Data.fetchAll(
                database, sql: "SELECT failures FROM chunk WHERE run = ? AND failures IS NOT NULL", arguments: [run])
            return try parts.reduce(into: [:]) { sum, part in
                let counts = try JSONDecoder().decode([String: [String: Int]].self, from: part)
                sum.merge(counts) { $0.merging($1, uniquingKeysWith: +) }
            }
        }
    }
}
