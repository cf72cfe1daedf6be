package import EnrichmentAPI
import GRDB

/// Hints of people who are to be forgotten, in all forms in which something of them may stand somewhere.
package struct Forgettable: Sendable, Equatable {
    /// As in ``Lookup/aliases``.
    package var aliases: Set<String> = []
    /// Folded names with a company's domain.
    package var names: Set<Name> = []
    /// Emails, phone numbers and profiles as they stand among answers.
    package var values: Set<String> = []

    package struct Name: Sendable, Hashable {
        package var name: String
        package var domain: String

        package init(name: String, domain: String) {
            self.name = name
            self.domain = domain
        }
    }

    package init() {}
}

/// What was erased.
package struct Erasure: Sendable, Equatable, Codable {
    package var people = 0
    package var answers = 0
    package var verdicts = 0
    /// Requests that named them; what they cost stays in the books, without a name.
    package var records = 0
    /// Keys that are on the suppression list now and were not before.
    package var suppressed = 0
}

extension Ledger {
    /// What was found for people, also what newer answers took the place of.
    package func values(of people: Forgettable) async throws -> [(channel: Channel, value: String)] {
        try await read { [hasher, newKeys] database in
            let eraser = Eraser(database: database, hasher: hasher, newKeys: newKeys)
            return try eraser.people(people).keys.flatMap(eraser.values)
        }
    }

    /// Erases people from cache, journal, verdicts and reports, and keeps keys of all their hints, so that they are not
    /// asked for again.
    ///
    /// Whoever calls holds the ledger alone.
    package func forget(_ people: Forgettable) async throws -> Erasure {
        let erasure = try await write(.full) { [hasher, newKeys] database in
            // What is deleted is overwritten, so that it is not in the file either.
            try database.execute(sql: "PRAGMA secure_delete = ON")
            // Nothing leaves the log but all of it.
            try newKeys.takeIn(database)
            return try Eraser(database: database, hasher: hasher, newKeys: newKeys).forget(people)
        }
        // The log holds it as well until its pages have gone to their places.
        try await explaining { try await database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) } }
        return erasure
    }
}

/// One transaction that forgets.
private struct Eraser {
    let database: Database
    let hasher: AliasHasher
    let newKeys: AliasLog

    /// Besides the log of new keys.
    private static let keyTables = ["alias", "hint"]

    func forget(_ people: Forgettable) throws -> Erasure {
        var erasure = Erasure()
        let identities = try self.people(people)
        for alias in people.aliases {
            erasure.suppressed += try suppress(hasher.alias(alias, scope: 0), scope: 0)
            _ = try delete("audience_member WHERE person = ?", [hasher.alias(alias, scope: 0).key])
        }
        erasure.verdicts = try eraseVerdicts(people, Set(identities.keys))
        for (identity, scope) in identities { try erase(identity, scope, &erasure) }
        return erasure
    }

    // MARK: Who

    /// Whom hints mean, in every workspace, with the scope that their keys are mixed with: by what they are known by, by
    /// their names, and by what was found for them.
    func people(_ hints: Forgettable) throws -> [Int64: Int64] {
        var people: [Int64: Int64] = [:]
        for scope in try scopes() {
            let hashes = hints.aliases.map { hasher.alias($0, scope: scope) }
            for owner in try newKeys.owners(of: hashes, database) where owner != 0 { people[owner] = scope }
            for hash in hashes {
                for table in Self.keyTables {
                    let found = try Int64.fetchAll(
                        database, sql: "SELECT identity FROM \(table) WHERE key = ? AND proof = ?",
                        arguments: [hash.key, hash.check])
                    for identity in found { people[identity] = scope }
                }
            }
        }
        for name in hints.names {
            let found = try Int64.fetchAll(
                database, sql: "SELECT id FROM identity WHERE name = ? AND domain = ?",
                arguments: [name.name, name.domain])
            for identity in found where people[identity] == nil { people[identity] = try scope(of: identity) }
        }
        for value in hints.values {
            let found = try owners(of: value)
            guard try !isShared(found) else { continue }
            for identity in found where people[identity] == nil { people[identity] = try scope(of: identity) }
        }
        return people
    }

    /// Values that were found for somebody, without those that others have as well, such as a switchboard's number.
    func values(of identity: Int64) throws -> [(channel: Channel, value: String)] {
        try ["single_answer", "answer_past"].flatMap { table in
            try Row.fetchAll(
                database, sql: "SELECT channel, value FROM \(table) WHERE identity = ? AND value IS NOT NULL",
                arguments: [identity]
            ).compactMap { row in
                guard let channel = Channel(number: row[0]), try !isShared(owners(of: row[1])) else { return nil }
                return (channel, row[1])
            }
        }
    }

    private func owners(of value: String) throws -> Set<Int64> {
        try Set(
            ["single_answer", "answer_past"].flatMap { table in
                try Int64.fetchAll(
                    database, sql: "SELECT identity FROM \(table) WHERE lower(value) = lower(?)", arguments: [value])
            })
    }

    /// Whether people are more than one person can be: one in each workspace, on each engine.
    private func isShared(_ people: Set<Int64>) throws -> Bool { try people.count > max(1, scopes().count) }

    private func scopes() throws -> [Int64] { try Int64.fetchAll(database, sql: "SELECT id FROM scope") }

    /// Keys of what somebody is known by.
    private func keys(of identity: Int64) throws -> Set<AliasHash> {
        Set(
            try Self.keyTables.flatMap { table in
                try Row.fetchAll(
                    database, sql: "SELECT key, proof FROM \(table) WHERE identity = ?", arguments: [identity]
                ).map { AliasHash(key: $0[0], check: $0[1]) }
            })
    }

    // MARK: Erasing

    private func erase(_ identity: Int64, _ scope: Int64, _ erasure: inout Erasure) throws {
        erasure.people += 1
        // Under whatever else they are known, and in whichever form a row of theirs comes again.
        for key in try keys(of: identity) { erasure.suppressed += try suppress(key, scope: scope) }
        for table in Self.keyTables { _ = try delete("\(table) WHERE identity = ?", [identity]) }
        erasure.answers +=
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM single_answer WHERE identity = ?", arguments: [identity]) ?? 0
        _ = try delete("answer WHERE identity = ?", [identity])
        _ = try delete("answer_past WHERE identity = ?", [identity])
        try database.execute(
            sql: "UPDATE identity SET name = '', domain = '' WHERE id = ?", arguments: [identity])
        let records = try String.fetchAll(
            database, sql: "SELECT record_id FROM ask WHERE identity = ? AND record_id <> ''", arguments: [identity])
        for record in Set(records) {
            try database.execute(
                sql: """
                    UPDATE run_report SET report = replace(report, '"' || ?1 || '"', '""')
                    WHERE instr(report, '"' || ?1 || '"') > 0
                    """, arguments: [record])
        }
        try database.execute(sql: "UPDATE ask SET record_id = '' WHERE identity = ?", arguments: [identity])
        erasure.records += database.changesCount
    }

    /// Whose answers an identity's are: nobody is in two scopes.
    private func scope(of identity: Int64) throws -> Int64 {
        try Int64.fetchOne(
            database,
            sql: """
                SELECT scope.id FROM ask JOIN chunk ON chunk.id = ask.chunk JOIN run ON run.id = chunk.run
                  JOIN scope ON scope.workspace = run.workspace AND scope.engine = run.engine
                WHERE ask.identity = ? LIMIT 1
                """, arguments: [identity]) ?? 0
    }

    /// Verdicts on emails that were given or found, and on those of the people's own rows, which are known as keys alone.
    private func eraseVerdicts(_ people: Forgettable, _ identities: Set<Int64>) throws -> Int {
        let keys = try identities.reduce(into: Set<AliasHash>()) { $0.formUnion(try self.keys(of: $1)) }
        let values = Set(people.values.map { $0.lowercased() })
        let scopes = try scopes()
        var erased = 0
        let emails = try String.fetchAll(
            database, sql: "SELECT email FROM verdict UNION SELECT email FROM verdict_past")
        for email in emails {
            let plain = email.lowercased()
            let isOwn = scopes.contains { keys.contains(hasher.alias("email:" + plain, scope: $0)) }
            guard isOwn || values.contains(plain) else { continue }
            for table in ["verdict", "verdict_past"] { erased += try delete("\(table) WHERE email = ?", [email]) }
        }
        return erased
    }

    private func suppress(_ hash: AliasHash, scope: Int64) throws -> Int {
        try database.execute(
            sql: "INSERT OR IGNORE INTO forgotten (key, proof, scope) VALUES (?, ?, ?)",
            arguments: [hash.key, hash.check, scope])
        return database.changesCount
    }

    private func delete(_ sql: String, _ arguments: StatementArguments) throws -> Int {
        try database.execute(sql: "DELETE FROM " + sql, arguments: arguments)
        return database.changesCount
    }
}
