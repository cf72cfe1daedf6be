package import EnrichmentAPI
import Foundation
package import Ledger

/// How the providers of each channel stand: their order, what each was worth so far, and why it has its place.
///
/// Pure.
package struct ProviderStandings {
    package struct Standing: Sendable {
        package var channel: Channel
        /// 1-based.
        package var place: Int
        package var provider: String
        package var price: Credits
        package var use: ProviderUse
        /// Of the people for whom it was tried, how many it had; nil where it never was.
        package var hitRate: Double?
        /// Of its emails with a verdict, how many are valid; nil where none has one.
        package var validRate: Double?
        /// Expected replies per contact; nil where nobody ever replied to anybody, or not.
        package var replyRate: Double?
        package var contacts: Int
        package var replies: Int
        /// What a valid contact of it cost; for phones and profiles, what any contact did.
        package var creditsPerValid: Double?
        package var why: String
    }

    package let standings: [Standing]

    /// - Parameters:
    ///   - validity: of each source's emails, how many have a verdict and how many are valid.
    ///   - segment: the companies for whose people the order is.
    package init(
        _ settings: WaterfallSettings, evidence: [Evidence], use: [ProviderUse],
        validity: [String: (checked: Int, valid: Int)], segment: Segment = Segment()
    ) {
        let ranking = Ranking(settings, evidence: evidence)
        standings = Channel.allCases.flatMap { channel in
            let list = settings.order[channel].compactMap { name in
                settings.providers.first { $0.name == name }.map {
                    Ranking.Candidate(name: name, price: $0.prices[channel])
                }
            }
            return ranking.order(list, channel, segment).enumerated().map { place, index in
                let candidate = list[index]
                let own =
                    use.first { $0.provider == candidate.name && $0.channel == channel }
                    ?? ProviderUse(provider: candidate.name, channel: channel)
                let valid =
                    channel.isEmail ? validity[candidate.name].map { Double($0.valid) / Double($0.checked) } : nil
                let contacts = ranking.rates.contacts(candidate.name, channel)
                return Standing(
                    channel: channel, place: place + 1, provider: candidate.name, price: candidate.price, use: own,
                    hitRate: own.asked > 0 ? Double(own.found) / Double(own.asked) : nil, validRate: valid,
                    replyRate: evidence.isEmpty ? nil : ranking.rates.rate(candidate.name, channel, segment),
                    contacts: contacts, replies: ranking.rates.replies(candidate.name, channel),
                    creditsPerValid: Self.perValid(own, valid),
                    why: Self.why(settings.rank, candidate, channel, segment, ranking.rates))
            }
        }
    }

    private static func perValid(_ use: ProviderUse, _ valid: Double?) -> Double? {
        let contacts = Double(use.found) * (valid ?? 1)
        return contacts > 0 ? Double(use.credits.thousandths) / 1000 / contacts : nil
    }

    private static func why(
        _ rule: WaterfallSettings.Rank, _ candidate: Ranking.Candidate, _ channel: Channel, _ segment: Segment,
        _ rates: ReplyRates
    ) -> String {
        guard rule != .fixed else { return "as the file says" }
        let evidence = rates.words(candidate.name, channel, segment)
        let expected = rates.rate(candidate.name, channel, segment) * 100
        guard rule == .repliesPerCredit, candidate.price > .zero else { return evidence }
        let perCredit = expected / (Double(candidate.price.thousandths) / 1000)
        return evidence + ", \(perCredit.formatted(.number.precision(.fractionLength(2)))) per hundred credits"
    }
}
