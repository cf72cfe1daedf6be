import EnrichmentAPI
import Foundation
import GRDB
import Records

/// What a run was, for those who want to write it again.
package struct PastRun: Sendable {
    package let id: Int64
    package let name: String
    package let pipeline: String
    package let status: Run.Status
    /// Seconds since 1970.
    package let startedAt: Double
    /// As the run kept them; empty where an earlier version made it.
    package let settings: String
    /// The inputs with their fingerprints, as JSON of their owner.
    package let inputs: String
}

extension Ledger {
    /// The run with a name; nil where there is none.
    package func pastRun(_ name: String) async throws -> PastRun? {
        try await read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM run WHERE name = ?", arguments: [name]).map { row in
                PastRun(
                    id: row["id"], name: row["name"], pipeline: row["pipeline"],
                    status: Run.Status(rawValue: row["status"]) ?? .failed, startedAt: row["started_at"],
                    settings: row["settings"] ?? "",
                    inputs: row["inputs"])
            }
        }
    }

    /// A copy of the ledger as it was when a run ended, in which the run has still to write its first row.
    ///
    /// What was learned later is taken out, and what it replaced is put back; so the run, taken up with the copy, comes to
    /// the rows that it came to then, and finds every answer that it had.
    /// - Parameters:
    ///   - path: where the copy goes; nothing may be there.
    ///   - key: what the run goes by from now on.
    ///   - inputs: how its inputs look now.
    package func copy(asOfEndOf run: Int64, to path: String, key: String, inputs: String) async throws -> Ledger {
        try await explaining { try await database.vacuum(into: path) }
        let copy = try Ledger(path: path)
        try await copy.write(.relaxed) { database in
            try database.execute(
                sql: """
                    UPDATE run SET status = 'running', position = NULL, rows = 0, tally = NULL, pipeline_key = ?1,
                      inputs = ?3 WHERE id = ?2
                    """, arguments: [key, run, inputs])
            try database.execute(
                sql: "UPDATE run SET status = 'abandoned' WHERE id <> ? AND status NOT IN ('done', 'abandoned')",
                arguments: [run])
            let end = "coalesce((SELECT finished_at FROM run WHERE id = ?1), 1e12)"
            let later = "(SELECT id FROM chunk WHERE answered_at > \(end) AND run <> ?1)"
            for channel in Channel.allCases {
                let isLater = "\(AnswerColumns.name(channel, "chunk")) IN \(later)"
                try database.execute(sql: AnswerColumns.clear(channel, where: isLater), arguments: [run])
                try database.execute(
                    sql: AnswerColumns.putBack(channel, where: "past.chunk NOT IN \(later)"), arguments: [run])
            }
            try database.execute(sql: "DELETE FROM \(AnswerColumns.empty)")
            try database.execute(sql: "DELETE FROM account WHERE chunk IN \(later)", arguments: [run])
            try database.execute(
                sql: """
                    INSERT OR IGNORE INTO account SELECT past.* FROM account_past AS past
                    WHERE past.chunk NOT IN \(later)
                      AND NOT EXISTS (SELECT 1 FROM account AS now WHERE now.identity = past.identity)
                    ORDER BY past.chunk DESC
                    """, arguments: [run])
            try database.execute(sql: "DELETE FROM verdict WHERE checked_at > \(end) AND run <> ?1", arguments: [run])
            try database.execute(
                sql: """
                    INSERT OR IGNORE INTO verdict (workspace, email, run, verdict, checked_at)
                    SELECT past.* FROM verdict_past AS past WHERE past.checked_at <= \(end)
                    ORDER BY past.checked_at DESC
                    """, arguments: [run])
        }
        return copy
    }

    /// How the last request for each identity of a run ended that brought no answer.
    package func unanswered(run: Int64) async throws -> [Int64: ChunkState] {
        try await read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT ask.identity, chunk.state FROM chunk JOIN ask ON ask.chunk = chunk.id
                    WHERE chunk.run = ? AND chunk.state IN ('refused', 'lost', 'intent', 'unavailable') ORDER BY chunk.id
                    """, arguments: [run])
            var states: [Int64: ChunkState] = [:]
            while let row = try rows.next() { states[row[0]] = ChunkState(rawValue: row[1]) }
            return states
        }
    }
}
