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
            var resolver = try Resolver(database, hasher, scope, lookups)
            let answers = try AnswerReader(database)
            let identities = try lookups.indices.map { try resolver.resolve(lookups[$0], at: $0) }
            try resolver.write()
            // Of whom nobody has known yet there are no answers.
            let known = try answers.known(identities.map { resolver.isNew($0) ? nil : $0 })
            return zip(identities, known).map { $1 ?? Known(identity: $0) }
        }
    }

    /// Whom each lookup means by what earlier runs know; nil for whom the ledger does not know.
    ///
    /// Writes nothing.
    package func find(_ lookups: [Lookup], in scope: Scope) async throws -> [Int64?] {
        guard !lookups.isEmpty else { return [] }
        return try await read { [hasher] database in
            let resolver = try Resolver(database, hasher, scope, lookups)
            return try lookups.indices.map { try resolver.find(lookups[$0], at: $0)?.identity }
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
            let aliases = try AliasTable(database)
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
        try await read { try AliasTable.knowsAnybody($0) }
    }
}

/// One transaction's lookups, on prepared statements.
private struct Resolver {
    private let database: Database
    private let hasher: AliasHasher
    private let scope: Scope
    private var aliases: AliasTable
    /// The keys of each lookup's aliases.
    private let hashes: [[AliasHash]]
    private let findIdentity: HotStatement
    private let addIdentity: HotStatement
    private let addHint: HotStatement
    /// The first identity that was made in this transaction; the later ones have greater numbers.
    private var firstNew: Int64?
    /// Groups whose identity was found in this transaction.
    private var groups: [Int: Int64] = [:]

    init(_ database: Database, _ hasher: AliasHasher, _ scope: Scope, _ lookups: [Lookup]) throws {
        self.database = database
        self.hasher = hasher
        self.scope = scope
        hashes = lookups.map { $0.aliases.map { hasher.alias($0, in: scope) } }
        aliases = try AliasTable(database)
        try aliases.lookUp(hashes.joined())
        findIdentity = try HotStatement(database, "SELECT name, domain FROM identity WHERE id = ?")
        addIdentity = try HotStatement(database, "INSERT INTO identity (name, domain) VALUES (?, ?)")
        addHint = try HotStatement(database, "INSERT OR IGNORE INTO hint (key, identity, proof) VALUES (?, ?, ?)")
    }

    /// A lookup's aliases with whom they belong to.
    private func owners(at place: Int) throws -> [(hash: AliasHash, owner: Int64?)] {
        try hashes[place].map { ($0, try aliases.owner(of: $0)) }
    }

    /// Whom a lookup means among those who are known, and which of its aliases are not taken yet.
    ///
    /// - Parameter place: of the lookup among those of the transaction.
    func find(_ lookup: Lookup, at place: Int) throws -> (identity: Int64, free: [AliasHash])? {
        try find(lookup, owners(at: place))
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

    mutating func resolve(_ lookup: Lookup, at place: Int) throws -> Int64 {
        let owners = try owners(at: place)
        let identity: Int64
        // Who belongs together was decided over all rows, so nothing is asked here but who it is.
        if let known = lookup.identity ?? lookup.group.flatMap({ groups[$0] }) {
            identity = known
            for (hash, owner) in owners where owner == nil { aliases.add(hash, identity) }
        } else if let found = try find(lookup, owners) {
            identity = found.identity
            for hash in found.free { aliases.add(hash, identity) }
        } else {
            try addIdentity.run(.text(lookup.name), .text(lookup.domain))
            identity = database.lastInsertedRowID
            firstNew = firstNew ?? identity
            for (hash, owner) in owners where owner == nil { aliases.add(hash, identity) }
            if let oldest = owners.lazy.compactMap(\.owner).min() { aliases.add(apart(lookup, from: oldest), identity) }
        }
        if let group = lookup.group { groups[group] = identity }
        for hint in lookup.hints {
            let hash = hasher.alias(hint, in: scope)
            try addHint.run(.integer(hash.key), .integer(identity), .integer(hash.check))
        }
        // Only what the row's hints alone lead to, whatever else its group knows.
        if let row = lookup.row, owners.allSatisfy({ $0.owner == nil || $0.owner == identity }) {
            aliases.add(row, identity)
        }
        return identity
    }

    /// Whether an identity was made in this transaction.
    func isNew(_ identity: Int64) -> Bool { firstNew.map { identity >= $0 } ?? false }

    /// To be called when all lookups of the transaction are resolved.
    mutating func write() throws { try aliases.write(to: database) }

    private func contradicts(_ lookup: Lookup, _ identity: Int64) throws -> Bool {
        guard !lookup.name.isEmpty, !lookup.domain.isEmpty else { return false }
        var contradicts = false
        try findIdentity.find(identity) { row in
            contradicts = Contradiction.holds(
                name: lookup.name, domain: lookup.domain, against: row.text(0), row.text(1))
        }
        return contradicts
    }

    private func apart(_ lookup: Lookup, from identity: Int64) -> AliasHash {
        hasher.alias("apart:\(identity):\(lookup.name)|\(lookup.domain)", in: scope)
    }
}
