package import EnrichmentAPI
import GRDB

/// One charge that the journal holds for a record of a run.
package struct Charge: Sendable, Equatable {
    /// The row's number in the run, 1-based.
    package var row: Int
    package var endpoint: Endpoint
    package var recordID: String
    package var credits: Credits
    /// What was asked for and is not known to have been missed.
    package var paidFor: ChannelSet
    /// Whether anything was found: a channel, or the company.
    package var hasFound: Bool

    package init(
        row: Int, endpoint: Endpoint, recordID: String, credits: Credits, paidFor: ChannelSet, hasFound: Bool
    ) {
        self.row = row
        self.endpoint = endpoint
        self.recordID = recordID
        self.credits = credits
        self.paidFor = paidFor
        self.hasFound = hasFound
    }
}

/// Requests that left within one piece of a run's time.
package struct RequestCount: Sendable, Equatable {
    /// Seconds since 1970 at which the piece begins.
    package var start: Double
    package var bulk: Int
    package var others: Int
}

/// What a run asked of a channel, and what earlier runs tell of such questions.
package struct ChannelHistory: Sendable, Equatable {
    package var channel: Channel
    /// Questions of this run that were answered.
    package var asked = 0
    /// Answers to other runs, and how many of them were finds.
    package var known = 0
    package var found = 0
    /// Finds among them whose price is known, and what they cost together, in credits.
    package var priced = 0
    package var spent = 0.0

    /// What a find cost on the average; nil where that is not known.
    package var cost: Double? { priced > 0 ? spent / Double(priced) : nil }

    package init(channel: Channel) { self.channel = channel }
}

extension Ledger {
    /// What is picked out of all records of a run that were charged for, in the order of the rows.
    ///
    /// - Parameter pick: is shown one after the other, since there may be millions; nil passes one over.
    package func charges<Picked: Sendable>(run: Int64, _ pick: @escaping @Sendable (Charge) -> Picked?) async throws
        -> [Picked]
    {
        try await read { database in
            let missed = AnswerColumns.bits { chunk, value in "\(chunk) = chunk.id AND \(value) IS NULL" }
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT ask.row, chunk.endpoint, ask.record_id, ask.credits,
                      chunk.channels & ~coalesce((SELECT \(missed) FROM answer WHERE answer.identity = ask.identity), 0),
                      (SELECT fields IS NOT NULL FROM account WHERE account.identity = ask.identity AND account.chunk = chunk.id)
                    FROM chunk JOIN ask ON ask.chunk = chunk.id
                    WHERE chunk.run = ? AND chunk.state = 'answered' AND ask.credits > 0 ORDER BY ask.row, chunk.id
                    """, arguments: [run])
            var picked: [Picked] = []
            while let row = try rows.next() {
                guard let endpoint = Endpoint(rawValue: row[1]) else { continue }
                let paidFor = ChannelSet(bits: UInt8(row[4] as Int))
                let charge = Charge(
                    row: row[0], endpoint: endpoint, recordID: row[2], credits: Credits(thousandths: row[3]),
                    paidFor: paidFor, hasFound: endpoint == .account ? (row[5] as Bool?) ?? true : !paidFor.isEmpty)
                if let one = pick(charge) { picked.append(one) }
            }
            return picked
        }
    }

    /// When a run's requests left, in so many pieces of equal length at most.
    package func timeline(run: Int64, pieces: Int) async throws -> [RequestCount] {
        try await read { database in
            guard
                let span = try Row.fetchOne(
                    database, sql: "SELECT min(sent_at), max(sent_at) FROM chunk WHERE run = ?", arguments: [run]),
                let first = span[0] as Double?, let last = span[1] as Double?
            else { return [] }
            // Whole minutes, since limits are counted by the minute; longer pieces for longer runs.
            let minutes = max(1, ((last - first) / 60 / Double(pieces)).rounded(.up))
            let length = minutes * 60
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT CAST((sent_at - ?1) / ?2 AS INTEGER) AS piece, sum(endpoint = 'bulk'), sum(endpoint <> 'bulk')
                    FROM chunk WHERE run = ?3 GROUP BY piece ORDER BY piece
                    """, arguments: [first, length, run])
            return rows.map { RequestCount(start: first + Double($0[0] as Int) * length, bulk: $0[1], others: $0[2]) }
        }
    }

    /// For each channel: how many questions of a run were answered, and how the latest such questions of earlier runs on
    /// the same engine came out.
    package func history(run: Int64) async throws -> [ChannelHistory] {
        try await read { database in
            var history = Channel.allCases.map(ChannelHistory.init)
            let own = try Row.fetchCursor(
                database,
                sql: """
                    SELECT channels, sum((SELECT count(*) FROM ask WHERE ask.chunk = chunk.id)) FROM chunk
                    WHERE run = ? AND state = 'answered' AND endpoint <> 'account' GROUP BY channels
                    """, arguments: [run])
            while let row = try own.next() {
                for channel in ChannelSet(bits: UInt8(row[0] as Int)) { history[channel.number].asked += row[1] as Int }
            }
            guard history.contains(where: { $0.asked > 0 }) else { return history }
            let scope = try Row.fetchOne(
                database, sql: "SELECT workspace, engine FROM run WHERE id = ?", arguments: [run])
            if let scope {
                try Self.addOutcomes(database, workspace: scope[0], engine: scope[1], before: run, to: &history)
            }
            return history
        }
    }

    /// For each channel, how the latest questions of a workspace to an engine came out; nothing is asked yet.
    package func history(workspace: String, engine: String) async throws -> [ChannelHistory] {
        try await read { database in
            var history = Channel.allCases.map(ChannelHistory.init)
            try Self.addOutcomes(database, workspace: workspace, engine: engine, before: .max, to: &history)
            return history
        }
    }

    /// Answers on companies that a workspace has had from an engine, and how many of them were known.
    package func accountHistory(workspace: String, engine: String) async throws -> (known: Int, found: Int) {
        try await read { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT count(*), coalesce(sum(account.fields IS NOT NULL), 0) FROM account
                    JOIN chunk ON chunk.id = account.chunk JOIN run ON run.id = chunk.run
                    WHERE run.workspace = ? AND run.engine = ?
                    """, arguments: [workspace, engine])
            return row.map { ($0[0], $0[1]) } ?? (0, 0)
        }
    }

    private static func addOutcomes(
        _ database: Database, workspace: String, engine: String, before run: Int64, to history: inout [ChannelHistory]
    ) throws {
        // Answers that newer ones took the place of tell as much.
        let past = "SELECT identity, channel, \(AnswerColumns.names.joined(separator: ", ")) FROM answer_past"
        let now = Channel.allCases.map {
            "SELECT identity, \($0.number) AS channel, \(AnswerColumns.selecting($0)) FROM answer"
        }
        let outcomes = try (now + [past]).map { answers in
            try database.makeStatement(
                sql: """
                    SELECT told.channel, count(*), sum(told.value IS NOT NULL),
                      sum(CASE WHEN told.value IS NOT NULL THEN coalesce(told.credits, told.share) END),
                      sum(told.value IS NOT NULL AND coalesce(told.credits, told.share) IS NOT NULL)
                    FROM ask JOIN (\(answers)) AS told ON told.identity = ask.identity AND told.chunk = ask.chunk
                    WHERE ask.chunk = ? GROUP BY told.channel
                    """)
        }
        // A search by name is a request of its own, so there may be thousands.
        for chunk in try latestChunks(database, workspace, engine, before: run) {
            for told in outcomes { try add(Row.fetchCursor(told, arguments: [chunk]), to: &history) }
        }
    }

    private static func add(_ rows: RowCursor, to history: inout [ChannelHistory]) throws {
        while let row = try rows.next() {
            let number: Int = row[0]
            guard history.indices.contains(number) else { continue }
            history[number].known += row[1] as Int
            history[number].found += row[2] as Int
            history[number].spent += Double((row[3] as Int?) ?? 0) / 1000
            history[number].priced += (row[4] as Int?) ?? 0
        }
    }

    /// Answered requests of earlier runs, the newest first: as many as tell enough.
    private static func latestChunks(
        _ database: Database, _ workspace: String, _ engine: String, before run: Int64
    ) throws -> [Int64] {
        let enough = 20_000
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT chunk.id, (SELECT count(*) FROM ask WHERE ask.chunk = chunk.id) FROM chunk
                  JOIN run ON run.id = chunk.run
                WHERE run.workspace = ? AND run.engine = ? AND chunk.run < ? AND chunk.state = 'answered' AND chunk.endpoint <> 'account'
                ORDER BY chunk.id DESC
                """, arguments: [workspace, engine, run])
        var chunks: [Int64] = []
        var records = 0
        while records < enough, let row = try rows.next() {
            chunks.append(row[0])
            records += row[1] as Int
        }
        return chunks
    }

    /// Companies that a run asked about.
    package func accountsAsked(run: Int64) async throws -> Int {
        try await read {
            try Int.fetchOne(
                $0,
                sql: """
                    SELECT count(*) FROM ask JOIN chunk ON chunk.id = ask.chunk
                    WHERE chunk.run = ? AND chunk.endpoint = 'account' AND chunk.state = 'answered'
                    """, arguments: [run]) ?? 0
        }
    }

    // MARK: Reports

    /// Keeps a run's report, as JSON of its owner.
    package func save(report: String, run: Int64) async throws {
        try await write(.full) {
            try $0.execute(
                sql: "INSERT OR REPLACE INTO run_report (run, report) VALUES (?, ?)", arguments: [run, report])
        }
    }

    /// The report of the run with a name; nil where none was kept.
    package func report(ofRun name: String) async throws -> String? {
        try await read {
            try String.fetchOne(
                $0, sql: "SELECT report FROM run_report JOIN run ON run.id = run_report.run WHERE run.name = ?",
                arguments: [name])
        }
    }
}
