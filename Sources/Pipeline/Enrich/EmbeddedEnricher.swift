package import EnrichmentAPI
package import Waterfall

/// The embedded waterfall as an enricher: answers at once and never fails.
package struct EmbeddedEnricher: Enricher {
    private let waterfall: Waterfall
    private let minConfidence: Double
    package let mostForOthers: Int?

    package init(_ waterfall: Waterfall, minConfidence: Double) {
        self.waterfall = waterfall
        self.minConfidence = minConfidence
        // As many as keep vendors busy: those in the air are asked for again where the run is killed.
        mostForOthers = waterfall.askedAtOnce.map { max($0, min(4 * $0, 256)) }
    }

    /// As many as a batch has rows: there is no limit to keep, and fewer commits are faster.
    package func recordsPerRequest(_ endpoint: Endpoint) -> Int { 4096 }
    package var isExternal: Bool { false }

    package func worst(_ channels: ChannelSet, endpoint: Endpoint) -> Credits {
        waterfall.worst(channels, endpoint: endpoint)
    }

    package func send(_ request: EnrichmentRequest) async -> EnrichmentAnswer {
        if request.endpoint == .account {
            let accounts = await waterfall.accounts(domains: request.records.map { $0.companyDomain ?? "" })
            return EnrichmentAnswer(.accounts(accounts))
        }
        let outcomes = await waterfall.persons(
            request.records, channels: request.channels, endpoint: request.endpoint, minConfidence: minConfidence)
        return EnrichmentAnswer(.persons(outcomes.map(\.result), costs: outcomes.map(\.costs)))
    }

    package func needsOthers(_ request: EnrichmentRequest) async -> [Bool] {
        request.endpoint == .account
            ? await waterfall.needsOthers(domains: request.records.map { $0.companyDomain ?? "" })
            : await waterfall.needsOthers(
                request.records, channels: request.channels, endpoint: request.endpoint, minConfidence: minConfidence)
    }
}
