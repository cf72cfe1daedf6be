package import EnrichmentAPI
import Foundation
import GRDB

/// What came of asking the ledger whether a request may leave.
package enum Opening: Sendable, Equatable {
    /// The intent is on the disk and the quota slot is taken.
    case opened(chunk: Int64)
    case wait(until: Double, reason: Quota.Reason)
    /// Quota or budget is held by requests in the air; ask again when one has come back.
    case waitForAnswer
    /// The budget covers only so many of the records.
    case overBudget(fitting: Int)
}

extension Ledger {
    // MARK: Requests to a service

    /// Step 1 of the protocol: the intent and its quota slot in one durable commit, if the quota has room.
    ///
    /// - Parameters:
    ///   - perRecord: what one more record may cost at most.
    ///   - patience: by when, counted from `now`, an answer has come or never will, in seconds.
    package func open(
        _ intent: Intent, workspace: String, quota: Quota, budget: Budget, perRecord: Credits, now: Double,
        patience: Double
    ) async throws -> Opening {
        try await write(.full) { database in
            if let short = try Self.shortage(database, intent, budget, perRecord, now) { return short }
            let slot: Int64
            switch try Self.takeSlot(database, intent.endpoint, workspace, quota, now, patience) {
            case .taken(let taken): slot = taken
            case .none(let why): return why
            }
            let chunk = try Self.insertChunk(database, intent, state: .intent, at: now, slot: slot)
            for ask in intent.asks {
                try database.cachedStatement(sql: "INSERT INTO ask (chunk, identity, row) VALUES (?, ?, ?)")
                    .execute(arguments: [chunk, ask.identity, ask.row])
            }
            return .opened(chunk: chunk)
        }
    }

    /// Takes another slot for a request that the service turned away without charging it.
    package func reopen(
        chunk: Int64, endpoint: Endpoint, workspace: String, quota: Quota, now: Double, patience: Double
    ) async throws -> Opening {
        try await write(.full) { database in
            let slot: Int64
            switch try Self.takeSlot(database, endpoint, workspace, quota, now, patience) {
            case .taken(let taken): slot = taken
            case .none(let why): return why
            }
            try database.execute(
                sql: "UPDATE chunk SET slot = ?, attempts = attempts + 1, state = 'intent', sent_at = ? WHERE id = ?",
                arguments: [slot, now, chunk])
            return .opened(chunk: chunk)
        }
    }

    /// The request was turned away before it was charged; its slot still counts, since the service may have counted it.
    ///
    /// - Parameter hold: until when everybody in the workspace has to leave the service alone.
    package func turnedAway(chunk: Int64, workspace: String, hold: Double?, is429: Bool, now: Double) async throws {
        try await write(.full) { database in
            try Self.freeSlot(database, of: chunk, at: now)
            try database.execute(
                sql: "UPDATE chunk SET state = 'turned_away', refused_429 = refused_429 + ? WHERE id = ?",
                arguments: [is429 ? 1 : 0, chunk])
            if let hold {
                try database.execute(
                    sql: """
                        INSERT INTO quota_hold (workspace, until) VALUES (?, ?)
                        ON CONFLICT DO UPDATE SET until = max(until, excluded.until)
                        """, arguments: [workspace, hold])
            }
        }
    }

    /// Step 2 of the protocol: the answer in one durable commit.
    package func settle(chunk: Int64, _ intent: Intent, _ settlement: Settlement, now: Double) async throws {
        try await write(.full) { database in
            try Self.freeSlot(database, of: chunk, at: now)
            try database.execute(
                sql: "UPDATE chunk SET state = ?, credits = ?, answered_at = ? WHERE id = ?",
                arguments: [settlement.state.rawValue, settlement.credits.thousandths, now, chunk])
            try AnswerWriter(database).write(settlement, of: intent, chunk: chunk)
        }
    }

    // MARK: Requests to the embedded engine

    /// Records a request that nothing outside has seen: intent and answer in one commit.
    ///
    /// - Returns: how many results from the first on are recorded: those that the run can afford.
    package func record(_ intent: Intent, _ settlement: Settlement, budget: Budget, now: Double) async throws -> Int {
        try await write(.relaxed) { database in
            var intent = intent
            var settlement = settlement
            if let left = try budget.left(database, run: intent.run, now: now) {
                let affordable = settlement.affordable(left.credits)
                settlement = settlement.first(affordable)
                intent.asks = Array(intent.asks.prefix(affordable))
            }
            guard !intent.asks.isEmpty else { return 0 }
            let chunk = try Self.insertChunk(database, intent, state: settlement.state, at: now, slot: nil)
            try database.execute(
                sql: "UPDATE chunk SET credits = ?, answered_at = ? WHERE id = ?",
                arguments: [settlement.credits.thousandths, now, chunk])
            try AnswerWriter(database).write(settlement, of: intent, chunk: chunk)
            return intent.asks.count
        }
    }

    // MARK: Taking up a run again

    /// What was asked for rows behind `row` before the run was cut off, oldest first.
    package func earlierAsks(run: Int64, afterRow row: Int) async throws -> [Int: [EarlierAsk]] {
        try await read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT ask.row, ask.identity, chunk.endpoint, chunk.channels, chunk.state, ask.credits, ask.record_id
                    FROM chunk JOIN ask ON ask.chunk = chunk.id WHERE chunk.run = ? AND ask.row > ? ORDER BY chunk.id
                    """, arguments: [run, row])
            var asks: [Int: [EarlierAsk]] = [:]
            while let row = try rows.next() {
                guard let endpoint = Endpoint(rawValue: row[2]), let state = ChunkState(rawValue: row[4]) else {
                    continue
                }
                asks[row[0], default: []].append(
                    EarlierAsk(
                        identity: row[1], endpoint: endpoint, channels: ChannelSet(bits: UInt8(row[3] as Int)),
                        state: state,
                        credits: Credits(thousandths: row[5]), recordID: row[6]))
            }
            return asks
        }
    }

    /// Identities that were asked for in this run for nothing, and will not be asked for again in it.
    package func failures(run: Int64) async throws -> [Int64: ChunkState] {
        try await read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT ask.identity, chunk.state FROM chunk JOIN ask ON ask.chunk = chunk.id
                    WHERE chunk.run = ? AND chunk.state IN ('refused', 'lost') ORDER BY chunk.id
                    """, arguments: [run])
            var failures: [Int64: ChunkState] = [:]
            while let row = try rows.next() { failures[row[0]] = ChunkState(rawValue: row[1]) }
            return failures
        }
    }

    // MARK: Pieces of a transaction

    /// Nil where the worst case of the request is covered.
    private static func shortage(
        _ database: Database, _ intent: Intent, _ budget: Budget, _ perRecord: Credits, _ now: Double
    ) throws -> Opening? {
        guard perRecord > .zero, let left = try budget.left(database, run: intent.run, now: now),
            intent.worst > left.credits
        else { return nil }
        return left.mayGrow ? .waitForAnswer : .overBudget(fitting: left.credits.thousandths / perRecord.thousandths)
    }

    private enum Slot {
        case taken(Int64)
        case none(Opening)
    }

    /// Takes a slot for a call that leaves now, if the quota has one.
    private static func takeSlot(
        _ database: Database, _ endpoint: Endpoint, _ workspace: String, _ quota: Quota, _ now: Double,
        _ patience: Double
    ) throws -> Slot {
        let kind = Quota.Kind(endpoint)
        switch try decide(database, kind, workspace: workspace, quota: quota, now: now) {
        case .wait(let until, let reason): return .none(.wait(until: until, reason: reason))
        case .waitForAnswer: return .none(.waitForAnswer)
        case .go: break
        }
        try database.execute(
            sql: "INSERT INTO quota_slot (workspace, kind, taken_at, gone_by) VALUES (?, ?, ?, ?)",
            arguments: [workspace, kind.rawValue, now, now + patience])
        return .taken(database.lastInsertedRowID)
    }

    private static func decide(
        _ database: Database, _ kind: Quota.Kind, workspace: String, quota: Quota, now: Double
    ) throws -> Quota.Decision {
        let day = quota.limits.day.inSeconds
        try database.execute(
            sql: "DELETE FROM quota_slot WHERE workspace = ? AND taken_at < ? AND gone_by < ?",
            arguments: [workspace, now - 2 * day, now - day])
        let rows = try Row.fetchCursor(
            database, sql: "SELECT kind, answered_at, gone_by FROM quota_slot WHERE workspace = ?",
            arguments: [workspace])
        var history: [Quota.Slot] = []
        while let row = try rows.next() {
            guard let kind = Quota.Kind(rawValue: row[0]) else { continue }
            // A call whose process died was counted by the time its answer would have been given up.
            let goneBy: Double = row[2]
            history.append(Quota.Slot(kind: kind, counted: row[1] ?? (goneBy <= now ? goneBy : nil)))
        }
        let hold = try Double.fetchOne(
            database, sql: "SELECT until FROM quota_hold WHERE workspace = ?", arguments: [workspace])
        return quota.decide(kind, history: history, hold: hold, now: now)
    }

    private static func insertChunk(
        _ database: Database, _ intent: Intent, state: ChunkState, at now: Double, slot: Int64?
    ) throws -> Int64 {
        try database.cachedStatement(
            sql: """
                INSERT INTO chunk (run, endpoint, channels, state, worst, attempts, sent_at, slot) VALUES (?, ?, ?, ?, ?, 1, ?, ?)
                """
        ).execute(arguments: [
            intent.run, intent.endpoint.rawValue, Int(intent.channels.bits), state.rawValue, intent.worst.thousandths,
            now, slot,
        ])
        return database.lastInsertedRowID
    }

    private static func freeSlot(_ database: Database, of chunk: Int64, at now: Double) throws {
        try database.execute(
            sql: "UPDATE quota_slot SET answered_at = ? WHERE id = (SELECT slot FROM chunk WHERE id = ?)",
            arguments: [now, chunk])
    }
}

/// Writes what a request brought, on prepared statements.
private struct AnswerWriter {
    private let ask: HotStatement
    private let answer: HotStatement
    private let account: HotStatement

    init(_ database: Database) throws {
        ask = try HotStatement(
            database, "INSERT OR REPLACE INTO ask (chunk, identity, row, credits, record_id) VALUES (?, ?, ?, ?, ?)")
        answer = try HotStatement(
            database,
            """
            INSERT OR REPLACE INTO answer (identity, channel, chunk, value, source, confidence, enriched_at, credits)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
        account = try HotStatement(
            database, "INSERT OR REPLACE INTO account (identity, chunk, account_id, fields) VALUES (?, ?, ?, ?)")
    }

    func write(_ settlement: Settlement, of intent: Intent, chunk: Int64) throws {
        switch settlement {
        case .persons(let results, let costs):
            for (index, (asked, result)) in zip(intent.asks, results).enumerated() {
                try writeAsk(asked, chunk, result.creditsUsed, result.recordID)
                for channel in intent.channels {
                    let value = result.channels[channel]?.value
                    let cost = costs.indices.contains(index) ? costs[index][channel]?.thousandths : nil
                    try answer.run(
                        .integer(asked.identity), .integer(Int64(channel.number)), .integer(chunk),
                        .optional(value?.value),
                        .optional(value?.source), .optional(value?.confidence), .optional(value?.enrichedAt),
                        .optional(cost))
                }
            }
        case .accounts(let results):
            for (asked, result) in zip(intent.asks, results) {
                try writeAsk(asked, chunk, result?.creditsUsed ?? .zero, result?.accountID ?? "")
                let fields = try result.map { String(decoding: try JSONEncoder().encode($0.fields), as: UTF8.self) }
                try account.run(
                    .integer(asked.identity), .integer(chunk), .text(result?.accountID ?? ""), .optional(fields))
            }
        case .refused, .split, .lost:
            for asked in intent.asks { try writeAsk(asked, chunk, .zero, "") }
        }
    }

    private func writeAsk(_ asked: Intent.Ask, _ chunk: Int64, _ credits: Credits, _ recordID: String) throws {
        try ask.run(
            .integer(chunk), .integer(asked.identity), .integer(Int64(asked.row)), .integer(Int64(credits.thousandths)),
            .text(recordID))
    }
}
