package import EnrichmentAPI
package import Waterfall

/// Who knows the answers.
package protocol AnswerSource: Sendable {
    /// One outcome for each record, in order; records have canonical hints.
    ///
    /// - Parameter isForced: goes round what is known, so nobody else's answer will do.
    func persons(
        _ records: [PersonHints], channels: ChannelSet, endpoint: Endpoint, isForced: Bool
    ) async -> [Waterfall.Outcome]
    /// One answer for each company, in order.
    func accounts(domains: [String], isForced: Bool) async -> [AccountAnswer]
}

/// The waterfall as a source of answers.
package struct WaterfallAnswers: AnswerSource {
    private let waterfall: Waterfall
    private let minConfidence: Double

    package init(_ waterfall: Waterfall, minConfidence: Double) {
        self.waterfall = waterfall
        self.minConfidence = minConfidence
    }

    package func persons(
        _ records: [PersonHints], channels: ChannelSet, endpoint: Endpoint, isForced: Bool
    ) async -> [Waterfall.Outcome] {
        await waterfall.persons(records, channels: channels, endpoint: endpoint, minConfidence: minConfidence)
    }

    package func accounts(domains: [String], isForced: Bool) async -> [AccountAnswer] {
        await waterfall.accounts(domains: domains)
    }
}
