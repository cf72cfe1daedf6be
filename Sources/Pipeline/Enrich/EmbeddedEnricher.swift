package import EnrichmentAPI
package import Waterfall

/// The embedded waterfall as an enricher: answers at once and never fails.
package struct EmbeddedEnricher: Enricher {
    private let waterfall: Waterfall
    private let minConfidence: Double

    package init(_ waterfall: Waterfall, minConfidence: Double) {
        self.waterfall = waterfall
        self.minConfidence = minConfidence
    }

    /// As many as a batch has rows: there is no limit to keep, and fewer commits are faster.
    package func recordsPerRequest(_ endpoint: Endpoint) -> Int { 4096 }
    package var isExternal: Bool { false }

    package func worst(_ channels: ChannelSet, endpoint: Endpoint) -> Credits {
        waterfall.worst(channels, endpoint: endpoint)
    }

    package func send(_ request: EnrichmentRequest) async -> EnrichmentAnswer {
        if request.endpoint == .account {
            return EnrichmentAnswer(.accounts(request.records.map { $0.companyDomain.flatMap(waterfall.account) }))
        }
        let outcomes = request.records.map {
            waterfall.person($0, channels: request.channels, endpoint: request.endpoint, minConfidence: minConfidence)
        }
        return EnrichmentAnswer(.persons(outcomes.map(\.result), costs: outcomes.map(\.costs)))
    }
}
