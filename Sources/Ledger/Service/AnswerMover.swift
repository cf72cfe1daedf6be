import GRDB

/// Brings answers from the log to their places: while nobody calls, or where very many have gathered.
///
/// A few people at a time, so that calls wait for no more than that between two of their own. Nothing is lost where it is
/// broken off: a row leaves the log when all that were in it with it have their places, and to bring it there twice is the
/// same as once.
package actor AnswerMover {
    private let ledger: ServiceLedger
    private let most: Int
    /// The last row of the log when it was last looked at.
    private var last: Int64 = -1

    /// People who gather before they are brought to their places though there are calls.
    package static let most = 1 << 17
    /// As many times ``most`` may gather before that is done without pauses; their keys take some 40 MiB then.
    private static let hurry = 4
    private static let pause = Duration.milliseconds(10)
    private static let peopleAtOnce = 128
    private static let rowsAtOnce: Int64 = 1024

    package init(_ ledger: ServiceLedger, most: Int = AnswerMover.most) {
        self.ledger = ledger
        self.most = most
    }

    /// To be called from time to time.
    package func move() async throws {
        let newest = try await ledger.read { [log = ledger.log] in try log.catchUp($0) }
        let isQuiet = newest == last
        last = newest
        guard isQuiet && ledger.log.count > 0 || ledger.log.count >= most else { return }
        try await moveAll(stoppingForCalls: ledger.log.count < most)
    }

    /// - Parameter stoppingForCalls: whether it is broken off where something is appended meanwhile.
    package func moveAll(stoppingForCalls: Bool = false) async throws {
        let (people, upTo) = ledger.log.all
        var start = 0, before = upTo
        while start < people.count {
            let some = people[start..<min(start + Self.peopleAtOnce, people.count)]
            let newest = try await ledger.writeLater { [log = ledger.log] database in
                try Self.bring(some, database)
                return try log.catchUp(database)
            }
            start += some.count
            guard newest > before else { continue }
            if stoppingForCalls { return }
            before = newest
            // Calls come first, for as long as there is room.
            if ledger.log.count < most * Self.hurry { try await Task.sleep(for: Self.pause) }
        }
        try await clear(upTo: upTo)
    }

    private static func bring(_ people: ArraySlice<(key: Int64, place: AnswerLog.Place)>, _ database: Database) throws {
        let bring = try HotStatement(
            database,
            """
            INSERT OR REPLACE INTO answered (\(SettlementWriter.columns)) SELECT \(SettlementWriter.columns)
            FROM answered_log WHERE id BETWEEN ? AND ? AND key = ? ORDER BY id
            """)
        for (key, place) in people {
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
            isEmpty = try await ledger.writeLater { database in
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

extension ServiceLedger {
    /// One transaction that may be lost with the power, as what it does can be done again.
    fileprivate func writeLater<Value: Sendable>(
        _ updates: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        do {
            return try await database.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = NORMAL")
                defer { try? database.execute(sql: "PRAGMA synchronous = FULL") }
                var value: Value?
                try database.inTransaction(.immediate) {
                    value = try updates(database)
                    return .commit
                }
                guard let value else { throw DatabaseError(message: "the transaction gave no value") }
                return value
            }
        } catch let error as DatabaseError {
            throw Ledger.explained(path, error)
        }
    }
}
