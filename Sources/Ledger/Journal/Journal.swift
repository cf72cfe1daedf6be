package import EnrichmentAPI
import Foundation
import GRDB

/// What came of asking the ledger whether a request may leave.
package enum Opening: Sendable, Equatable {
    /// The intent is on the disk and the quota slot is taken.
    case opened(chunk: Int64)
    /// Not for so many seconds.
    case wait(seconds: Double, reason: Quota.Reason)
    /// Quota or budget is held by requests in the air; ask again when one has come back.
    case waitForAnswer
    /// Another run has had answers for the records at these places since this run began.
    case answeredMeanwhile(places: [Int])
    /// The budget covers only so many of the records; it is renewed at a time in seconds since 1970, if ever.
    case overBudget(fitting: Int, renewedAt: Double? = nil)
}

extension Ledger {
    // MARK: Requests to a service

    /// Step 1 of the protocol: the intent and its quota slot in one durable commit, if the quota has room.
    ///
    /// - Parameters:
    ///   - perRecord: what one more record may cost at most.
    ///   - patience: by when, counted from `now`, an answer has come or never will, in seconds.
    ///   - ahead: calls of this run that are to have the day's last slots before this one.
    package func open(
        _ intent: Intent, workspace: String, quota: Quota, budget: Budget, perRecord: Credits, now: Moment,
        patience: Double, ahead: Int = 0
    ) async throws -> Opening {
        try checkRoom()
        return try await write(.full) { database in
            let overlap = try Overlap(database, intent, since: now.wall - patience)
            if overlap.isInTheAir { return .waitForAnswer }
            if !overlap.answered.isEmpty { return .answeredMeanwhile(places: overlap.answered) }
            if let short = try budget.shortage(
                database, intent, perRecord: perRecord, now: now.wall, patience: patience)
            {
                return short
            }
            let book = try QuotaBook(database, workspace: workspace, at: now)
            let slot: Int64
            switch try book.take(intent.endpoint, quota, patience: patience, ahead: ahead) {
            case .taken(let taken): slot = taken
            case .none(let why): return why
            }
            let chunk = try Self.insertChunk(database, intent, state: .intent, at: now.wall, slot: slot)
            for ask in intent.asks {
                try database.cachedStatement(sql: "INSERT INTO ask (chunk, identity, row) VALUES (?, ?, ?)")
                    .execute(arguments: [chunk, ask.identity, ask.row])
            }
            return .opened(chunk: chunk)
        }
    }

    /// Takes another slot for a request that the service turned away without charging it; its worst is reserved already.
    package func reopen(
        chunk: Int64, _ intent: Intent, workspace: String, quota: Quota, budget: Budget, perRecord: Credits,
        now: Moment, patience: Double, ahead: Int = 0
    ) async throws -> Opening {
        try checkRoom()
        return try await write(.full) { database in
            if let short = try budget.shortage(
                database, intent, perRecord: perRecord, now: now.wall, patience: patience, isReserved: true)
            {
                return short
            }
            let book = try QuotaBook(database, workspace: workspace, at: now)
            let slot: Int64
            switch try book.take(intent.endpoint, quota, patience: patience, ahead: ahead) {
            case .taken(let taken): slot = taken
            case .none(let why): return why
            }
            try database.execute(
                sql: "UPDATE chunk SET slot = ?, attempts = attempts + 1, state = 'intent', sent_at = ? WHERE id = ?",
                arguments: [slot, now.wall, chunk])
            return .opened(chunk: chunk)
        }
    }

    /// The request was turned away before it was charged; its slot still counts, since the service may have counted it.
    ///
    /// - Parameters:
    ///   - hold: for how many seconds everybody in the workspace has to leave the service alone.
    ///   - allowance: what the service says is left of its limit.
    package func turnedAway(
        chunk: Int64, workspace: String, hold: Double?, allowance: Allowance? = nil, is429: Bool, now: Moment
    ) async throws {
        try await write(.full) { database in
            let book = try QuotaBook(database, workspace: workspace, at: now)
            try book.free(chunk: chunk, allowance: allowance)
            try database.execute(
                sql: "UPDATE chunk SET state = 'turned_away', refused_429 = refused_429 + ? WHERE id = ?",
                arguments: [is429 ? 1 : 0, chunk])
            if let hold { try book.hold(for: hold) }
        }
    }

    /// Step 2 of the protocol: the answer in one durable commit.
    ///
    /// - Parameter allowance: what the service says is left of its limit.
    package func settle(
        chunk: Int64, _ intent: Intent, _ settlement: Settlement, workspace: String, allowance: Allowance? = nil,
        now: Moment
    ) async throws {
        try await write(.full) { database in
            try QuotaBook(database, workspace: workspace, at: now).free(chunk: chunk, allowance: allowance)
            try database.execute(
                sql: "UPDATE chunk SET state = ?, credits = ?, answered_at = ? WHERE id = ?",
                arguments: [settlement.state.rawValue, settlement.credits.thousandths, now.wall, chunk])
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
            if let left = try budget.left(database, for: intent, now: now).map(\.credits).min() {
                let affordable = settlement.affordable(left)
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

    // MARK: Pieces of a transaction

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
            INSERT INTO answer
              (identity, channel, chunk, value, source, confidence, enriched_at, credits, record_id, share)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (identity, channel) DO UPDATE SET chunk = excluded.chunk, value = excluded.value,
              source = excluded.source, confidence = excluded.confidence, enriched_at = excluded.enriched_at,
              credits = excluded.credits, record_id = excluded.record_id,
              share = excluded.share
            """)
        account = try HotStatement(
            database,
            """
            INSERT INTO account (identity, chunk, account_id, fields) VALUES (?, ?, ?, ?)
            ON CONFLICT (identity) DO UPDATE SET chunk = excluded.chunk, account_id = excluded.account_id,
              fields = excluded.fields
            """)
    }

    func write(_ settlement: Settlement, of intent: Intent, chunk: Int64) throws {
        switch settlement {
        case .persons(let results, let costs):
            for (index, (asked, result)) in zip(intent.asks, results).enumerated() {
                try writeAsk(asked, chunk, result.creditsUsed, result.recordID)
                let share = result.creditsUsed.thousandths / max(1, result.channels.values.count { $0.value != nil })
                for channel in intent.channels.subtracting(asked.kept) {
                    let value = result.channels[channel]?.value
                    let cost = costs.indices.contains(index) ? costs[index][channel]?.thousandths : nil
                    try answer.write {
                        $0.integer(asked.identity)
                        $0.integer(Int64(channel.number))
                        $0.integer(chunk)
                        if let value {
                            $0.text(value.value)
                            $0.text(value.source)
                            $0.real(value.confidence)
                            $0.text(value.enrichedAt)
                        } else {
                            for _ in 0..<4 { $0.null() }
                        }
                        $0.optional(cost)
                        $0.text(result.recordID)
                        $0.optional(cost == nil && value != nil ? share : nil)
                    }
                }
            }
        case .accounts(let results):
            for (asked, result) in zip(intent.asks, results) {
                try writeAsk(asked, chunk, result?.creditsUsed ?? .zero, result?.accountID ?? "")
                let fields = try result.map { String(decoding: try JSONEncoder().encode($0.fields), as: UTF8.self) }
                try account.run(
                    .integer(asked.identity), .integer(chunk), .text(result?.accountID ?? ""), .optional(fields))
            }
        case .refused, .split, .unavailable, .lost:
            for asked in intent.asks { try writeAsk(asked, chunk, .zero, "") }
        }
    }

    private func writeAsk(_ asked: Intent.Ask, _ chunk: Int64, _ credits: Credits, _ recordID: String) throws {
        try ask.write {
            $0.integer(chunk)
            $0.integer(asked.identity)
            $0.integer(Int64(asked.row))
            $0.integer(Int64(credits.thousandths))
            $0.text(recordID)
        }
    }
}
