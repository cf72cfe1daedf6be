package import EnrichmentAPI
import GRDB

/// A run as it stands in a list.
package struct RunSummary: Sendable, Equatable {
    package var name: String
    package var pipeline: String
    package var workspace: String
    package var engine: String
    package var status: Run.Status
    /// Seconds since 1970.
    package var startedAt: Double
    package var finishedAt: Double?
    /// Times that it was taken up again.
    package var resumed: Int
    /// Rows that are in the outputs.
    package var rows: Int
    package var requests: Int
    package var credits: Credits
}

extension Ledger {
    /// The runs of all pipelines, the newest first.
    package func runs(most: Int) async throws -> [RunSummary] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT run.*, (SELECT count(*) FROM chunk WHERE chunk.run = run.id) AS requests,
                      (SELECT coalesce(sum(credits), 0) FROM chunk WHERE chunk.run = run.id) AS credits
                    FROM run ORDER BY id DESC LIMIT ?
                    """, arguments: [most]
            ).map { row in
                RunSummary(
                    name: row["name"], pipeline: row["pipeline"], workspace: row["workspace"], engine: row["engine"],
                    status: Run.Status(rawValue: row["status"]) ?? .failed, startedAt: row["started_at"],
                    finishedAt: row["finished_at"], resumed: row["resumed"], rows: row["rows"],
                    requests: row["requests"], credits: Credits(thousandths: row["credits"]))
            }
        }
    }
}

extension Ledger {
    /// The outputs of all earlier runs of a run's pipeline.
    package func outputs(before run: Int64) async throws -> Set<String> {
        try await read {
            try String.fetchSet(
                $0,
                sql: """
                    SELECT path FROM run_output JOIN run ON run.id = run_output.run
                      JOIN run AS own ON own.pipeline = run.pipeline AND own.workspace = run.workspace
                    WHERE own.id = ?1 AND run.id < ?1
                    """, arguments: [run])
        }
    }

    /// The outputs of a run and how long they were when they were whole, in bytes.
    package func outputs(ofRun name: String) async throws -> [(path: String, length: Int)] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT path, length FROM run_output JOIN run ON run.id = run_output.run WHERE run.name = ? ORDER BY path
                    """, arguments: [name]
            ).map { (path: $0[0], length: $0[1]) }
        }
    }
}
