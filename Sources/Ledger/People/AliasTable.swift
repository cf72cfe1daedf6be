import GRDB

/// The keys under which people and companies are found: those that came lately, in a log, and all others.
///
/// A key never changes hands: the table is asked before the log, and what stands there stays.
struct AliasTable {
    private let database: Database
    private let all: HotLookup
    private let hasAny: Bool
    private let log: AliasLog
    private let append: HotInsert

    init(_ database: Database, _ log: AliasLog) throws {
        self.database = database
        self.log = log
        all = try HotLookup(database, "identity, proof FROM asked CROSS JOIN alias USING (key)")
        hasAny = try Self.holdsAny(database, "alias")
        append = try HotInsert(database, "INSERT INTO alias_log (key, proof, identity)", columns: 3)
    }

    /// Whom keys lead to; 0 is nobody.
    ///
    /// The fastest where they ascend, since neighbours stand on one page. To be asked before anything is added.
    func owners(of hashes: [AliasHash]) throws -> [Int64] {
        guard hasAny else { return try log.owners(of: hashes, database) }
        var owners = [Int64](repeating: 0, count: hashes.count)
        var isTaken = [Bool](repeating: false, count: hashes.count)
        try all.find(hashes.map(\.key)) { place, row in
            isTaken[place] = true
            if row.integer(2) == hashes[place].check { owners[place] = row.integer(1) }
        }
        let open = hashes.indices.filter { !isTaken[$0] }
        for (place, owner) in zip(open, try log.owners(of: open.map { hashes[$0] }, database)) { owners[place] = owner }
        return owners
    }

    /// Adds keys; who has one already keeps it.
    func add(_ keys: [(hash: AliasHash, identity: Int64)]) throws {
        try append.write(keys.count) { index, row in
            row.integer(keys[index].hash.key)
            row.integer(keys[index].hash.check)
            row.integer(keys[index].identity)
        }
    }

    /// Whether anybody is known.
    static func knowsAnybody(_ database: Database) throws -> Bool {
        try holdsAny(database, "alias") || holdsAny(database, "alias_log")
    }

    private static func holdsAny(_ database: Database, _ table: String) throws -> Bool {
        try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM \(table))") ?? false
    }
}

extension Ledger {
    /// Takes in the keys that came lately: whoever looks many people up finds all of them in one table.
    package func takeInNewKeys() async throws { try await write(.relaxed) { [newKeys] in try newKeys.takeIn($0) } }
}
