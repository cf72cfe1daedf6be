import EnrichmentAPI
import Foundation
import GRDB

extension Ledger {
    /// Says whom each lookup means, in order, and remembers every new alias.
    ///
    /// A row belongs to the identity of its group, where it has one, and else to the oldest identity that one of its
    /// aliases names. An alias never changes hands, so the same rows always come to the same identities, however often a
    /// run is taken up again.
    package func resolve(_ lookups: [Lookup], in scope: Scope) async throws -> [Known] {
        try await write(.relaxed) { database in
            let resolver = try Resolver(database, scope: scope.id)
            return try lookups.map { try resolver.resolve($0) }
        }
    }

    /// Gives each group the oldest identity that earlier runs know one of its rows by, before the first row is resolved;
    /// else the order of the rows would say which of them it is.
    package func link(_ lookups: [Lookup], in scope: Scope) async throws {
        try await write(.relaxed) { database in
            let resolver = try Resolver(database, scope: scope.id)
            for lookup in lookups { try resolver.link(lookup) }
        }
    }

    /// Whether anybody is known in a scope.
    package func knowsAnybody(in scope: Scope) async throws -> Bool {
        try await read {
            try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM alias WHERE scope = ?)", arguments: [scope.id])
                ?? false
        }
    }

    /// Like ``resolve(_:in:)``, but writes nothing: nil for whom the ledger does not know.
    package func peek(_ lookups: [Lookup], in scope: Scope) async throws -> [Known?] {
        try await read { database in
            let resolver = try Resolver(database, scope: scope.id)
            return try lookups.map { try resolver.find($0).map { try resolver.known($0.identity) } }
        }
    }
}

/// One transaction's lookups, on prepared statements.
private struct Resolver {
    private let scope: Int64
    private let database: Database
    private let findAlias: HotStatement
    private let addAlias: HotStatement
    private let setOldest: HotStatement
    private let findIdentity: HotStatement
    private let addIdentity: HotStatement
    private let findAnswers: HotStatement
    private let findRecord: HotStatement
    private let findChunk: HotStatement
    /// Requests that answered many identities, read once.
    private let chunks = ChunkMemory()
    private let findAccount: HotStatement

    init(_ database: Database, scope: Int64) throws {
        self.database = database
        self.scope = scope
        findAlias = try HotStatement(database, "SELECT identity FROM alias WHERE scope = ? AND key = ?")
        addAlias = try HotStatement(database, "INSERT INTO alias (scope, key, identity) VALUES (?, ?, ?)")
        setOldest = try HotStatement(
            database,
            """
            INSERT INTO alias (scope, key, identity) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET identity = min(identity, excluded.identity)
            """)
        findIdentity = try HotStatement(database, "SELECT name, domain FROM identity WHERE id = ?")
        addIdentity = try HotStatement(database, "INSERT INTO identity (name, domain) VALUES (?, ?)")
        findAnswers = try HotStatement(
            database,
            """
            SELECT channel, value, source, confidence, enriched_at, credits, chunk
            FROM answer WHERE identity = ? ORDER BY channel
            """)
        findRecord = try HotStatement(database, "SELECT record_id FROM ask WHERE chunk = ? AND identity = ?")
        findChunk = try HotStatement(database, "SELECT run, answered_at FROM chunk WHERE id = ?")
        findAccount = try HotStatement(
            database,
            """
            SELECT account.account_id, account.fields, chunk.run, chunk.answered_at
            FROM account JOIN chunk ON chunk.id = account.chunk WHERE account.identity = ?
            """)
    }

    /// Whom a lookup means among those who are known, and which of its aliases are not taken yet.
    func find(_ lookup: Lookup) throws -> (identity: Int64, free: [String])? {
        let owners = try owners(of: lookup.aliases)
        guard let oldest = owners.lazy.compactMap({ $0 }).min() else { return nil }
        let free = zip(lookup.aliases, owners).filter { $0.1 == nil }.map(\.0)
        if try !contradicts(lookup, oldest) { return (oldest, free) }
        for identity in Set(owners.compactMap { $0 }).sorted().dropFirst() where try !contradicts(lookup, identity) {
            return (identity, free)
        }
        // Kept apart from everybody it shares a hint with: known under a name of its own, if known at all.
        return try owner(of: apart(lookup, from: oldest)).map { ($0, free) }
    }

    func resolve(_ lookup: Lookup) throws -> Known {
        if let found = try findGroup(lookup) ?? find(lookup) {
            for alias in found.free { try addAlias.run(.integer(scope), .text(alias), .integer(found.identity)) }
            try setGroup(lookup, to: found.identity)
            return try known(found.identity)
        }
        let owners = try owners(of: lookup.aliases)
        try addIdentity.run(.text(lookup.name), .text(lookup.domain))
        let identity = database.lastInsertedRowID
        for (alias, owner) in zip(lookup.aliases, owners) where owner == nil {
            try addAlias.run(.integer(scope), .text(alias), .integer(identity))
        }
        if let oldest = owners.lazy.compactMap({ $0 }).min() {
            try addAlias.run(.integer(scope), .text(apart(lookup, from: oldest)), .integer(identity))
        }
        try setGroup(lookup, to: identity)
        return Known(identity: identity)
    }

    /// Who belongs together was decided over all rows, so nothing is asked here but who it is.
    private func findGroup(_ lookup: Lookup) throws -> (identity: Int64, free: [String])? {
        guard let group = lookup.group, let identity = try owner(of: group) else { return nil }
        return (identity, try lookup.aliases.filter { try owner(of: $0) == nil })
    }

    private func setGroup(_ lookup: Lookup, to identity: Int64) throws {
        if let group = lookup.group { try setOldest.run(.integer(scope), .text(group), .integer(identity)) }
    }

    func link(_ lookup: Lookup) throws {
        if let found = try find(lookup) { try setGroup(lookup, to: found.identity) }
    }

    private func owner(of alias: String) throws -> Int64? {
        var owner: Int64?
        try findAlias.run(.integer(scope), .text(alias)) { owner = $0.integer(0) }
        return owner
    }

    private func owners(of aliases: [String]) throws -> [Int64?] { try aliases.map(owner) }

    private func contradicts(_ lookup: Lookup, _ identity: Int64) throws -> Bool {
        guard !lookup.name.isEmpty, !lookup.domain.isEmpty else { return false }
        var contradicts = false
        try findIdentity.run(.integer(identity)) { row in
            contradicts = Contradiction.holds(
                name: lookup.name, domain: lookup.domain, against: row.text(0), row.text(1))
        }
        return contradicts
    }

    private func apart(_ lookup: Lookup, from identity: Int64) -> String {
        "apart:\(identity):\(lookup.name)|\(lookup.domain)"
    }

    func known(_ identity: Int64) throws -> Known {
        var known = Known(identity: identity)
        try findAnswers.run(.integer(identity)) { row in
            guard let channel = Channel(number: Int(row.integer(0))) else { return }
            known.answers.append(
                KnownAnswer(
                    channel: channel,
                    value: row.isNull(1)
                        ? nil
                        : ChannelValue(
                            value: row.text(1), source: row.text(2), confidence: row.real(3), enrichedAt: row.text(4)),
                    chunk: row.integer(6), run: 0, answeredAt: 0,
                    credits: row.isNull(5) ? nil : Credits(thousandths: Int(row.integer(5))), recordID: ""))
        }
        var last: (chunk: Int64, record: String)?
        for index in known.answers.indices {
            let chunk = known.answers[index].chunk
            let facts = try chunks.facts(of: chunk, findChunk)
            known.answers[index].run = facts.run
            known.answers[index].answeredAt = facts.answeredAt
            if last?.chunk != chunk {
                last = (chunk, "")
                try findRecord.run(.integer(chunk), .integer(identity)) { last = (chunk, $0.text(0)) }
            }
            known.answers[index].recordID = last?.record ?? ""
        }
        guard known.answers.isEmpty else { return known }
        try findAccount.run(.integer(identity)) { row in
            let fields =
                row.isNull(1) ? nil : try JSONDecoder().decode([String: String].self, from: Data(row.text(1).utf8))
            known.account = KnownAccount(
                accountID: row.text(0), fields: fields, run: row.integer(2), answeredAt: row.real(3))
        }
        return known
    }
}

/// What answers of one request have in common, for as long as a transaction lasts.
private final class ChunkMemory {
    private var known: [Int64: (run: Int64, answeredAt: Double)] = [:]
    private static let most = 10_000

    func facts(of chunk: Int64, _ find: HotStatement) throws -> (run: Int64, answeredAt: Double) {
        if let facts = known[chunk] { return facts }
        var facts: (run: Int64, answeredAt: Double) = (0, 0)
        try find.run(.integer(chunk)) { facts = ($0.integer(0), $0.real(1)) }
        if known.count >= Self.most { known.removeAll(keepingCapacity: true) }
        known[chunk] = facts
        return facts
    }
}
