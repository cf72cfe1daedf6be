import EnrichmentAPI
import Ledger

/// One request's way through the waterfall: whose turn it is for each record, and what was found so far.
struct WaterfallRounds {
    private let queries: [PersonQuery]
    private let channels: ChannelSet
    private let minConfidence: Double
    private let providers: [any Provider]
    private let names: [String]
    /// What each provider said of each record; a provider is asked once for a person, whatever it can give.
    private var findings: [[Finding?]]
    private var ways: ChannelMap<Ways> = [:]
    /// Whether only those are asked who answer out of the process's own data.
    private let isInside: Bool
    /// Records for which it would have been somebody else's turn.
    private(set) var needsOthers: [Bool]

    /// In which order the providers of a channel are tried, by their places.
    enum Order: Sendable {
        case same([Int])
        case byRecord([[Int]])

        subscript(record: Int) -> [Int] {
            switch self {
            case .same(let order): order
            case .byRecord(let orders): orders[record]
            }
        }
    }

    /// How a channel came to its end, record by record.
    private struct Ways {
        let order: Order
        /// How many providers had their turn.
        var turns: [Int]
        var found: [ChannelValue?]
    }

    init(
        _ records: [PersonHints], channels: ChannelSet, endpoint: Endpoint, minConfidence: Double,
        providers: [any Provider], isInside: Bool
    ) {
        queries = records.map { PersonQuery($0, endpoint: endpoint) }
        self.channels = channels
        self.minConfidence = minConfidence
        self.providers = providers
        self.isInside = isInside
        needsOthers = Array(repeating: false, count: records.count)
        names = providers.map(\.name)
        findings = providers.map { _ in [] }
    }

    /// What stands for a record wherever it is asked for.
    func name(of record: Int) -> String { queries[record].name }

    // MARK: Asking

    /// Takes all records through the providers of a channel.
    mutating func run(_ channel: Channel, _ order: Order) async {
        var way = Ways(
            order: order, turns: Array(repeating: 0, count: queries.count),
            found: Array(repeating: nil, count: queries.count))
        var open = Array(queries.indices)
        var round = 0
        while !open.isEmpty {
            var turns = [[Int]](repeating: [], count: providers.count)
            for record in open {
                let order = order[record]
                guard round < order.count else { continue }
                if isInside, providers[order[round]].askedAtOnce != nil {
                    needsOthers[record] = true
                } else {
                    turns[order[round]].append(record)
                }
            }
            await ask(turns)
            open = []
            for (provider, records) in turns.enumerated() {
                for record in records {
                    way.turns[record] += 1
                    way.found[record] = usable(channel, record, provider)
                    // Whoever is next in turn is not to have it because of a stop.
                    let isStopped = failure(provider, record) == .stopped
                    if way.found[record] == nil, !isStopped { open.append(record) }
                }
            }
            round += 1
        }
        ways[channel] = way
    }

    /// Asks everybody whose turn it is for whom they have not been asked for yet.
    private mutating func ask(_ turns: [[Int]]) async {
        var questions: [(provider: Int, records: [Int])] = []
        for (provider, records) in turns.enumerated() where !records.isEmpty {
            if findings[provider].isEmpty { findings[provider] = Array(repeating: nil, count: queries.count) }
            let open = records.filter { findings[provider][$0] == nil }
            if !open.isEmpty { questions.append((provider, open)) }
        }
        if questions.count > 1, questions.contains(where: { providers[$0.provider].askedAtOnce != nil }) {
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

    /// A provider's value where it is usable: valid, sure enough, and not the very hint that it was asked with.
    private func usable(_ channel: Channel, _ record: Int, _ provider: Int) -> ChannelValue? {
        guard case .person(let profile) = findings[provider][record], let value = profile.values[channel],
            profile.confidence >= minConfidence, value != queries[record].hints.email,
            value != queries[record].hints.linkedinURL
        else { return nil }
        return ChannelValue(
            value: value, source: names[provider], confidence: profile.confidence, enrichedAt: profile.updatedAt)
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
        var outcomes = queries.map { query in
            Waterfall.Outcome(
                result: PersonResult(recordID: query.recordID, channels: [:], creditsUsed: .zero), costs: [:])
        }
        // By place and not by name, since every try of every record is counted.
        var uses = providers.map { provider in
            Channel.allCases.map { ProviderUse(provider: provider.name, channel: $0) }
        }
        for channel in channels {
            guard let way = ways[channel] else { continue }
            var lists = TriedLists(names)
            for record in queries.indices {
                let tried = tried(way, record)
                let found = way.found[record]
                // Only success is charged, and who failed on the way to it is not paid.
                let cost =
                    found == nil
                    ? .zero : charge(tried.filter { failure($0, record) == nil }.map { price($0, channel) })
                outcomes[record].costs[channel] = cost
                outcomes[record].result.creditsUsed += cost
                outcomes[record].result.channels[channel] =
                    found.map { .found($0) } ?? .missed(tried: lists.names(of: tried))
                for provider in tried {
                    let why = failure(provider, record)
                    if why != .stopped { uses[provider][channel.number].asked += 1 }
                    guard let why else { continue }
                    if why != .stopped {
                        uses[provider][channel.number].failed += 1
                        uses[provider][channel.number].lastFailure = why
                    }
                    let failure = ProviderFailure(provider: names[provider], why: why)
                    if !outcomes[record].result.failures.contains(failure) {
                        outcomes[record].result.failures.append(failure)
                    }
                }
                if found != nil, let finder = tried.last {
                    uses[finder][channel.number].found += 1
                    uses[finder][channel.number].credits += cost
                }
            }
        }
        return (outcomes, ProviderUseTally(uses.joined()))
    }

    /// Providers that could be asked for a record, in order.
    private func tried(_ way: Ways, _ record: Int) -> [Int] {
        let order = way.order[record]
        let turns = order.prefix(way.turns[record])
        let areAllAsked = turns.allSatisfy { wasAsked($0, record) }
        // Mostly everybody had their turn and could be asked, and then the list is not made anew.
        if areAllAsked { return turns.count == order.count ? order : Array(turns) }
        return turns.filter { wasAsked($0, record) }
    }

    private func wasAsked(_ provider: Int, _ record: Int) -> Bool {
        switch findings[provider][record] {
        case nil, .notAsked: false
        case .person, .nothing, .failed: true
        }
    }

    private func failure(_ provider: Int, _ record: Int) -> ProviderFailure.Why? {
        if case .failed(let why) = findings[provider][record] { why } else { nil }
    }
}

/// Lists of providers by name; the one that was made before is mostly what is wanted again.
private struct TriedLists {
    private let providers: [String]
    private var last: (places: [Int], names: [String]) = ([], [])

    init(_ providers: [String]) { self.providers = providers }

    mutating func names(of places: [Int]) -> [String] {
        if places != last.places { last = (places, places.map { providers[$0] }) }
        return last.names
    }
}
