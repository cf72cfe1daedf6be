package import EnrichmentAPI
package import Waterfall

/// The embedded waterfall as an enricher: answers at once and never fails.
package struct EmbeddedEnricher: Enricher {
    private let waterfall: Waterfall
    private let minConfidence: Double
    private let mostRecords: Int
    package let asksOthers: Bool

    package init(_ waterfall: Waterfall, minConfidence: Double) {
        self.waterfall = waterfall
        self.minConfidence = minConfidence
        // As many as a batch has rows, since there is no limit to keep and fewer commits are faster. Where vendors are
        // asked, only as many as keep them busy: those in the air are asked for again where the run is killed.
        let atOnce = waterfall.askedAtOnce
        mostRecords = atOnce.map { max($0, min(4 * $0, 256)) } ?? 4096
        asksOthers = atOnce != nil
    }

    package func recordsPerRequest(_ endpoint: Endpoint) -> Int { mostRecords }
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
}
