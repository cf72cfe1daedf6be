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
        let keys = LookupKeys(lookups, hasher, scope)
        return try await write(.relaxed) { [hasher, newKeys] database in
            try newKeys.takeInIfMany(database)
            var resolver = try Resolver(database, AliasTable(database, newKeys), hasher, scope, keys)
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
        let keys = LookupKeys(lookups, hasher, scope)
        return try await read { [hasher, newKeys] database in
            let resolver = try Resolver(database, AliasTable(database, newKeys), hasher, scope, keys)
            return try lookups.indices.map { try resolver.find(lookups[$0], at: $0) }
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
        let found = try await read { [newKeys] in try AliasTable($0, newKeys).owners(of: sorted.map(\.hash)) }
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
    private let keys: LookupKeys
    /// Whom the keys lead to.
    private var aliases: AliasBatch
    private let findIdentity: HotStatement
    private let addIdentity: HotInsert
    private let addHint: HotStatement
    /// Identities that are made in this transaction have numbers from here on.
    private let firstNew: Int64
    private var made: [Lookup] = []
    /// Groups whose identity was found in this transaction.
    private var groups: [Int: Int64] = [:]

    init(
        _ database: Database, _ table: AliasTable, _ hasher: AliasHasher, _ scope: Scope, _ keys: LookupKeys
    ) throws {
        self.database = database
        self.hasher = hasher
        self.scope = scope
        self.keys = keys
        aliases = try AliasBatch(table, asked: keys.aliases, others: keys.rows)
        findIdentity = try HotStatement(database, "SELECT name, domain FROM identity WHERE id = ?")
        addIdentity = try HotInsert(database, "INSERT INTO identity (id, name, domain)", columns: 3)
        addHint = try HotStatement(database, "INSERT OR IGNORE INTO hint (key, identity, proof) VALUES (?, ?, ?)")
        firstNew = try (Int64.fetchOne(database, sql: "SELECT max(id) FROM identity") ?? 0) + 1
    }

    /// Whom a lookup means among those who are known.
    ///
    /// - Parameter index: of the lookup among those of the transaction.
    func find(_ lookup: Lookup, at index: Int) throws -> Int64? {
        let aliasRange = keys.aliases(of: index)
        guard let oldest = oldestOwner(aliasRange) else { return nil }
        if try !contradicts(lookup, oldest) { return oldest }
        for identity in Set(aliasRange.compactMap(aliases.owner)).sorted().dropFirst()
        where try !contradicts(lookup, identity) {
            return identity
        }
        // Kept apart from everybody it shares a hint with: known under a name of its own, if known at all.
        return try aliases.owner(of: apart(lookup, from: oldest))
    }

    private func oldestOwner(_ range: Range<Int>) -> Int64? {
        var oldest: Int64?
        for alias in range {
            if let owner = aliases.owner(alias) { oldest = min(oldest ?? owner, owner) }
        }
        return oldest
    }

    mutating func resolve(_ lookup: Lookup, at index: Int) throws -> Int64 {
        let aliasRange = keys.aliases(of: index)
        let identity: Int64
        // Who belongs together was decided over all rows, so nothing is asked here but who it is.
        if let known = lookup.identity ?? lookup.group.flatMap({ groups[$0] }) {
            identity = known
        } else if let found = try find(lookup, at: index) {
            identity = found
        } else {
            identity = firstNew + Int64(made.count)
            made.append(lookup)
            if let oldest = oldestOwner(aliasRange) { aliases.add(apart(lookup, from: oldest), identity) }
        }
        for alias in aliasRange { aliases.add(alias, identity) }
        if let group = lookup.group { groups[group] = identity }
        for hint in lookup.hints {
            let hash = hasher.alias(hint, in: scope)
            try addHint.run(.integer(hash.key), .integer(identity), .integer(hash.check))
        }
        // Only what the row's hints alone lead to, whatever else its group knows.
        if let row = keys.row(of: index), aliasRange.allSatisfy({ aliases.owner($0) == identity }) {
            aliases.add(row, identity)
        }
        return identity
    }

    /// Whether an identity was made in this transaction.
    func isNew(_ identity: Int64) -> Bool { identity >= firstNew }

    /// To be called when all lookups of the transaction are resolved.
    func write() throws {
        try addIdentity.write(made.count) { index, row in
            row.integer(firstNew + Int64(index))
            row.text(made[index].name)
            row.text(made[index].domain)
        }
        try aliases.write()
    }

    private func contradicts(_ lookup: Lookup, _ identity: Int64) throws -> Bool {
        guard !lookup.name.isEmpty, !lookup.domain.isEmpty else { return false }
        if isNew(identity) {
            let other = made[Int(identity - firstNew)]
            return Contradiction.holds(name: lookup.name, domain: lookup.domain, against: other.name, other.domain)
        }
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
