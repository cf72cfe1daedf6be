import EnrichmentAPI
import Foundation
import GRDB

/// Writes what calls came to, on prepared statements.
struct SettlementWriter {
    private let database: Database
    private let addRequest: HotStatement
    private let addCall: HotStatement
    private let addCharges: HotInsert
    private let addAnswers: HotInsert
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
        addCharges = try HotInsert(
            database, "INSERT INTO charge (request, identity, channel, provider, credits)", columns: 5)
        isAnswered = try HotStatement(
            database,
            "SELECT 1 FROM answered WHERE key = ? AND channel = ? AND proof = ? AND at > ? AND value IS NOT NULL")
        addAnswers = try HotInsert(
            database,
            """
            INSERT OR REPLACE INTO answered
              (key, channel, proof, at, value, source, confidence, enriched_at, tried, verdict)
            """, columns: 10)
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
        charged.people = try write(request.people, of: request, id)
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

    private func write(
        _ people: [ServedPerson], of request: ServedRequest, _ id: Int64
    ) throws -> [ChannelMap<Credits>] {
        typealias New = (key: AliasHash, channel: Channel, served: ServedChannel)
        var (answers, charges): ([New], [New]) = ([], [])
        let costs = try people.map { person in
            var costs = ChannelMap<Credits>()
            try person.channels.forEach { channel, served in
                let isKnown = try isKnown(served, person.identity, channel, request)
                costs[channel] = isKnown ? .zero : served.cost
                guard !isKnown else { return }
                answers.append((person.identity, channel, served))
                if served.cost > .zero { charges.append((person.identity, channel, served)) }
            }
            return costs
        }
        try addCharges.write(charges.count) { index, row in
            let (key, channel, served) = charges[index]
            row.integer(id)
            row.integer(key.key)
            row.integer(Int64(channel.number))
            row.text(served.result.value?.source ?? "")
            row.integer(Int64(served.cost.thousandths))
        }
        try addAnswers.write(answers.count) { index, row in
            let (key, channel, served) = answers[index]
            let value = served.result.value
            var tried: String?
            if case .missed(let names) = served.result { tried = names.joined(separator: "\n") }
            row.integer(key.key)
            row.integer(Int64(channel.number))
            row.integer(key.check)
            row.real(request.now)
            row.optional(value?.value)
            row.optional(value?.source)
            row.optional(value?.confidence)
            row.optional(value?.enrichedAt)
            row.optional(tried)
            row.optional(served.verdict?.rawValue)
        }
        return costs
    }

    /// Whether what was found is known by now, and so is not charged; a miss never takes the place of a value.
    private func isKnown(
        _ served: ServedChannel, _ key: AliasHash, _ channel: Channel, _ request: ServedRequest
    ) throws -> Bool {
        guard served.result.value == nil || !request.isForced && served.cost > .zero else { return false }
        return try isAnswered.finds {
            $0.integer(key.key)
            $0.integer(Int64(channel.number))
            $0.integer(key.check)
            $0.real(request.since)
        }
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
            try addCharges.write(1) { _, row in
                row.integer(id)
                row.integer(key.key)
                row.null()
                row.text(account.result?.accountID.split(separator: ":").first.map(String.init) ?? "")
                row.integer(Int64(cost.thousandths))
            }
        }
        return cost
    }
}
