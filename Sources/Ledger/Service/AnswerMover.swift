import GRDB

/// Brings answers from the log to their places: while nobody calls, or where very many have gathered.
///
/// A few people at a time, so that calls wait for no more than that between two of their own. Nothing is lost where it is
/// broken off: a row leaves the log when all that were in it with it have their places, and to bring it there twice is the
/// same as once.
package actor AnswerMover {
    private let ledger: ServiceLedger
    private let most: Int64
    /// The last row of the log when it was last looked at.
    private var last: Int64 = -1

    /// Rows that gather before they are brought to their places though there are calls.
    package static let most: Int64 = 1 << 18
    /// As many times ``most`` may gather before that is done without pauses; their keys take some 40 MiB then.
    private static let hurry: Int64 = 4
    private static let pause = Duration.milliseconds(10)
    private static let peopleAtOnce = 128
    private static let rowsAtOnce: Int64 = 1024

    package init(_ ledger: ServiceLedger, most: Int64 = AnswerMover.most) {
        self.ledger = ledger
        self.most = most
    }

    /// To be called from time to time.
    package func move() async throws {
        let now = try await ledger.read { [log = ledger.log] in try log.catchUp($0) }
        let isQuiet = now.last == last
        last = now.last
        guard now.count >= most || isQuiet && now.count > 0 else { return }
        try await moveAll(stoppingForCalls: now.count < most)
    }

    /// - Parameter stoppingForCalls: whether it is broken off where something is appended meanwhile.
    package func moveAll(stoppingForCalls: Bool = false) async throws {
        let (keys, upTo) = ledger.log.all
        var start = 0, before = upTo
        while start < keys.count {
            let some = Array(keys[start..<min(start + Self.peopleAtOnce, keys.count)])
            let now = try await ledger.write(.relaxed) { [log = ledger.log] database in
                let now = try log.catchUp(database)
                // Where they stand now: another process may have brought something newer meanwhile.
                try Self.bring(some, log.places(of: some), database)
                return now
            }
            start += some.count
            guard now.last > before else { continue }
            if stoppingForCalls { return }
            before = now.last
            // Calls come first, for as long as there is room.
            if now.count < most * Self.hurry { try await Task.sleep(for: Self.pause) }
        }
        try await clear(upTo: upTo)
    }

    private static func bring(_ keys: [Int64], _ places: [AnswerLog.Place?], _ database: Database) throws {
        let bring = try HotStatement(
            database,
            """
            INSERT OR REPLACE INTO answered (\(SettlementWriter.columns)) SELECT \(SettlementWriter.columns)
            FROM answered_log WHERE id BETWEEN ? AND ? AND key = ? ORDER BY id
            """)
        for case (let key, let place?) in zip(keys, places) {
            try bring.write {
                $0.integer(place.first)
                $0.integer(place.last)
                $0.integer(key)
            }
        }
    }

    /// Takes the rows out of the log whose answers have their places.
    private func clear(upTo last: Int64) async throws {
        var isEmpty = false
        while !isEmpty {
            isEmpty = try await ledger.write(.relaxed) { database in
                guard let first = try Int64.fetchOne(database, sql: "SELECT min(id) FROM answered_log"), first <= last
                else { return true }
                try database.execute(
                    sql: "DELETE FROM answered_log WHERE id <= ?",
                    arguments: [min(last, first + Self.rowsAtOnce - 1)])
                return false
            }
        }
        ledger.log.drop(upTo: last)
    }
}
