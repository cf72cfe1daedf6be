import Connect
import EnrichmentAPI
import Foundation
import Ledger
import Waterfall

/// Answers calls for people and companies: what is known first, then whoever knows more, then the verification; charged
/// on the disk before anybody is told.
struct Enrichment: Sendable {
    let ledger: ServiceLedger
    let source: any AnswerSource
    let settlements: SettlementQueue
    let verification: Verification?
    /// Nil where nobody was forgotten.
    let forgotten: ForgottenGuard?
    /// How long answers and misses are given again for nothing, in seconds.
    let goodFor: (values: Double, misses: Double)
    let now: @Sendable () -> Double

    /// An answer that is ready to be sent.
    struct Answer: Sendable {
        var body: [UInt8]
        var credits: Credits
        /// Channels that have a value.
        var found: Int
    }

    // MARK: People

    func people(_ body: CallBody, _ endpoint: Endpoint, _ caller: Caller, arrivedAt: Double) async throws -> Answer {
        let queries = body.records.map { PersonQuery($0, endpoint: endpoint) }
        let identities = queries.map { ledger.identity($0.name, workspace: caller.workspace) }
        var (answers, seen) = try await known(identities, body, arrivedAt)
        for record in queries.indices where forgotten?.holds(queries[record]) == true {
            answers[record] = ForgottenGuard.nothing(body.channels)
        }
        var asked = try await askMissing(body, endpoint, answers)
        for (record, channels) in asked {
            for (channel, served) in channels.entries { answers[record][channel] = served }
        }
        for record in answers.indices where forgotten?.holds(answers[record]) == true {
            answers[record] = ForgottenGuard.nothing(body.channels)
            asked[record] = nil
        }
        let verified = await verification?.verdicts(on: answers, of: queries) ?? [:]
        var later: [LaterVerdict] = []
        for (record, channels) in verified {
            for (channel, verdict) in channels.entries {
                answers[record][channel]?.verdict = verdict
                guard asked[record]?[channel] == nil, verdict != .unknown else { continue }
                later.append(LaterVerdict(identity: identities[record], channel: channel, verdict: verdict))
            }
        }
        let order = asked.keys.sorted()
        let request = ServedRequest(
            workspace: caller.workspace, apiKey: caller.keyID, endpoint: endpoint, arrivedAt: arrivedAt,
            since: arrivedAt - goodFor.values, now: now(), seen: seen, isForced: body.isForced,
            people: order.map { record in
                var channels = ChannelMap<ServedChannel>()
                for (channel, served) in asked[record]?.entries ?? [] where !served.isTentative {
                    channels[channel] = answers[record][channel]
                }
                return ServedPerson(identity: identities[record], channels: channels)
            }, verdicts: later)
        let charged = try await settlements.settle(request)
        let costs = Dictionary(uniqueKeysWithValues: zip(order, charged.people))
        return write(body, endpoint, queries, answers, costs)
    }

    /// - Returns: also what the ledger's log held then; nil where nobody looked.
    private func known(
        _ identities: [AliasHash], _ body: CallBody, _ arrivedAt: Double
    ) async throws -> ([ChannelMap<ServedChannel>], seen: LogReading?) {
        guard !body.isForced else { return (identities.map { _ in ChannelMap() }, nil) }
        return try await ledger.known(
            identities, values: arrivedAt - goodFor.values, misses: arrivedAt - goodFor.misses)
    }

    /// Asks for what is not known, records of one set of channels together.
    private func askMissing(
        _ body: CallBody, _ endpoint: Endpoint, _ known: [ChannelMap<ServedChannel>]
    ) async throws -> [Int: ChannelMap<ServedChannel>] {
        var groups: [ChannelSet: [Int]] = [:]
        var isSeen: [PersonHints: Int] = [:]
        var copies: [(record: Int, of: Int)] = []
        for record in body.records.indices {
            let missing = body.channels.subtracting(ChannelSet(known[record].entries.map(\.channel)))
            guard !missing.isEmpty else { continue }
            // The same person twice in one call is asked for, and paid for, once.
            if let first = isSeen[body.records[record]], !body.isForced {
                copies.append((record, first))
                continue
            }
            isSeen[body.records[record]] = record
            groups[missing, default: []].append(record)
        }
        var asked: [Int: ChannelMap<ServedChannel>] = [:]
        for (channels, records) in groups.sorted(by: { $0.key.bits < $1.key.bits }) {
            let outcomes = await source.persons(
                records.map { body.records[$0] }, channels: channels, endpoint: endpoint, isForced: body.isForced)
            for (record, outcome) in zip(records, outcomes) {
                var served = ChannelMap<ServedChannel>()
                for channel in channels {
                    guard let result = outcome.result.channels[channel] else { continue }
                    served[channel] = ServedChannel(
                        result: result, cost: outcome.costs[channel] ?? .zero,
                        isTentative: !outcome.result.failures(of: channel).isEmpty)
                }
                asked[record] = served
            }
        }
        for (record, first) in copies {
            var free = asked[first] ?? ChannelMap()
            for (channel, served) in free.entries {
                free[channel] = ServedChannel(
                    result: served.result, cost: .zero, isTentative: served.isTentative)
            }
            asked[record] = free
        }
        return asked
    }

    private func write(
        _ body: CallBody, _ endpoint: Endpoint, _ queries: [PersonQuery], _ answers: [ChannelMap<ServedChannel>],
        _ costs: [Int: ChannelMap<Credits>]
    ) -> Answer {
        var text = AnswerText()
        var sum = Credits.zero
        var found = 0
        if endpoint == .bulk { text.append("[") }
        for record in answers.indices {
            if record > 0 { text.append(",") }
            let cost = (costs[record] ?? ChannelMap()).entries.reduce(Credits.zero) { $0 + $1.value }
            sum += cost
            found += answers[record].entries.count { $0.value.result.value != nil }
            text.append(
                recordID: queries[record].recordID, channels: answers[record], asked: body.channels, credits: cost)
        }
        if endpoint == .bulk { text.append("]") }
        return Answer(body: text.bytes, credits: sum, found: found)
    }

    // MARK: Companies

    func company(_ body: CallBody, _ caller: Caller, arrivedAt: Double) async throws -> Answer {
        let domain = body.domain ?? ""
        let identity = ledger.identity("company:" + domain, workspace: caller.workspace)
        func served(_ account: ServedAccount?) -> ServedRequest {
            ServedRequest(
                workspace: caller.workspace, apiKey: caller.keyID, endpoint: .account, arrivedAt: arrivedAt,
                since: arrivedAt - goodFor.values, now: now(), isForced: body.isForced, account: account)
        }
        if !body.isForced,
            let known = try await ledger.knownAccount(
                identity, values: arrivedAt - goodFor.values, misses: arrivedAt - goodFor.misses)
        {
            // The call counts all the same.
            _ = try await settlements.settle(served(nil))
            return try write(known.result, credits: .zero)
        }
        let answer = await source.accounts(domains: [domain], isForced: body.isForced).first ?? AccountAnswer(nil)
        let charged = try await settlements.settle(
            served(answer.isTentative ? nil : ServedAccount(identity: identity, result: answer.result)))
        return try write(answer.result, credits: charged.account)
    }

    private func write(_ account: AccountResult?, credits: Credits) throws -> Answer {
        guard let account else { throw Problem.unknownCompany }
        var text = AnswerText()
        text.append(account: account, credits: credits)
        return Answer(body: text.bytes, credits: credits, found: account.fields.count)
    }
}
