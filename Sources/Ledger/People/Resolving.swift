import EnrichmentAPI
import GRDB

extension Ledger {
    /// Says whom each lookup means, in order, and remembers every new alias.
    ///
    /// A row belongs to the identity of its group, where it has one, and else to the oldest identity that one of its
    /// aliases names. An alias never changes hands, so the same rows always come to the same identities, however often a
    /// run is taken up again.
    package func resolve(_ lookups: [Lookup], in scope: Scope) async throws -> [Known] {
        guard !lookups.isEmpty else { return [] }
        return try await write(.relaxed) { [hasher] database in
            var resolver = try Resolver(database, hasher, scope)
            let answers = try AnswerReader(database)
            return try lookups.map { try answers.known(resolver.resolve($0)) }
        }
    }

    /// Whom each lookup means by what earlier runs know; nil for whom the ledger does not know.
    ///
    /// Writes nothing.
    package func find(_ lookups: [Lookup], in scope: Scope) async throws -> [Int64?] {
        guard !lookups.isEmpty else { return [] }
        return try await read { [hasher] database in
            let resolver = try Resolver(database, hasher, scope)
            return try lookups.map { try resolver.find($0)?.identity }
        }
    }

    /// Who stands under keys of rows or companies; 0 where nobody does.
    ///
    /// Writes nothing and holds nobody up. Looks in the order of the keys, so the more of them at once the faster.
    package func owners(of keys: [AliasHash?]) async throws -> [Int64] {
        var owners = [Int64](repeating: 0, count: keys.count)
        var order = keys.indices.compactMap { index in keys[index].map { (hash: $0, index: index) } }
        guard !order.isEmpty else { return owners }
        order.sort { $0.hash.key < $1.hash.key }
        let sorted = order
        let found = try await read { database in
            let aliases = try AliasReader(database)
            return try sorted.map { try aliases.owner(of: $0.hash) ?? 0 }
        }
        for (entry, owner) in zip(sorted, found) { owners[entry.index] = owner }
        return owners
    }

    /// What is known of identities; nil for nil.
    ///
    /// Writes nothing and holds nobody up, so several of these can run at once.
    package func recall(_ identities: [Int64?]) async throws -> [Known?] {
        guard identities.contains(where: { $0 != nil }) else { return identities.map { _ in nil } }
        return try await read { try AnswerReader($0).known(identities) }
    }

    /// Whether anybody is known.
    package func knowsAnybody() async throws -> Bool {
        try await read { try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM alias)") ?? false }
    }
}

/// Finds the identity under a key.
private struct AliasReader {
    private let find: HotStatement

    init(_ database: Database) throws {
        find = try HotStatement(database, "SELECT identity, proof FROM alias WHERE key = ?")
    }

    func owner(of hash: AliasHash) throws -> Int64? {
        var owner: Int64?
        try find.run(.integer(hash.key)) { if $0.integer(1) == hash.check { owner = $0.integer(0) } }
        return owner
    }
}

/// One transaction's lookups, on prepared statements.
private struct Resolver {
    private let database: Database
    private let hasher: AliasHasher
    private let scope: Scope
    private let aliases: AliasReader
    private let addAlias: HotStatement
    private let findIdentity: HotStatement
    private let addIdentity: HotStatement
    private let addHint: HotStatement
    /// Groups whose identity was found in this transaction.
    private var groups: [Int: Int64] = [:]

    init(_ database: Database, _ hasher: AliasHasher, _ scope: Scope) throws {
        self.database = database
        self.hasher = hasher
        self.scope = scope
        aliases = try AliasReader(database)
        // A key that two hints share stays with the first one; the other is found by its other hints.
        addAlias = try HotStatement(database, "INSERT OR IGNORE INTO alias (key, proof, identity) VALUES (?, ?, ?)")
        findIdentity = try HotStatement(database, "SELECT name, domain FROM identity WHERE id = ?")
        addIdentity = try HotStatement(database, "INSERT INTO identity (name, domain) VALUES (?, ?)")
        addHint = try HotStatement(database, "INSERT OR IGNORE INTO hint (key, identity, proof) VALUES (?, ?, ?)")
    }

    /// A lookup's aliases with whom they belong to.
    private func owners(of lookup: Lookup) throws -> [(hash: AliasHash, owner: Int64?)] {
        try lookup.aliases.map { alias in
            let hash = hasher.alias(alias, in: scope)
            return (hash, try aliases.owner(of: hash))
        }
    }

    /// Whom a lookup means among those who are known, and which of its aliases are not taken yet.
    func find(_ lookup: Lookup) throws -> (identity: Int64, free: [AliasHash])? {
        try find(lookup, owners(of: lookup))
    }

    private func find(_ lookup: Lookup, _ owners: [(hash: AliasHash, owner: Int64?)]) throws -> (
        identity: Int64, free: [AliasHash]
    )? {
        guard let oldest = owners.lazy.compactMap(\.owner).min() else { return nil }
        let free = owners.filter { $0.owner == nil }.map(\.hash)
        if try !contradicts(lookup, oldest) { return (oldest, free) }
        for identity in Set(owners.compactMap(\.owner)).sorted().dropFirst() where try !contradicts(lookup, identity) {
            return (identity, free)
        }
        // Kept apart from everybody it shares a hint with: known under a name of its own, if known at all.
        return try aliases.owner(of: apart(lookup, from: oldest)).map { ($0, free) }
    }

    mutating func resolve(_ lookup: Lookup) throws -> Int64 {
        let owners = try owners(of: lookup)
        let identity: Int64
        // Who belongs together was decided over all rows, so nothing is asked here but who it is.
        if let known = lookup.identity ?? lookup.group.flatMap({ groups[$0] }) {
            identity = known
            for (hash, owner) in owners where owner == nil { try add(hash, identity) }
        } else if let found = try find(lookup, owners) {
            identity = found.identity
            for hash in found.free { try add(hash, identity) }
        } else {
            try addIdentity.run(.text(lookup.name), .text(lookup.domain))
            identity = database.lastInsertedRowID
            for (hash, owner) in owners where owner == nil { try add(hash, identity) }
            if let oldest = owners.lazy.compactMap(\.owner).min() { try add(apart(lookup, from: oldest), identity) }
        }
        if let group = lookup.group { groups[group] = identity }
        for hint in lookup.hints {
            let hash = hasher.alias(hint, in: scope)
            try addHint.run(.integer(hash.key), .integer(identity), .integer(hash.check))
        }
        // Only what the row's hints alone lead to, whatever else its group knows.
        if let row = lookup.row, owners.allSatisfy({ $0.owner == nil || $0.owner == identity }) {
            try add(row, identity)
        }
        return identity
    }

    private func add(_ hash: AliasHash, _ identity: Int64) throws {
        try addAlias.run(.integer(hash.key), .integer(hash.check), .integer(identity))
    }

    private func contradicts(_ lookup: Lookup, _ identity: Int64) throws -> Bool {
        guard !lookup.name.isEmpty, !lookup.domain.isEmpty else { return false }
        var contradicts = false
        try findIdentity.run(.integer(identity)) { row in
            contradicts = Contradiction.holds(
                name: lookup.name, domain: lookup.domain, against: row.text(0), row.text(1))
        }
        return contradicts
    }

    private func apart(_ lookup: Lookup, from identity: Int64) -> AliasHash {
        hasher.alias("apart:\(identity):\(lookup.name)|\(lookup.domain)", in: scope)
    }
}
