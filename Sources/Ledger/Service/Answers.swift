package import EnrichmentAPI
package import Foundation
import GRDB

extension ServiceLedger {
    /// Stands for a person or a company within a workspace.
    package func identity(_ alias: String, workspace: String) -> AliasHash {
        hasher.alias(workspace + "\n" + alias, scope: 0)
    }

    // MARK: What is known

    /// What was answered before about each person.
    ///
    /// - Parameters:
    ///   - values: values from before this time, in seconds since 1970, count no more.
    ///   - misses: the same for misses.
    package func known(_ people: [AliasHash], values: Double, misses: Double) throws -> [ChannelMap<ServedChannel>] {
        try database.read { database in
            let find = try HotStatement(
                database,
                """
                SELECT channel, proof, at, value, source, confidence, enriched_at, tried, verdict
                FROM answered WHERE key = ?
                """)
            return try people.map { person in
                var known = ChannelMap<ServedChannel>()
                try find.run(.integer(person.key)) { row in
                    guard row.integer(1) == person.check, let channel = Channel(number: Int(row.integer(0))) else {
                        return
                    }
                    let isMiss = row.isNull(3)
                    guard row.real(2) > (isMiss ? misses : values) else { return }
                    let result: ChannelResult =
                        isMiss
                        ? .missed(tried: row.text(7).split(separator: "\n").map(String.init))
                        : .found(
                            ChannelValue(
                                value: row.text(3), source: row.text(4), confidence: row.real(5),
                                enrichedAt: row.text(6)))
                    known[channel] = ServedChannel(
                        result: result, cost: .zero, verdict: Verdict(rawValue: row.text(8)))
                }
                return known
            }
        }
    }

    /// What was answered before about a company; nil where nothing was, or nothing that counts.
    package func knownAccount(_ company: AliasHash, values: Double, misses: Double) throws -> ServedAccount? {
        try database.read { database in
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
        try await write { database in
            let writer = try SettlementWriter(database)
            return try requests.map(writer.write)
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

/// Writes what calls came to, on prepared statements.
private struct SettlementWriter {
    private let database: Database
    private let addRequest: HotStatement
    private let addCall: HotStatement
    private let addCharge: HotStatement
    private let addAnswer: HotStatement
    private let isAnswered: HotStatement
    private let setVerdict: HotStatement
    private let addAccount: HotStatement
    private let isAccountAnswered: HotStatement

    init(_ database: Database) throws {
        self.database = database
        addRequest = try HotStatement(
            database,
            "INSERT INTO request (at, workspace, api_key, endpoint, records, credits) VALUES (?, ?, ?, ?, ?, ?)")
        addCall = try HotStatement(database, "INSERT INTO call (workspace, kind, at) VALUES (?, ?, ?)")
        addCharge = try HotStatement(
            database, "INSERT INTO charge (request, identity, channel, provider, credits) VALUES (?, ?, ?, ?, ?)")
        isAnswered = try HotStatement(
            database,
            "SELECT 1 FROM answered WHERE key = ? AND channel = ? AND proof = ? AND at > ? AND value IS NOT NULL")
        addAnswer = try HotStatement(
            database,
            """
            INSERT OR REPLACE INTO answered
              (key, channel, proof, at, value, source, confidence, enriched_at, tried, verdict)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        setVerdict = try HotStatement(
            database, "UPDATE answered SET verdict = ? WHERE key = ? AND channel = ? AND proof = ?")
        addAccount = try HotStatement(
            database, "INSERT OR REPLACE INTO account (key, proof, at, account_id, fields) VALUES (?, ?, ?, ?, ?)")
        isAccountAnswered = try HotStatement(
            database, "SELECT 1 FROM account WHERE key = ? AND proof = ? AND at > ? AND fields IS NOT NULL")
    }

    func write(_ request: ServedRequest) throws -> Charged {
        try addCall.run(
            .text(request.workspace), .text(Quota.Kind(request.endpoint).rawValue), .real(request.arrivedAt))
        // What it cost is known at the end; charges need the request before.
        try addRequest.run(
            .real(request.arrivedAt), .text(request.workspace), .text(request.apiKey),
            .text(request.endpoint.rawValue), .integer(Int64(max(1, request.people.count))), .integer(0))
        let id = database.lastInsertedRowID
        var charged = Charged()
        charged.people = try request.people.map { try write($0, of: request, id) }
        if let account = request.account { charged.account = try write(account, of: request, id) }
        for later in request.verdicts {
            try setVerdict.run(
                .text(later.verdict.rawValue), .integer(later.identity.key), .integer(Int64(later.channel.number)),
                .integer(later.identity.check))
        }
        let sum = charged.people.reduce(charged.account) { $1.entries.reduce($0) { $0 + $1.value } }
        if sum > .zero {
            try database.cachedStatement(sql: "UPDATE request SET credits = ? WHERE id = ?")
                .execute(arguments: [sum.thousandths, id])
        }
        return charged
    }

    private func write(_ person: ServedPerson, of request: ServedRequest, _ id: Int64) throws -> ChannelMap<Credits> {
        var charged = ChannelMap<Credits>()
        let key = person.identity
        for (channel, served) in person.channels.entries {
            let number = Int64(channel.number)
            var isKnown = false
            // Nor does a miss take the place of a value that was paid for.
            let isMiss = served.result.value == nil
            if isMiss || !request.isForced && served.cost > .zero {
                isKnown = try isAnswered.finds {
                    $0.integer(key.key)
                    $0.integer(number)
                    $0.integer(key.check)
                    $0.real(request.since)
                }
            }
            let cost = isKnown ? .zero : served.cost
            charged[channel] = cost
            let value = served.result.value
            if cost > .zero {
                try addCharge.write {
                    $0.integer(id)
                    $0.integer(key.key)
                    $0.integer(number)
                    $0.text(value?.source ?? "")
                    $0.integer(Int64(cost.thousandths))
                }
            }
            guard !isKnown else { continue }
            var tried: String?
            if case .missed(let names) = served.result { tried = names.joined(separator: "\n") }
            try addAnswer.write {
                $0.integer(key.key)
                $0.integer(number)
                $0.integer(key.check)
                $0.real(request.now)
                $0.optional(value?.value)
                $0.optional(value?.source)
                $0.optional(value?.confidence)
                $0.optional(value?.enrichedAt)
                $0.optional(tried)
                $0.optional(served.verdict?.rawValue)
            }
        }
        return charged
    }

    private func write(_ account: ServedAccount, of request: ServedRequest, _ id: Int64) throws -> Credits {
        let key = account.identity
        var isKnown = false
        if !request.isForced || account.result == nil {
            try isAccountAnswered.run(.integer(key.key), .integer(key.check), .real(request.since)) { _ in
                isKnown = true
            }
        }
        guard !isKnown else { return .zero }
        let cost = account.result?.creditsUsed ?? .zero
        let fields = try account.result.map { String(decoding: try JSONEncoder().encode($0.fields), as: UTF8.self) }
        try addAccount.run(
            .integer(key.key), .integer(key.check), .real(request.now), .text(account.result?.accountID ?? ""),
            .optional(fields))
        if cost > .zero {
            try addCharge.run(
                .integer(id), .integer(key.key), .null,
                .text(account.result?.accountID.split(separator: ":").first.map(String.init) ?? ""),
                .integer(Int64(cost.thousandths)))
        }
        return cost
    }
}
