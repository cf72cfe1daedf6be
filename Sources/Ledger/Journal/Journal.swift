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
            try HotInsert(database, "INSERT INTO ask (chunk, identity, row)", columns: 3)
                .write(intent.asks.count) { index, row in
                    row.integer(chunk)
                    row.integer(intent.asks[index].identity)
                    row.integer(Int64(intent.asks[index].row))
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
    /// - Parameters:
    ///   - allowance: what the service says is left of its limit.
    ///   - came: when the answer did, by which time the service had counted the call; nil: now.
    ///   - now: from when on other runs can know of it.
    package func settle(
        chunk: Int64, _ intent: Intent, _ settlement: Settlement, workspace: String, allowance: Allowance? = nil,
        came: Moment? = nil, now: Moment
    ) async throws {
        try await write(.full) { database in
            try QuotaBook(database, workspace: workspace, at: came ?? now).free(chunk: chunk, allowance: allowance)
            try database.cachedStatement(
                sql: "UPDATE chunk SET state = ?, credits = ?, answered_at = ? WHERE id = ?"
            ).execute(arguments: [settlement.state.rawValue, settlement.credits.thousandths, now.wall, chunk])
            try AnswerWriter(database).write(settlement, of: intent, chunk: chunk)
        }
    }

    // MARK: Requests to the embedded engine

    /// Records requests that nothing outside has seen: their intents and answers in one commit.
    ///
    /// - Parameter isDurable: whether they are on the disk when this returns: somebody else may have been paid for them.
    /// - Returns: for each of them, how many results from the first on are recorded: those that the run can afford.
    package func record(
        _ requests: [(intent: Intent, settlement: Settlement)], budget: Budget, isDurable: Bool = false, now: Double
    ) async throws -> [Int] {
        try await write(isDurable ? .full : .relaxed) { database in
            let writer = try AnswerWriter(database)
            return try requests.map { intent, settlement in
                let left = try budget.left(database, for: intent, now: now).map(\.credits).min()
                let affordable = left.map(settlement.affordable) ?? settlement.count
                return try writer.record(intent, settlement, first: affordable, now: now)
            }
        }
    }

    // MARK: Pieces of a transaction

    static func insertChunk(
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
