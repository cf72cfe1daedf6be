package import EnrichmentAPI
import GRDB

extension Ledger {
    /// How many emails a run had checked, by verdict.
    package func verdictTotals(run: Int64) async throws -> [Verdict: Int] {
        try await read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT verdict, count(*) FROM verdict WHERE run = ? GROUP BY verdict", arguments: [run])
            return rows.reduce(into: [:]) { totals, row in
                if let verdict = Verdict(rawValue: row[0]) { totals[verdict] = row[1] }
            }
        }
    }
}
