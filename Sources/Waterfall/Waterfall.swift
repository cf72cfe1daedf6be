package import EnrichmentAPI
import Identity
import Records
import Settings

/// The embedded engine: per channel, providers in turn until one has a usable value.
package struct Waterfall: Sendable {
    private let settings: WaterfallSettings
    private let order: [Channel: [TableProvider]]
    private let accounts: [AccountTable]

    /// Reads the waterfall file and every provider in it.
    ///
    /// - Throws: ``InvalidSettings``, or ``Diagnostic`` for a provider whose file cannot be read.
    package init(path: String, environment: [String: String]) throws {
        let settings = try WaterfallSettings.read(path, environment: environment)
        self.settings = settings
        let providers = Dictionary(
            uniqueKeysWithValues: try settings.providers.map { ($0.name, try TableProvider($0)) })
        order = Dictionary(
            uniqueKeysWithValues: Channel.allCases.map { channel in
                (channel, settings.order[channel].compactMap { providers[$0] })
            })
        accounts = try settings.accounts.map(AccountTable.init)
    }

    /// A result, and what each channel cost of it.
    package struct Outcome: Sendable {
        package var result: PersonResult
        package var costs: [Channel: Credits]
    }

    /// Asks for a person.
    ///
    /// - Parameter endpoint: `discover` finds by name and company domain, the others by email and LinkedIn URL.
    package func person(_ hints: PersonHints, channels: ChannelSet, endpoint: Endpoint, minConfidence: Double)
        -> Outcome
    {
        let aliases = Self.aliases(of: hints, endpoint: endpoint)
        let factor = endpoint == .discover ? settings.discoverFactor : 1
        var outcome = Outcome(
            result: PersonResult(recordID: Self.recordID(aliases.first ?? ""), channels: [:], creditsUsed: .zero),
            costs: [:])
        for channel in channels {
            var tried: [String] = []
            var spent = Credits.zero
            var found: ChannelValue?
            for provider in order[channel] ?? [] {
                tried.append(provider.name)
                let price = Credits(thousandths: provider.prices[channel].thousandths * factor)
                spent = settings.charge == .cumulative ? spent + price : price
                guard let person = provider.find(aliases), let value = provider.value(channel, of: person) else {
                    continue
                }
                if value.confidence >= minConfidence, value.value != hints.email, value.value != hints.linkedinURL {
                    found = value
                    break
                }
            }
            // Only success is charged.
            let cost = found == nil ? .zero : spent
            outcome.costs[channel] = cost
            outcome.result.creditsUsed = outcome.result.creditsUsed + cost
            outcome.result.channels[channel] = found.map { .found($0) } ?? .missed(tried: tried)
        }
        return outcome
    }

    package func account(domain: String) -> AccountResult? {
        accounts.lazy.compactMap { $0.find(domain: domain) }.first
    }

    /// What one record may cost at most.
    package func worst(_ channels: ChannelSet, endpoint: Endpoint) -> Credits {
        if endpoint == .account { return accounts.map(\.price).max() ?? .zero }
        let factor = endpoint == .discover ? settings.discoverFactor : 1
        return channels.reduce(.zero) { sum, channel in
            let prices = (order[channel] ?? []).map { $0.prices[channel] }
            let most = settings.charge == .cumulative ? prices.reduce(.zero, +) : prices.max() ?? .zero
            return sum + Credits(thousandths: most.thousandths * factor)
        }
    }

    private static func aliases(of hints: PersonHints, endpoint: Endpoint) -> [String] {
        if endpoint == .discover {
            guard let first = hints.firstName, let last = hints.lastName, let domain = hints.companyDomain else {
                return []
            }
            return [AliasKey.name(first: first, last: last, domain: domain)]
        }
        return [hints.email.map(AliasKey.email), hints.linkedinURL.map(AliasKey.linkedin)].compactMap { $0 }
    }

    /// An id that stays the same for the same person (FNV-1a, 64 bits).
    private static func recordID(_ alias: String) -> String {
        let hash = alias.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return "emb_" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
