package import EnrichmentAPI
import Records
package import Waterfall

/// Answers that are made up, for rehearsals without a waterfall: about as many hits as a good service has, values that
/// nobody can take for real, and the same answer for the same person.
package struct InventedAnswers: AnswerSource {
    private static let prices: [Channel: Int] = [.workEmail: 2, .personalEmail: 2, .phone: 4, .linkedinURL: 1]
    /// Of a hundred people, how many have each channel.
    private static let hits: [Channel: Int] = [.workEmail: 70, .personalEmail: 35, .phone: 45, .linkedinURL: 60]

    package init() {}

    package func persons(
        _ records: [PersonHints], channels: ChannelSet, endpoint: Endpoint, isForced: Bool
    ) async -> [Waterfall.Outcome] {
        records.map { hints in
            let query = PersonQuery(hints, endpoint: endpoint)
            var outcome = Waterfall.Outcome(
                result: PersonResult(recordID: query.recordID, channels: [:], creditsUsed: .zero), costs: [:])
            for channel in channels {
                let number = Self.number("\(query.name) \(channel.rawValue)")
                let isHit = number % 100 < UInt64(Self.hits[channel] ?? 0)
                let cost = isHit ? Credits(thousandths: (Self.prices[channel] ?? 0) * 1000) : .zero
                outcome.costs[channel] = cost
                outcome.result.creditsUsed += cost
                outcome.result.channels[channel] =
                    isHit
                    ? .found(
                        ChannelValue(
                            value: Self.value(channel, number / 100), source: "rehearsal", confidence: 0.9,
                            enrichedAt: "2026-01-01T00:00:00Z")) : .missed(tried: ["rehearsal"])
            }
            return outcome
        }
    }

    package func accounts(domains: [String], isForced: Bool) async -> [AccountAnswer] {
        domains.map { domain in
            let number = Self.number(domain)
            guard number % 100 < 80 else { return AccountAnswer(nil) }
            return AccountAnswer(
                AccountResult(
                    accountID: "rehearsal:\(domain)",
                    fields: [
                        "industry": "Rehearsing", "employee_count": "\(10 + number % 5000)",
                        "founded_year": "\(1950 + number % 70)",
                    ], creditsUsed: Credits(thousandths: 1000)))
        }
    }

    private static func value(_ channel: Channel, _ number: UInt64) -> String {
        switch channel {
        case .workEmail: "rehearsal.\(number % 1_000_000)@company.example"
        case .personalEmail: "rehearsal.\(number % 1_000_000)@home.example"
        // 555-0100 to 555-0199 are set aside for fiction.
        case .phone: "+1212555\(String(10_100 + number % 100).dropFirst())"
        case .linkedinURL: "https://www.linkedin.com/in/rehearsal-\(number % 1_000_000)"
        }
    }

    /// Stirred once more, so that texts that end alike fall apart.
    private static func number(_ text: String) -> UInt64 {
        let hash = text.stableHash
        return (hash ^ (hash >> 29)) % 1_000_000_007
    }
}
