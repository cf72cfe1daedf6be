package import EnrichmentAPI
import GRDB

/// People who are never asked for again, as keys that tell nothing of them.
package struct ForgottenPeople: Sendable {
    private let keys: Set<AliasHash>
    private let hasher: AliasHasher
    private let scope: Scope

    package var isEmpty: Bool { keys.isEmpty }

    /// Whether an alias is that of somebody who was forgotten, in whichever workspace.
    package func contains(_ alias: String) -> Bool {
        keys.contains(hasher.alias(alias, scope: 0)) || keys.contains(hasher.alias(alias, in: scope))
    }

    fileprivate init(_ keys: Set<AliasHash>, _ hasher: AliasHasher, _ scope: Scope) {
        (self.keys, self.hasher, self.scope) = (keys, hasher, scope)
    }
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
    /// Whom nobody may ask for.
    package func forgotten(for scope: Scope) async throws -> ForgottenPeople {
        let hasher = hasher
        let keys = try await read { database in
            try Set(
                Row.fetchAll(database, sql: "SELECT key, proof FROM forgotten").map {
                    AliasHash(key: $0[0], check: $0[1])
                })
        }
        return ForgottenPeople(keys, hasher, scope)
    }

    /// Erases people from cache, journal and verdicts, and keeps keys of all their hints, so that they are not asked for
    /// again.
    ///
    /// - Parameters:
    ///   - aliases: of the person, as in ``Lookup/aliases``.
    ///   - names: folded names with a company's domain, for people who are known by better hints as well.
    ///   - emails: of the person, whose verdicts are erased.
    ///   - further: aliases and emails behind a value that was found for them.
    /// - Throws: ``Diagnostic`` `already_running` while there are runs.
    package func forget(
        aliases: [String], names: [(name: String, domain: String)], emails: [String],
        further: @escaping @Sendable (Channel, String) -> (aliases: [String], emails: [String])
    ) async throws -> Erasure {
        let alone = try LedgerUse(aloneIn: path)
        defer { withExtendedLifetime(alone) {} }
        let erasure = try await write(.full) { [hasher] database in
            // What is deleted is overwritten, so that it is not in the file either.
            try database.execute(sql: "PRAGMA secure_delete = ON")
            let eraser = Eraser(database: database, hasher: hasher)
            return try eraser.forget(
                eraser.people(aliases).union(eraser.people(names)), aliases: aliases, emails: emails,
                further: further)
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

    func forget(
        _ identities: Set<Int64>, aliases: [String], emails: [String],
        further: (Channel, String) -> (aliases: [String], emails: [String])
    ) throws -> Erasure {
        var erasure = Erasure()
        var all = Set(aliases), mailboxes = Set(emails)
        for identity in identities {
            for table in ["answer", "answer_past"] {
                let values = try Row.fetchAll(
                    database, sql: "SELECT channel, value FROM \(table) WHERE identity = ? AND value IS NOT NULL",
                    arguments: [identity])
                for row in values {
                    guard let channel = Channel(number: row[0]) else { continue }
                    let more = further(channel, row[1])
                    all.formUnion(more.aliases)
                    mailboxes.formUnion(more.emails)
                }
            }
        }
        for alias in all { erasure.suppressed += try suppress(hasher.alias(alias, scope: 0)) }
        for identity in identities { try erase(identity, &erasure) }
        for email in mailboxes {
            for table in ["verdict", "verdict_past"] {
                erasure.verdicts += try delete("\(table) WHERE lower(email) = lower(?)", [email])
            }
        }
        for alias in all {
            _ = try delete("audience_member WHERE person = ?", [hasher.alias(alias, scope: 0).key])
        }
        return erasure
    }

    /// Who has a name at a company, in every workspace.
    func people(_ names: [(name: String, domain: String)]) throws -> Set<Int64> {
        try names.reduce(into: []) { people, name in
            people.formUnion(
                try Int64.fetchAll(
                    database, sql: "SELECT id FROM identity WHERE name = ? AND domain = ?",
                    arguments: [name.name, name.domain]))
        }
    }

    /// Whom aliases mean, in every workspace.
    func people(_ aliases: [String]) throws -> Set<Int64> {
        var people: Set<Int64> = []
        for scope in try Int64.fetchAll(database, sql: "SELECT id FROM scope") {
            for alias in aliases {
                let hash = hasher.alias(alias, scope: scope)
                if let owner = try Int64.fetchOne(
                    database, sql: "SELECT identity FROM alias WHERE key = ? AND proof = ?",
                    arguments: [hash.key, hash.check])
                {
                    people.insert(owner)
                }
            }
        }
        return people
    }

    private func erase(_ identity: Int64, _ erasure: inout Erasure) throws {
        erasure.people += 1
        // Under whatever else they are known, and in whichever form a row of theirs comes again.
        let keys = try Row.fetchAll(
            database, sql: "SELECT key, proof FROM alias WHERE identity = ?", arguments: [identity])
        for key in keys { erasure.suppressed += try suppress(AliasHash(key: key[0], check: key[1])) }
        _ = try delete("alias WHERE identity = ?", [identity])
        erasure.answers += try delete("answer WHERE identity = ?", [identity])
        _ = try delete("answer_past WHERE identity = ?", [identity])
        try database.execute(
            sql: "UPDATE identity SET name = '', domain = '' WHERE id = ?", arguments: [identity])
        try database.execute(sql: "UPDATE ask SET record_id = '' WHERE identity = ?", arguments: [identity])
        erasure.records += database.changesCount
    }

    private func suppress(_ hash: AliasHash) throws -> Int {
        try database.execute(
            sql: "INSERT OR IGNORE INTO forgotten (key, proof) VALUES (?, ?)", arguments: [hash.key, hash.check])
        return database.changesCount
    }

    private func delete(_ sql: String, _ arguments: StatementArguments) throws -> Int {
        try database.execute(sql: "DELETE FROM " + sql, arguments: arguments)
        return database.changesCount
    }
}

extension ServiceLedger {
    /// Erases people from the answers, the outcomes and the replays of our own service; charges stay, without a name.
    ///
    /// - Parameters:
    ///   - contacts: canonical emails and phone numbers.
    ///   - texts: what answers that are given again word for word may hold of them.
    /// - Returns: answers that were erased.
    package func forget(aliases: [String], contacts: [String], texts: [String]) async throws -> Int {
        let erased = try await write { [hasher] database in
            try database.execute(sql: "PRAGMA secure_delete = ON")
            var erased = 0
            let workspaces = try String.fetchAll(database, sql: "SELECT DISTINCT workspace FROM request")
            for workspace in Set(workspaces + ["default"]) {
                for alias in aliases {
                    let hash = hasher.alias(workspace + "\n" + alias, scope: 0)
                    try database.execute(sql: "DELETE FROM answered WHERE key = ?", arguments: [hash.key])
                    erased += database.changesCount
                    try database.execute(
                        sql: "UPDATE charge SET identity = 0 WHERE identity = ?", arguments: [hash.key])
                }
            }
            for contact in contacts {
                let hash = hasher.alias("contact:" + contact, scope: 0)
                try database.execute(sql: "DELETE FROM outcome WHERE contact = ?", arguments: [hash.key])
            }
            for text in texts where !text.isEmpty {
                try database.execute(
                    sql: "DELETE FROM replay WHERE instr(lower(CAST(body AS TEXT)), lower(?)) > 0", arguments: [text])
            }
            return erased
        }
        do {
            try await database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        } catch let error as DatabaseError {
            throw Ledger.explained(path, error)
        }
        return erased
    }
}
