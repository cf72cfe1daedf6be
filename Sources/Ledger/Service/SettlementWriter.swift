import EnrichmentAPI
import Foundation
import GRDB

/// Writes what calls came to, on prepared statements; answers go into the log.
struct SettlementWriter {
    private let database: Database
    private let log: AnswerLog
    /// Where this transaction has put answers, which is not known to others before it is whole.
    private var fresh: [Int64: AnswerLog.Place] = [:]
    private let answered: AnsweredPeople
    private let addRequest: HotStatement
    private let addCall: HotStatement
    private let addCharges: HotInsert
    private let addAnswers: HotInsert
    private let repeatAnswers: HotStatement
    private let setVerdict: HotStatement
    private let setVerdictInLog: HotStatement
    private let addAccount: HotStatement
    private let isAccountAnswered: HotStatement

    /// Of an answer, wherever it stands.
    static let columns = "key, channel, proof, at, value, source, confidence, enriched_at, tried, verdict"

    /// - Parameter database: at the beginning of a transaction.
    init(_ database: Database, _ log: AnswerLog) throws {
        try log.catchUp(database)
        self.database = database
        self.log = log
        answered = try AnsweredPeople(database)
        addRequest = try HotStatement(
            database,
            "INSERT INTO request (at, workspace, api_key, endpoint, records, credits) VALUES (?, ?, ?, ?, ?, ?)")
        addCall = try HotStatement(database, "INSERT INTO call (workspace, kind, at) VALUES (?, ?, ?)")
        addCharges = try HotInsert(
            database, "INSERT INTO charge (request, identity, channel, provider, credits)", columns: 5)
        addAnswers = try HotInsert(database, "INSERT INTO answered_log (\(Self.columns))", columns: 10)
        repeatAnswers = try HotStatement(
            database,
            """
            INSERT INTO answered_log (\(Self.columns)) SELECT \(Self.columns) FROM answered_log WHERE id IN
              (SELECT max(id) FROM answered_log WHERE id BETWEEN ? AND ? AND key = ? GROUP BY channel, proof) ORDER BY id
            """)
        setVerdict = try HotStatement(
            database, "UPDATE answered SET verdict = ? WHERE key = ? AND channel = ? AND proof = ?")
        setVerdictInLog = try HotStatement(
            database,
            "UPDATE answered_log SET verdict = ? WHERE key = ? AND channel = ? AND proof = ? AND id BETWEEN ? AND ?")
        addAccount = try HotStatement(
            database, "INSERT OR REPLACE INTO account (key, proof, at, account_id, fields) VALUES (?, ?, ?, ?, ?)")
        isAccountAnswered = try HotStatement(
            database, "SELECT 1 FROM account WHERE key = ? AND proof = ? AND at > ? AND fields IS NOT NULL")
    }

    mutating func write(_ request: ServedRequest) throws -> Charged {
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
        for later in request.verdicts { try write(later) }
        let sum = charged.people.reduce(charged.account) { $1.entries.reduce($0) { $0 + $1.value } }
        if sum > .zero {
            try database.cachedStatement(sql: "UPDATE request SET credits = ? WHERE id = ?")
                .execute(arguments: [sum.thousandths, id])
        }
        return charged
    }

    private mutating func write(
        _ people: [ServedPerson], of request: ServedRequest, _ id: Int64
    ) throws -> [ChannelMap<Credits>] {
        typealias New = (key: AliasHash, channel: Channel, served: ServedChannel)
        let known = try known(people, request)
        // Apart are people of whom the log tells already: that is repeated, so that all of it stands together.
        var (apart, together): ([[New]], [[New]]) = ([], [])
        var charges: [New] = []
        // What this call itself has brought, where somebody stands in it twice.
        var given: [Int64: ChannelSet] = [:]
        let costs = people.indices.map { person in
            let key = people[person].identity, before = given[key.key]
            given[key.key] = before ?? []
            var costs = ChannelMap<Credits>()
            var answers: [New] = []
            people[person].channels.forEach { channel, served in
                let isRepeated = before?.contains(channel) == true
                // A miss never takes the place of a value.
                let isKnown =
                    (isRepeated || known[person].contains(channel))
                    && (served.result.value == nil || !request.isForced && (isRepeated || served.cost > .zero))
                costs[channel] = isKnown ? .zero : served.cost
                guard !isKnown else { return }
                answers.append((key, channel, served))
                if served.result.value != nil { given[key.key, default: []].insert(channel) }
                if served.cost > .zero { charges.append((key, channel, served)) }
            }
            if before == nil, place(of: key.key) == nil { together.append(answers) } else { apart.append(answers) }
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
        try append(together.filter { !$0.isEmpty }.map { (key: $0[0].key.key, answers: $0) }, request.now)
        for answers in apart where !answers.isEmpty {
            let key = answers[0].key.key
            var repeated = 0
            if let place = place(of: key) {
                try repeatAnswers.run(.integer(place.first), .integer(place.last), .integer(key))
                repeated = database.changesCount
            }
            try append([(key, answers)], request.now)
            fresh[key]?.first -= Int64(repeated)
        }
        return costs
    }

    private func place(of key: Int64) -> AnswerLog.Place? { fresh[key] ?? log.places(of: [key])[0] }

    /// Appends the answers about some people to the log, each of whom it tells nothing of.
    private mutating func append(
        _ people: [(key: Int64, answers: [(key: AliasHash, channel: Channel, served: ServedChannel)])], _ now: Double
    ) throws {
        let answers = people.flatMap(\.answers)
        guard !answers.isEmpty else { return }
        try addAnswers.write(answers.count) { index, row in
            let (key, channel, served) = answers[index]
            let value = served.result.value
            var tried: String?
            if case .missed(let names) = served.result { tried = names.joined(separator: "\n") }
            row.integer(key.key)
            row.integer(Int64(channel.number))
            row.integer(key.check)
            row.real(now)
            row.optional(value?.value)
            row.optional(value?.source)
            row.optional(value?.confidence)
            row.optional(value?.enrichedAt)
            row.optional(tried)
            row.optional(served.verdict?.rawValue)
        }
        var next = database.lastInsertedRowID - Int64(answers.count) + 1
        for (key, answers) in people {
            fresh[key] = AnswerLog.Place(first: next, last: next + Int64(answers.count) - 1)
            next += Int64(answers.count)
        }
    }

    /// Channels of each person for which a value is known by now that counts.
    private func known(_ people: [ServedPerson], _ request: ServedRequest) throws -> [ChannelSet] {
        var known = [ChannelSet](repeating: [], count: people.count)
        var places = log.places(of: people.map(\.identity.key))
        for person in people.indices { places[person] = fresh[people[person].identity.key] ?? places[person] }
        var open = Array(people.indices)
        if let seen = request.seen, try !isCleared(since: seen) {
            // Whatever was there before the call was answered was known then; only those count who came meanwhile.
            open.removeAll { places[$0].map { $0.last <= seen.last } ?? true }
        }
        guard !open.isEmpty else { return known }
        try answered.find(open.map { people[$0].identity }, open.map { places[$0] }) { index, answer in
            if answer.isMiss || answer.at <= request.since {
                known[open[index]] = known[open[index]].subtracting([answer.channel])
            } else {
                known[open[index]].insert(answer.channel)
            }
        }
        return known
    }

    /// Whether anything has left the log since it was read: then who was in it may have been seen neither there nor in its
    /// place.
    private func isCleared(since seen: LogReading) throws -> Bool {
        try LogReading(database, of: "answered_log").first != seen.first
    }

    private func write(_ later: LaterVerdict) throws {
        let key = later.identity
        try setVerdict.run(
            .text(later.verdict.rawValue), .integer(key.key), .integer(Int64(later.channel.number)),
            .integer(key.check))
        guard let place = place(of: key.key) else { return }
        try setVerdictInLog.run(
            .text(later.verdict.rawValue), .integer(key.key), .integer(Int64(later.channel.number)),
            .integer(key.check), .integer(place.first), .integer(place.last))
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
