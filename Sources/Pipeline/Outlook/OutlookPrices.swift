import EnrichmentAPI
import Ledger

/// What questions may be expected to cost, by what earlier runs tell, else by the price list.
///
/// Pure.
struct OutlookPrices: Sendable {
    let history: [ChannelHistory]
    let accounts: (known: Int, found: Int)
    /// What one record costs at most.
    let worst: @Sendable (ChannelSet, Endpoint) -> Credits

    func questions(_ count: OutlookCount) -> [Forecast.Question] {
        var questions: [Forecast.Question] = []
        for (endpoint, asked) in count.asked where endpoint != .account {
            for channel in Channel.allCases {
                guard let number = asked[channel], number > 0 else { continue }
                let past = history[channel.number], most = credits([channel], endpoint)
                questions.append(
                    Forecast.Question(
                        asked: number, known: past.known, found: past.found, price: min(past.cost ?? most, most),
                        most: most))
            }
        }
        let most = credits([], .account)
        questions.append(
            Forecast.Question(
                asked: count.accounts, known: accounts.known, found: accounts.found, price: most, most: most))
        return questions
    }

    /// For a budget: what one record of each request costs, in their order.
    func parts(_ count: OutlookCount) -> [BudgetOutlook.Part] {
        count.sent.map { sent in
            let expected =
                sent.endpoint == .account
                ? rate(accounts.known, accounts.found) * credits([], .account)
                : sent.channels.reduce(0) { sum, channel in
                    let past = history[channel.number], most = credits([channel], sent.endpoint)
                    return sum + rate(past.known, past.found) * min(past.cost ?? most, most)
                }
            return BudgetOutlook.Part(
                records: sent.records, expected: expected, worst: credits(sent.channels, sent.endpoint))
        }
    }

    /// How often a question is answered with a find, with one find and one miss added, as in ``Forecast``.
    private func rate(_ known: Int, _ found: Int) -> Double { (Double(found) + 1) / (Double(known) + 2) }

    private func credits(_ channels: ChannelSet, _ endpoint: Endpoint) -> Double {
        Double(worst(channels, endpoint).thousandths) / 1000
    }
}
