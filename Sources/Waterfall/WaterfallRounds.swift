import EnrichmentAPI
import Ledger

/// One request's way through the waterfall: whose turn it is for each record, and what was found so far.
struct WaterfallRounds {
    private let queries: [PersonQuery]
    private let channels: ChannelSet
    private let minConfidence: Double
    private let providers: [any Provider]
    /// What each provider said of each record; a provider is asked once for a person, whatever it can give.
    private var findings: [[Finding?]]
    private var ways: [ChannelMap<Way>]

    /// How a channel of a record came to its end.
    private struct Way {
        /// Providers that were tried, in order.
        var tried: [Int] = []
        /// Those of them that did not fail, and so are paid for on the way to a hit.
        var paid: [Int] = []
        var found: ChannelValue?
    }

    init(
        _ records: [PersonHints], channels: ChannelSet, endpoint: Endpoint, minConfidence: Double,
        providers: [any Provider]
    ) {
        queries = records.map { PersonQuery($0, endpoint: endpoint) }
        self.channels = channels
        self.minConfidence = minConfidence
        self.providers = providers
        findings = providers.map { _ in [] }
        ways = records.map { _ in ChannelMap() }
    }

    /// What stands for a record wherever it is asked for.
    func name(of record: Int) -> String { queries[record].name }

    // MARK: Asking

    /// Takes all records through the providers of a channel.
    ///
    /// - Parameter order: places of providers, for a record.
    mutating func run(_ channel: Channel, order: (Int) -> [Int]) async {
        var open = Array(queries.indices)
        var round = 0
        for record in open { ways[record][channel] = Way() }
        while !open.isEmpty {
            var turns = [[Int]](repeating: [], count: providers.count)
            for record in open {
                let order = order(record)
                if round < order.count { turns[order[round]].append(record) }
            }
            await ask(turns)
            open = []
            for (provider, records) in turns.enumerated() {
                for record in records where !isFound(channel, record, provider) { open.append(record) }
            }
            round += 1
        }
    }

    /// Asks everybody whose turn it is for whom they have not been asked for yet.
    private mutating func ask(_ turns: [[Int]]) async {
        var questions: [(provider: Int, records: [Int])] = []
        for (provider, records) in turns.enumerated() where !records.isEmpty {
            if findings[provider].isEmpty { findings[provider] = Array(repeating: nil, count: queries.count) }
            let open = records.filter { findings[provider][$0] == nil }
            if !open.isEmpty { questions.append((provider, open)) }
        }
        if questions.count > 1, questions.contains(where: { !providers[$0.provider].isLocal }) {
            let (providers, queries, channels) = (providers, queries, channels)
            await withTaskGroup { group in
                for (provider, records) in questions {
                    group.addTask {
                        let found = await providers[provider].find(records.map { queries[$0] }, channels: channels)
                        return (provider, records, found)
                    }
                }
                for await (provider, records, found) in group { note(found, provider, records) }
            }
        } else {
            for (provider, records) in questions {
                let found = await providers[provider].find(records.map { queries[$0] }, channels: channels)
                note(found, provider, records)
            }
        }
    }

    private mutating func note(_ found: [Finding], _ provider: Int, _ records: [Int]) {
        for (record, finding) in zip(records, found) { findings[provider][record] = finding }
    }

    /// Whether a provider had a usable value: valid, sure enough, and not the very hint that it was asked with.
    private mutating func isFound(_ channel: Channel, _ record: Int, _ provider: Int) -> Bool {
        var way = ways[record][channel] ?? Way()
        defer { ways[record][channel] = way }
        switch findings[provider][record] {
        case .notAsked, nil: return false
        case .failed: way.tried.append(provider)
        case .nothing:
            way.tried.append(provider)
            way.paid.append(provider)
        case .person(let profile):
            way.tried.append(provider)
            way.paid.append(provider)
            let hints = queries[record].hints
            guard let value = profile.values[channel], profile.confidence >= minConfidence, value != hints.email,
                value != hints.linkedinURL
            else { return false }
            way.found = ChannelValue(
                value: value, source: providers[provider].name, confidence: profile.confidence,
                enrichedAt: profile.updatedAt)
        }
        return way.found != nil
    }

    // MARK: What it came to

    /// The outcomes, and what was asked of whom.
    ///
    /// - Parameters:
    ///   - price: of a try.
    ///   - charge: what is charged for a hit, given the prices of the tries up to it.
    func outcomes(price: (Int, Channel) -> Credits, charge: ([Credits]) -> Credits) -> (
        [Waterfall.Outcome], ProviderUseTally
    ) {
        // By place and not by name, since every try of every record is counted.
        var uses = providers.map { provider in
            Channel.allCases.map { ProviderUse(provider: provider.name, channel: $0) }
        }
        let outcomes = queries.indices.map { record in
            var outcome = Waterfall.Outcome(
                result: PersonResult(recordID: queries[record].recordID, channels: [:], creditsUsed: .zero),
                costs: [:])
            for channel in channels {
                let way = ways[record][channel] ?? Way()
                // Only success is charged.
                let cost = way.found == nil ? .zero : charge(way.paid.map { price($0, channel) })
                outcome.costs[channel] = cost
                outcome.result.creditsUsed += cost
                outcome.result.channels[channel] =
                    way.found.map { .found($0) } ?? .missed(tried: way.tried.map { providers[$0].name })
                count(way, channel, record, cost, in: &uses)
            }
            return outcome
        }
        return (outcomes, ProviderUseTally(uses.joined()))
    }

    private func count(
        _ way: Way, _ channel: Channel, _ record: Int, _ cost: Credits, in uses: inout [[ProviderUse]]
    ) {
        for provider in way.tried {
            uses[provider][channel.number].asked += 1
            if case .failed = findings[provider][record] { uses[provider][channel.number].failed += 1 }
            guard way.found != nil, provider == way.tried.last else { continue }
            uses[provider][channel.number].found += 1
            uses[provider][channel.number].credits += cost
        }
    }
}
