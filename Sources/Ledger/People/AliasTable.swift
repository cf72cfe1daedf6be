import GRDB

/// The keys under which people and companies are found, in two tables: those that came lately, and all others.
///
/// Keys fall evenly all over their table, so a few thousand of them touch nearly every page of it, and each page would be
/// written for hardly more than one key. New ones gather in a small table instead, and go into the large one many at a
/// time and in order. A key never changes hands: the large table is asked first, and what stands there stays.
struct AliasTable {
    private let all: HotStatement
    private let new: HotStatement
    private let insert: HotStatement
    private let hasNew: Bool
    /// Whom keys lead to that were looked up together or added; 0 is nobody.
    private var owners: [AliasHash: Int64] = [:]
    private var added: [(hash: AliasHash, identity: Int64)] = []

    /// New keys that gather before they are taken in: some 5 MiB, which the writer's cache holds.
    static let mostNew = 1 << 17

    init(_ database: Database) throws {
        all = try HotStatement(database, "SELECT identity, proof FROM alias WHERE key = ?")
        new = try HotStatement(database, "SELECT identity, proof FROM alias_new WHERE key = ?")
        // A key that two hints share stays with the first one; the other is found by its other hints.
        insert = try HotStatement(
            database, "INSERT OR IGNORE INTO alias_new (key, proof, identity) VALUES (?, ?, ?)")
        hasNew = try Self.holdsAny(database, "alias_new")
    }

    /// Looks many keys up in their order: neighbours stand on one page.
    mutating func lookUp(_ hashes: some Sequence<AliasHash>) throws {
        let sorted = hashes.sorted { $0.key < $1.key }
        owners.reserveCapacity(sorted.count)
        for hash in sorted where owners[hash] == nil { owners[hash] = try read(hash) ?? 0 }
    }

    /// Whom a key leads to.
    func owner(of hash: AliasHash) throws -> Int64? {
        guard let owner = owners[hash] else { return try read(hash) }
        return owner == 0 ? nil : owner
    }

    private func read(_ hash: AliasHash) throws -> Int64? {
        var owner: Int64?
        var isTaken = false
        func take(_ row: HotRow) {
            isTaken = true
            if row.integer(1) == hash.check { owner = row.integer(0) }
        }
        try all.find(hash.key, row: take)
        if hasNew, !isTaken { try new.find(hash.key, row: take) }
        return owner
    }

    /// Adds a key, unless it leads to somebody already; it is written by ``write(to:)``.
    mutating func add(_ hash: AliasHash, _ identity: Int64) {
        guard owners[hash] ?? 0 == 0 else { return }
        owners[hash] = identity
        added.append((hash, identity))
    }

    /// Writes what was added, in the order of the keys, and takes new keys in where enough of them have gathered.
    mutating func write(to database: Database) throws {
        guard !added.isEmpty else { return }
        // Of two hints that share a key the first one has it.
        for (hash, identity) in added.sorted(by: { ($0.hash.key, $0.identity) < ($1.hash.key, $1.identity) }) {
            try insert.write {
                $0.integer(hash.key)
                $0.integer(hash.check)
                $0.integer(identity)
            }
        }
        added = []
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM alias_new") ?? 0
        if count >= Self.mostNew { try Self.takeIn(database) }
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
