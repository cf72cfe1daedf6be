package import EnrichmentAPI
import Foundation
import GRDB
import Records

extension Ledger {
    /// The run that ``begin(_:fresh:now:change:)`` would begin or take up; writes nothing.
    ///
    /// A run that would be a new one has the number 0 and no name.
    package func foresee(
        _ identity: RunIdentity, fresh: Bool, now: Double, change: @escaping @Sendable (String) -> String?
    ) async throws -> Run {
        try await read { database in
            guard !fresh, let open = try Self.openRun(database, identity) else {
                return Run(
                    id: 0, name: "", startedAt: now, attemptAt: now, isResumed: false, isWhole: false, checkpoint: nil)
            }
            try Self.check(open, read: identity, change)
            return try Self.unfinished(database, open, now: now)
        }
    }

    private static func openRun(_ database: Database, _ identity: RunIdentity) throws -> Row? {
        try Row.fetchOne(
            database,
            sql:
                "SELECT * FROM run WHERE pipeline_key = ? AND status IN ('running', 'paused', 'failed', 'whole') ORDER BY id DESC LIMIT 1",
            arguments: [identity.key])
    }

    private static func check(_ open: Row, read identity: RunIdentity, _ change: (String) -> String?) throws {
        guard open["inputs"] as String != identity.inputs, let change = change(open["inputs"]) else { return }
        throw Diagnostic(
            code: "input_changed",
            "the unfinished run \(open["name"] as String) read an input that has changed since"
                + change,
            file: identity.pipeline,
            hint: "put the old input back to go on, or start over with --fresh; answers that were paid for stay known")
    }

    /// Begins a run, or takes up the last one of the same pipeline if it did not end.
    ///
    /// - Parameters:
    ///   - fresh: start over even so.
    ///   - change: says how the inputs of the unfinished run, as JSON of their owner, differ from those of now; nil where
    ///   they do not.
    ///   - now: seconds since 1970.
    /// - Throws: ``Diagnostic`` `input_changed` where the unfinished run read other inputs.
    package func begin(
        _ identity: RunIdentity, fresh: Bool, now: Double, change: @escaping @Sendable (String) -> String? = { _ in "" }
    ) async throws -> Run {
        try await write(.full) { database in
            let open = try Self.openRun(database, identity)
            if let open, !fresh {
                try Self.check(open, read: identity, change)
                return try Self.takeUp(database, open, now: now)
            }
            if let open {
                try Self.settleChunks(database, ofRun: open["id"])
                try database.execute(
                    sql: """
                        UPDATE run SET status = 'abandoned'
                        WHERE pipeline_key = ? AND status IN ('running', 'paused', 'failed', 'whole')
                        """, arguments: [identity.key])
            }
            let name = try Self.freeName(database, pipeline: identity.pipeline, now: now)
            try database.execute(
                sql: """
                    INSERT INTO run (name, pipeline_key, pipeline, workspace, engine, status, started_at, inputs, settings)
                    VALUES (?, ?, ?, ?, ?, 'running', ?, ?, ?)
                    """,
                arguments: [
                    name, identity.key, identity.pipeline, identity.workspace, identity.engine, now, identity.inputs,
                    identity.settings,
                ])
            return Run(
                id: database.lastInsertedRowID, name: name, startedAt: now, attemptAt: now, isResumed: false,
                isWhole: false, checkpoint: nil)
        }
    }

    private static func takeUp(_ database: Database, _ row: Row, now: Double) throws -> Run {
        let id: Int64 = row["id"]
        try database.execute(
            sql:
                "UPDATE run SET status = CASE status WHEN 'whole' THEN status ELSE 'running' END, resumed = resumed + 1 WHERE id = ?",
            arguments: [id])
        try settleChunks(database, ofRun: id)
        return try unfinished(database, row, now: now)
    }

    private static func unfinished(_ database: Database, _ row: Row, now: Double) throws -> Run {
        let id: Int64 = row["id"]
        var checkpoint: Checkpoint?
        if let position: String = row["position"] {
            let lengths = try Row.fetchAll(
                database, sql: "SELECT path, length FROM run_output WHERE run = ?", arguments: [id])
            checkpoint = Checkpoint(
                position: position, rows: row["rows"],
                lengths: Dictionary(uniqueKeysWithValues: lengths.map { ($0["path"], $0["length"]) }),
                tally: row["tally"] ?? "")
        }
        return Run(
            id: id, name: row["name"], startedAt: row["started_at"], attemptAt: now, isResumed: true,
            isWhole: row["status"] == Run.Status.whole.rawValue, checkpoint: checkpoint)
    }

    /// Nobody waits for a run's requests any more: its lock is held, so whoever sent them is gone.
    private static func settleChunks(_ database: Database, ofRun id: Int64) throws {
        try database.execute(sql: "UPDATE chunk SET state = 'lost' WHERE run = ? AND state = 'intent'", arguments: [id])
        try database.execute(
            sql: "UPDATE chunk SET state = 'split' WHERE run = ? AND state = 'turned_away'", arguments: [id])
    }

    private static func freeName(_ database: Database, pipeline: String, now: Double) throws -> String {
        let time = Date(timeIntervalSince1970: now).formatted(
            .verbatim(
                "\(year: .defaultDigits)\(month: .twoDigits)\(day: .twoDigits)-\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased))\(minute: .twoDigits)\(second: .twoDigits)",
                timeZone: .gmt, calendar: Calendar(identifier: .gregorian)))
        let base = "\(pipeline)-\(time)"
        var name = base
        var number = 1
        while try Bool.fetchOne(database, sql: "SELECT count(*) > 0 FROM run WHERE name = ?", arguments: [name])
            ?? false
        {
            number += 1
            name = "\(base)-\(number)"
        }
        return name
    }

    /// Step 3 of the protocol.
    ///
    /// The outputs must be synced before.
    package func checkpoint(_ run: Int64, _ checkpoint: Checkpoint) async throws {
        try await write(.full) { database in
            try database.execute(
                sql: "UPDATE run SET position = ?, rows = ?, tally = ? WHERE id = ?",
                arguments: [checkpoint.position, checkpoint.rows, checkpoint.tally, run])
            for (path, length) in checkpoint.lengths {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO run_output (run, path, length) VALUES (?, ?, ?)",
                    arguments: [run, path, length])
            }
        }
    }

    /// Says how a run ended.
    package func end(_ run: Int64, _ status: Run.Status, now: Double) async throws {
        try await write(.full) { database in
            try database.execute(
                sql: "UPDATE run SET status = ?, finished_at = ? WHERE id = ?", arguments: [status.rawValue, now, run])
        }
    }

    /// Whether a run has had any answer yet.
    package func hasAnswers(of run: Int64) async throws -> Bool {
        try await read {
            try Bool.fetchOne(
                $0, sql: "SELECT EXISTS (SELECT 1 FROM chunk WHERE run = ? AND state = 'answered')", arguments: [run])
                ?? false
        }
    }

    /// What a run's requests came to, over all times that it was taken up.
    package func requests(of run: Int64) async throws -> RequestTotals {
        try await read { database in
            var totals = RequestTotals()
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT endpoint, count(*), sum(attempts - 1), sum(refused_429), sum(credits),
                      sum(CASE WHEN state IN ('lost', 'intent') THEN worst ELSE 0 END), sum(state = 'answered'),
                      sum((SELECT count(*) FROM ask WHERE ask.chunk = chunk.id)),
                      sum(CASE WHEN state = 'answered' THEN worst ELSE 0 END)
                    FROM chunk WHERE run = ? GROUP BY endpoint
                    """, arguments: [run])
            while let row = try rows.next() {
                guard let endpoint = Endpoint(rawValue: row[0]) else { continue }
                totals.calls[endpoint] = row[1]
                totals.retried += row[2] as Int
                totals.refused429 += row[3] as Int
                totals.credits[endpoint] = Credits(thousandths: row[4])
                totals.unknownCharge = totals.unknownCharge + Credits(thousandths: row[5])
                if endpoint == .bulk { totals.bulkRecords = row[7] }
                totals.worst = totals.worst + Credits(thousandths: row[8])
            }
            return totals
        }
    }
}

/// Requests of a run, from its chunks.
package struct RequestTotals: Sendable, Equatable {
    package var calls: [Endpoint: Int] = [:]
    package var credits: [Endpoint: Credits] = [:]
    package var retried = 0
    package var refused429 = 0
    /// Records in bulk calls.
    package var bulkRecords = 0
    /// The worst that calls with an answer might have cost.
    package var worst = Credits.zero
    /// The worst that calls without an answer may have cost.
    package var unknownCharge = Credits.zero
}
