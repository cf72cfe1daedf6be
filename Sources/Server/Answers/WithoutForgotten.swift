package import EnrichmentAPI
package import Ledger
package import Waterfall

/// Asks nobody for people who were forgotten: they are found nowhere, for nothing.
package struct WithoutForgotten: AnswerSource {
    private let source: any AnswerSource
    private let forgotten: ForgottenPeople

    package init(_ source: any AnswerSource, forgotten: ForgottenPeople) {
        self.source = source
        self.forgotten = forgotten
    }

    package func persons(
        _ records: [PersonHints], channels: ChannelSet, endpoint: Endpoint, isForced: Bool
    ) async -> [Waterfall.Outcome] {
        let queries = records.map { PersonQuery($0, endpoint: endpoint) }
        let open = records.indices.filter { !queries[$0].aliases.contains(where: forgotten.contains) }
        var outcomes = queries.map { query in
            Waterfall.Outcome(
                result: PersonResult(recordID: query.recordID, channels: ChannelMap(), creditsUsed: .zero),
                costs: ChannelMap())
        }
        for record in outcomes.indices {
            for channel in channels { outcomes[record].result.channels[channel] = .missed(tried: []) }
        }
        guard !open.isEmpty else { return outcomes }
        let found = await source.persons(
            open.map { records[$0] }, channels: channels, endpoint: endpoint, isForced: isForced)
        for (record, outcome) in zip(open, found) { outcomes[record] = outcome }
        return outcomes
    }

    package func accounts(domains: [String], isForced: Bool) async -> [AccountAnswer] {
        await source.accounts(domains: domains, isForced: isForced)
    }
}
