package import EnrichmentAPI
import GRDB

extension ServiceLedger {
    /// What our own service has answered about people.
    package func values(of people: Forgettable) async throws -> [(channel: Channel, value: String)] {
        try await read { [hasher] database in
            let keys = try Self.list(of: Self.keys(of: people, database, hasher))
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT key, channel, value FROM answered_anywhere
                    WHERE key IN (\(keys)) AND value IS NOT NULL ORDER BY key, channel
                    """
            ).compactMap { row in Channel(number: row[1]).map { ($0, row[2]) } }
        }
    }

    /// Erases people from the answers, the outcomes and the replays of our own service; charges stay, without a name.
    ///
    /// - Returns: answers that were erased.
    package func forget(_ people: Forgettable) async throws -> Int {
        let erased = try await write { [hasher] database in
            // All keys at once, since the log has no order but its own.
            let keys = try Self.list(of: Self.keys(of: people, database, hasher))
            let erased =
                try Int.fetchOne(
                    database,
                    sql: """
                        SELECT count(*) FROM (SELECT DISTINCT key, channel FROM answered_anywhere WHERE key IN (\(keys)))
                        """) ?? 0
            try database.execute(sql: "DELETE FROM answered WHERE key IN (\(keys))")
            try database.execute(sql: "DELETE FROM answered_log WHERE key IN (\(keys))")
            try database.execute(sql: "UPDATE charge SET identity = 0 WHERE identity IN (\(keys))")
            for value in people.values {
                let hash = hasher.alias("contact:" + value, scope: 0)
                try database.execute(sql: "DELETE FROM outcome WHERE contact = ?", arguments: [hash.key])
                // Answers that are given again word for word; a client that asks once more is answered anew.
                try database.execute(
                    sql: "DELETE FROM replay WHERE instr(lower(CAST(body AS TEXT)), lower(?)) > 0", arguments: [value])
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

    private static func list(of keys: Set<Int64>) -> String { keys.map(String.init).joined(separator: ", ") }

    /// Under which answers about people stand: by the hint that they were asked for with, or by what was found.
    private static func keys(
        of people: Forgettable, _ database: Database, _ hasher: AliasHasher
    ) throws -> Set<Int64> {
        var keys: Set<Int64> = []
        let workspaces = try String.fetchAll(database, sql: "SELECT DISTINCT workspace FROM request")
        for workspace in Set(workspaces + ["default"]) {
            for alias in people.aliases { keys.insert(hasher.alias(workspace + "\n" + alias, scope: 0).key) }
        }
        for value in people.values {
            keys.formUnion(
                try Int64.fetchAll(
                    database, sql: "SELECT key FROM answered_anywhere WHERE lower(value) = lower(?)", arguments: [value]
                ))
        }
        return keys
    }
}
