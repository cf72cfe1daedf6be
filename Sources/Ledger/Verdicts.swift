package import EnrichmentAPI
import GRDB

/// A verdict with its age.
package struct KnownVerdict: Sendable, Equatable {
    package var verdict: Verdict
    /// Seconds since 1970.
    package var checkedAt: Double
    package var run: Int64
}

extension Ledger {
    /// The newest verdicts on emails, as far as there are any.
    package func verdicts(on emails: some Collection<String> & Sendable, workspace: String) async throws -> [String:
        KnownVerdict]
    {
        try await read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT verdict, checked_at, run FROM verdict WHERE workspace = ? AND email = ?")
            var found: [String: KnownVerdict] = [:]
            for email in emails {
                guard let row = try Row.fetchOne(statement, arguments: [workspace, email]),
                    let verdict = Verdict(rawValue: row[0])
                else { continue }
                found[email] = KnownVerdict(verdict: verdict, checkedAt: row[1], run: row[2])
            }
            return found
        }
    }

    package func record(verdicts: [String: Verdict], workspace: String, run: Int64, now: Double) async throws {
        guard !verdicts.isEmpty else { return }
        try await write(.full) { database in
            let statement = try database.cachedStatement(
                sql: """
                    INSERT INTO verdict (workspace, email, verdict, checked_at, run) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (workspace, email) DO UPDATE SET verdict = excluded.verdict,
                      checked_at = excluded.checked_at, run = excluded.run
                    """)
            for (email, verdict) in verdicts {
                try statement.execute(arguments: [workspace, email, verdict.rawValue, now, run])
            }
        }
    }
}
