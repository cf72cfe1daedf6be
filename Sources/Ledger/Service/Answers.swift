package import EnrichmentAPI
package import Foundation
import GRDB

extension ServiceLedger {
    /// Stands for a person or a company within a workspace.
    package func identity(_ alias: String, workspace: String) -> AliasHash {
        hasher.alias(workspace + "\n" + alias, scope: 0)
    }

    // MARK: What is known

    /// What was answered before about each person, and what the log held then.
    ///
    /// - Parameters:
    ///   - values: values from before this time, in seconds since 1970, count no more.
    ///   - misses: the same for misses.
    package func known(
        _ people: [AliasHash], values: Double, misses: Double
    ) async throws -> (answers: [ChannelMap<ServedChannel>], seen: LogReading) {
        try await read { [log] database in
            let seen = try log.catchUp(database)
            var known = [ChannelMap<ServedChannel>](repeating: [:], count: people.count)
            try AnsweredPeople(database).find(people, log.places(of: people.map(\.key))) { person, answer in
                let isGood = answer.at > (answer.isMiss ? misses : values)
                known[person][answer.channel] = isGood ? answer.served : nil
            }
            return (known, seen)
        }
    }

    /// What was answered before about a company; nil where nothing was, or nothing that counts.
    package func knownAccount(_ company: AliasHash, values: Double, misses: Double) async throws -> ServedAccount? {
        try await read { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT account_id, fields, at FROM account WHERE key = ? AND proof = ?",
                arguments: [company.key, company.check])
            guard let row else { return nil }
            let fields = try (row[1] as String?).map {
                try JSONDecoder().decode([String: String].self, from: Data($0.utf8))
            }
            guard row[2] as Double > (fields == nil ? misses : values) else { return nil }
            return ServedAccount(
                identity: company, result: fields.map { AccountResult(accountID: row[0], fields: $0) })
        }
    }

    /// What a client was told before under its own key.
    ///
    /// - Parameter since: older ones count no more, in seconds since 1970.
    package func replay(workspace: String, key: String, since: Double) async throws -> Replay? {
        try await read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT question, status, body, credits FROM replay WHERE workspace = ? AND key = ? AND at > ?",
                arguments: [workspace, key, since]
            ).map { Replay(fingerprint: $0[0], status: $0[1], body: $0[2], credits: Credits(thousandths: $0[3])) }
        }
    }

    /// Keeps what a client was told under its own key.
    package func keep(
        _ question: ReplayQuestion, workspace: String, status: Int, body: Data, credits: Credits, now: Double
    )
        async throws
    {
        try await write { database in
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO replay (workspace, key, question, at, status, body, credits)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [workspace, question.key, question.fingerprint, now, status, body, credits.thousandths])
        }
    }

    // MARK: What is charged

    /// Answers and charges of several calls in one durable commit; only then may their clients be told.
    ///
    /// A channel that another call has had answered meanwhile is not charged again, so that clients who ask for the same
    /// person at once pay once.
    package func settle(_ requests: [ServedRequest]) async throws -> [Charged] {
        try await write { [log] database in
            var writer = try SettlementWriter(database, log)
            return try requests.map { try writer.write($0) }
        }
    }

    /// Calls of the last day by workspace and kind, with their ages in seconds, the oldest first.
    ///
    /// - Parameters:
    ///   - length: of a day, in seconds.
    ///   - now: seconds since 1970.
    package func recentCalls(within length: Double, now: Double) async throws -> [(
        workspace: String, kind: Quota.Kind, age: Double
    )] {
        try await write { database in
            try database.execute(sql: "DELETE FROM call WHERE at <= ?", arguments: [now - length])
            try database.execute(sql: "DELETE FROM replay WHERE at <= ?", arguments: [now - 2 * 86_400])
            return try Row.fetchAll(database, sql: "SELECT workspace, kind, at FROM call ORDER BY at").compactMap {
                row in
                Quota.Kind(rawValue: row[1]).map { (row[0], $0, max(0, now - (row[2] as Double))) }
            }
        }
    }

    /// Everything that a workspace was charged since a time, in seconds since 1970.
    package func charged(workspace: String, since: Double = 0) async throws -> (credits: Credits, charges: Int) {
        try await read { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT coalesce(sum(charge.credits), 0), count(*) FROM charge JOIN request ON request.id = charge.request
                    WHERE workspace = ? AND at >= ?
                    """, arguments: [workspace, since])
            return (Credits(thousandths: row?[0] ?? 0), row?[1] ?? 0)
        }
    }

    /// Charges that stand twice for one person and channel; there are none but for what was forced.
    package func doubleCharges() async throws -> Int {
        try await read { database in
            try Int.fetchOne(
                database,
                sql:
                    "SELECT count(*) FROM (SELECT 1 FROM charge WHERE credits > 0 GROUP BY identity, channel HAVING count(*) > 1)"
            ) ?? 0
        }
    }
}
