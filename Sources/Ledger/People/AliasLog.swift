import GRDB
import Synchronization

/// Keys of people and companies that came lately: appended to a table, and found in memory.
///
/// Keys fall evenly all over their table, so a few thousand of them touch nearly every page of it, and each page would be
/// written for hardly more than one key. New ones are appended to `alias_log` instead, and go into `alias` many at a time
/// and in order. Where they lead is kept in memory, which is read from the log itself, so that keys which another process
/// has appended are among them, and none that was never committed.
final class AliasLog: Sendable {
    private struct Owner {
        var check: Int64
        var identity: Int64
        /// Its row of the log.
        var row: Int64
    }

    /// The keys of the log's rows from one number to another.
    private struct Index {
        private(set) var owners: [Int64: Owner] = [:]
        private var first: Int64 = 1
        private var last: Int64 = 0

        /// Makes known what a transaction sees of the log.
        ///
        /// - Returns: whether all of that is known now, perhaps with later rows: a transaction that began before keys were
        ///   taken in sees some that are known no more.
        mutating func catchUp(_ database: Database, _ rows: LogReading) throws -> Bool {
            if rows.first > first {
                // They were taken in, all of them together.
                self = Index()
                first = rows.first
                last = rows.first - 1
            }
            guard rows.first == first else { return false }
            guard rows.last > last else { return true }
            let appended = try HotStatement(
                database, "SELECT key, proof, identity, id FROM alias_log WHERE id > ? ORDER BY id")
            try appended.run(.integer(last)) { row in
                let key = row.integer(0)
                // A key never changes hands: of two that are the same, the first has it.
                guard owners[key] == nil else { return }
                owners[key] = Owner(check: row.integer(1), identity: row.integer(2), row: row.integer(3))
            }
            last = rows.last
            return true
        }

        /// - Parameter last: of the rows that count.
        func owner(of hash: AliasHash, upTo last: Int64) -> Int64 {
            guard let owner = owners[hash.key], owner.check == hash.check, owner.row <= last else { return 0 }
            return owner.identity
        }
    }

    private let index = Mutex(Index())
    private let most: Int

    /// - Parameter most: rows that gather before they are taken in: the more, the fewer pages are written for each, and as
    ///   many as by default take some 16 MiB.
    init(most: Int = 1 << 18) { self.most = most }

    /// Whom keys lead to by what a transaction sees of the log; 0 is nobody.
    ///
    /// - Parameter database: in a transaction that has appended nothing itself, since that may not stay.
    func owners(of hashes: [AliasHash], _ database: Database) throws -> [Int64] {
        try reading(database) { index, rows in hashes.map { index.owner(of: $0, upTo: rows.last) } }
    }

    /// Brings all keys to their place where enough of them have gathered.
    func takeInIfMany(_ database: Database) throws {
        if try Self.rows(database).count >= most { try takeIn(database) }
    }

    /// Brings all keys to their place; those that are there already stay what they are.
    func takeIn(_ database: Database) throws {
        let keys = try reading(database) { index, _ in index.owners.map { (key: $0, owner: $1) } }
            .sorted { $0.key < $1.key }
        guard !keys.isEmpty else { return }
        try HotInsert(database, "INSERT OR IGNORE INTO alias (key, proof, identity)", columns: 3)
            .write(keys.count) { place, row in
                row.integer(keys[place].key)
                row.integer(keys[place].owner.check)
                row.integer(keys[place].owner.identity)
            }
        try database.execute(sql: "DELETE FROM alias_log")
    }

    private func reading<Value: Sendable>(
        _ database: Database, _ work: (borrowing Index, LogReading) throws -> Value
    ) throws -> Value {
        let rows = try Self.rows(database)
        let value: Value? = try index.withLock { try $0.catchUp(database, rows) ? try work($0, rows) : nil }
        if let value { return value }
        // Rare and short: what was taken in since is read once more, for this transaction alone.
        var own = Index()
        _ = try own.catchUp(database, rows)
        return try work(own, rows)
    }

    private static func rows(_ database: Database) throws -> LogReading {
        try LogReading(database, of: "alias_log")
    }
}
