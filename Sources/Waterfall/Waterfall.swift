package import EnrichmentAPI
import Identity
import Ledger
import Settings

/// The waterfall: per channel, providers in turn until one has a usable value.
///
/// A record's providers are asked one after the other, records side by side: in each round all records that are still
/// open are grouped by whose turn it is, so that a table looks up many people at once and a vendor that takes several
/// people in a call gets them together.
package struct Waterfall: Sendable {
    package let settings: WaterfallSettings
    package let ranking: Ranking
    /// What was asked of whom so far.
    package let use = ProviderUseBook()
    private let providers: [any Provider]
    private let prices: [Prices]
    /// Per channel, places in ``providers``.
    private let lists: ChannelMap<[Int]>
    private let accounts: [any AccountProvider]
    let tables: [WatchedTable]

    init(
        _ settings: WaterfallSettings, providers: [any Provider], accounts: [any AccountProvider],
        tables: [WatchedTable], evidence: [Evidence]
    ) {
        self.settings = settings
        self.providers = providers
        self.accounts = accounts
        self.tables = tables
        prices = settings.providers.map(\.prices)
        ranking = Ranking(settings, evidence: evidence)
        var lists = ChannelMap<[Int]>()
        for channel in Channel.allCases {
            lists[channel] = settings.order[channel].compactMap { name in providers.firstIndex { $0.name == name } }
        }
        self.lists = lists
    }

    /// A result, and what each channel cost of it.
    package struct Outcome: Sendable {
        package var result: PersonResult
        package var costs: ChannelMap<Credits>

        package init(result: PersonResult, costs: ChannelMap<Credits>) {
            self.result = result
            self.costs = costs
        }
    }

    /// People that those outside are asked for at once, by whoever is asked for most; nil where nobody outside is asked.
    package var askedAtOnce: Int? {
        (providers.map(\.askedAtOnce) + accounts.map(\.askedAtOnce)).compactMap(\.self).max()
    }

    // MARK: People

    /// Asks for people; one outcome for each, in order.
    ///
    /// - Parameters:
    ///   - records: with canonical hints.
    ///   - endpoint: `discover` finds by name and company domain alone, and is dearer.
    ///   - minConfidence: what is less sure is as good as not found, 0–1.
    package func persons(
        _ records: [PersonHints], channels: ChannelSet, endpoint: Endpoint, minConfidence: Double
    ) async -> [Outcome] {
        let rounds = await rounds(records, channels, endpoint, minConfidence)
        let (outcomes, tally) = rounds.outcomes { provider, channel in
            settings.price(prices[provider][channel], endpoint)
        } charge: {
            settings.charge == .cumulative ? $0.reduce(.zero, +) : $0.last ?? .zero
        }
        use.add(tally)
        return outcomes
    }

    /// For which people somebody outside would be asked; nobody is.
    package func needsOthers(
        _ records: [PersonHints], channels: ChannelSet, endpoint: Endpoint, minConfidence: Double
    ) async -> [Bool] {
        await rounds(records, channels, endpoint, minConfidence, isInside: true).needsOthers
    }

    private func rounds(
        _ records: [PersonHints], _ channels: ChannelSet, _ endpoint: Endpoint, _ minConfidence: Double,
        isInside: Bool = false
    ) async -> WaterfallRounds {
        var rounds = WaterfallRounds(
            records, channels: channels, endpoint: endpoint, minConfidence: minConfidence, providers: providers,
            isInside: isInside)
        let segments = ranking.needsSegments ? await segments(of: records) : []
        for channel in channels {
            let list = lists[channel] ?? []
            let candidates = list.map { Ranking.Candidate(name: providers[$0].name, price: prices[$0][channel]) }
            var usual: [Segment: [Int]] = [:]
            let orders =
                ranking.isFixed
                ? nil
                : records.indices.map { record -> [Int] in
                    let segment = segments.isEmpty ? Segment() : segments[record]
                    let order = usual[segment] ?? ranking.order(candidates, channel, segment)
                    usual[segment] = order
                    return ranking.order(
                        candidates, channel, segment, person: rounds.name(of: record), usual: order
                    ).map { list[$0] }
                }
            await rounds.run(channel, orders.map(WaterfallRounds.Order.byRecord) ?? .same(list))
        }
        return rounds
    }

    /// The segment of each record's company, by what tables of companies know.
    private func segments(of records: [PersonHints]) async -> [Segment] {
        let companies = records.map(\.company)
        let domains = Array(Set(companies.compactMap(\.self)))
        let known = await accounts(domains: domains, of: accounts.filter { $0.askedAtOnce == nil }).answers
        let segments = Dictionary(uniqueKeysWithValues: zip(domains, known.map { Segment(account: $0.result?.fields) }))
        return companies.map { $0.flatMap { segments[$0] } ?? Segment() }
    }

    // MARK: Companies

    /// Asks for companies by canonical domain; one answer for each, in order.
    package func accounts(domains: [String]) async -> [AccountAnswer] {
        let (answers, uses) = await accounts(domains: domains, of: accounts)
        use.add(ProviderUseTally(uses))
        return answers
    }

    /// For which companies somebody outside would be asked; nobody is.
    package func needsOthers(domains: [String]) async -> [Bool] {
        // Those before the first vendor decide.
        let inside = accounts.prefix { $0.askedAtOnce == nil }
        guard inside.count < accounts.count else { return domains.map { _ in false } }
        return await accounts(domains: domains, of: Array(inside)).answers.map { $0.result == nil }
    }

    /// - Returns: also what was asked of whom.
    private func accounts(
        domains: [String], of providers: [any AccountProvider]
    ) async -> (answers: [AccountAnswer], uses: [ProviderUse]) {
        var uses: [ProviderUse] = []
        var answers = [AccountAnswer](repeating: AccountAnswer(nil), count: domains.count)
        for provider in providers {
            let open = answers.indices.filter {
                answers[$0].result == nil && !answers[$0].failures.contains { $0.why == .stopped }
            }
            guard !open.isEmpty else { break }
            var use = ProviderUse(provider: provider.name, channel: nil)
            use.asked = open.count
            for (index, finding) in zip(open, await provider.find(domains: open.map { domains[$0] })) {
                switch finding {
                case .company(let fields):
                    answers[index].result = AccountResult(
                        accountID: "\(provider.name):\(domains[index])", fields: fields, creditsUsed: provider.price)
                    use.found += 1
                    use.credits += provider.price
                case .nothing: break
                case .failed(let why):
                    answers[index].failures.append(ProviderFailure(provider: provider.name, why: why))
                    guard why != .stopped else {
                        use.asked -= 1
                        continue
                    }
                    use.failed += 1
                    use.lastFailure = why
                }
            }
            uses.append(use)
        }
        return (answers, uses)
    }

    // MARK: Prices

    /// What one record may cost at most.
    package func worst(_ channels: ChannelSet, endpoint: Endpoint) -> Credits {
        settings.worst(channels, endpoint: endpoint)
    }
}

extension PersonHints {
    /// The company's domain; where none is named, that of a work email.
    fileprivate var company: String? { companyDomain ?? email.flatMap(Canonical.companyDomain(ofWorkEmail:)) }
}

extension WaterfallSettings {
    /// What one record may cost at most.
    package func worst(_ channels: ChannelSet, endpoint: Endpoint) -> Credits {
        if endpoint == .account { return accounts.map(\.price).max() ?? .zero }
        return channels.reduce(.zero) { sum, channel in
            let prices = order[channel].compactMap { name in
                providers.first { $0.name == name }.map { price($0.prices[channel], endpoint) }
            }
            let most = charge == .cumulative ? prices.reduce(.zero, +) : prices.max() ?? .zero
            return sum + most
        }
    }
}
