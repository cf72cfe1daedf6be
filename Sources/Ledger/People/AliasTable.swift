import GRDB

/// The keys under which people and companies are found, in two tables: those that came lately, and all others.
///
/// Keys fall evenly all over their table, so a few thousand of them touch nearly every page of it, and each page would be
/// written for hardly more than one key. New ones gather in a small table instead, and go into the large one many at a
/// time and in order. A key never changes hands: the large table is asked first, and what stands there stays.
struct AliasTable {
    private let all: HotLookup
    private let new: HotLookup
    private let add: HotInsert
    private let hasNew: Bool

    /// New keys that gather before they are taken in: some 5 MiB, which the writer's cache holds.
    static let mostNew = 1 << 17

    init(_ database: Database) throws {
        all = try HotLookup(database, "identity, proof FROM asked CROSS JOIN alias USING (key)")
        new = try HotLookup(database, "identity, proof FROM asked CROSS JOIN alias_new USING (key)")
        // A key that two hints share stays with the first one; the other is found by its other hints.
        add = try HotInsert(
            database, "INSERT OR IGNORE INTO alias_new (key, proof, identity)", columns: 3)
        hasNew = try Self.holdsAny(database, "alias_new")
    }

    /// Whom keys lead to; 0 is nobody.
    ///
    /// The fastest where they ascend, since neighbours stand on one page.
    func owners(of hashes: [AliasHash]) throws -> [Int64] {
        var owners = [Int64](repeating: 0, count: hashes.count)
        var isTaken = [Bool](repeating: false, count: hashes.count)
        try all.find(hashes.map(\.key)) { place, row in
            isTaken[place] = true
            if row.integer(2) == hashes[place].check { owners[place] = row.integer(1) }
        }
        guard hasNew else { return owners }
        let open = hashes.indices.filter { !isTaken[$0] }
        try new.find(open.map { hashes[$0].key }) { index, row in
            let place = open[index]
            if row.integer(2) == hashes[place].check { owners[place] = row.integer(1) }
        }
        return owners
    }

    /// Adds keys that lead to nobody yet, the fastest where they ascend; of two that share a key the first has it.
    func add(_ keys: [(hash: AliasHash, identity: Int64)]) throws {
        try add.write(keys.count) { index, row in
            row.integer(keys[index].hash.key)
            row.integer(keys[index].hash.check)
            row.integer(keys[index].identity)
        }
    }

    /// Takes new keys in where enough of them have gathered.
    static func takeInIfMany(_ database: Database) throws {
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM alias_new") ?? 0
        if count >= mostNew { try takeIn(database) }
    }

    static func takeIn(_ database: Database) throws {
        guard try holdsAny(database, "alias_new") else { return }
        try database.execute(
            sql:
                "INSERT OR IGNORE INTO alias (key, proof, identity) SELECT key, proof, identity FROM alias_new ORDER BY key"
        )
        try database.execute(sql: "DELETE FROM alias_new")
    }

    /// Whether anybody is known.
    static func knowsAnybody(_ database: Database) throws -> Bool {
        try holdsAny(database, "alias") || holdsAny(database, "alias_new")
    }

    private static func holdsAny(_ database: Database, _ table: String) throws -> Bool {
        try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM \(table))") ?? false
    }
}

extension Ledger {
    /// Takes in the keys that came lately: whoever looks many people up finds all of them in one table.
    package func takeInNewKeys() async throws { try await write(.relaxed) { try AliasTable.takeIn($0) } }
}
