package import EnrichmentAPI
package import Ledger

/// In which order the providers of a channel are tried for a person.
///
/// Pure.
package struct Ranking: Sendable {
    package let rates: ReplyRates
    private let rule: WaterfallSettings.Rank
    private let explore: Double

    package init(_ settings: WaterfallSettings, evidence: [Evidence]) {
        rule = settings.rank
        explore = settings.rank == .fixed ? 0 : settings.explore
        rates = ReplyRates(evidence)
    }

    package var isFixed: Bool { rule == .fixed }
    /// Whether the order may differ from company to company.
    var needsSegments: Bool { !isFixed && rates.hasSegments }

    /// A provider in the list of a channel.
    package struct Candidate: Sendable {
        package var name: String
        package var price: Credits

        package init(name: String, price: Credits) {
            self.name = name
            self.price = price
        }
    }

    /// Places in the list, the first to be tried first; where two are equal, as they stand in it.
    package func order(_ list: [Candidate], _ channel: Channel, _ segment: Segment = Segment()) -> [Int] {
        guard !isFixed else { return Array(list.indices) }
        return sorted(list) { worth(rates.rate($0.name, channel, segment), $0.price) }
    }

    /// The order for one person: now and then drawn by chance, so that others get to show what they are worth.
    ///
    /// - Parameter person: the same text is always the same chance.
    func order(_ list: [Candidate], _ channel: Channel, _ segment: Segment, person: String, usual: [Int]) -> [Int] {
        guard explore > 0, list.count > 1 else { return usual }
        var chance = Chance("\(channel.rawValue) \(person)")
        guard chance.share() < explore else { return usual }
        return sorted(list) { worth(rates.drawn($0.name, channel, segment, &chance), $0.price) }
    }

    private func sorted(_ list: [Candidate], by worth: (Candidate) -> Double) -> [Int] {
        let worths = list.map(worth)
        return list.indices.sorted { (-worths[$0], $0) < (-worths[$1], $1) }
    }

    /// - Parameter rate: expected replies per contact.
    private func worth(_ rate: Double, _ price: Credits) -> Double {
        // What costs nothing is worth a thousand times what costs a credit.
        rule == .repliesPerCredit ? rate / max(Double(price.thousandths) / 1000, 0.001) : rate
    }
}

extension Segment {
    /// The segment of a company, as far as its fields tell.
    package init(account: [String: String]?) {
        // A number, or a range such as 1,001-5,000 or 10,001+.
        let employees = account?["employee_count"].flatMap { text in
            Double(text).flatMap { Int(exactly: $0.rounded(.down)) }
                ?? Int(text.prefix { $0.isNumber || ",.'".contains($0) }.filter(\.isNumber))
        }
        self.init(
            country: account?["hq_country"]?.lowercased() ?? "",
            size: employees.map { count in
                switch count {
                case ..<11: "1-10"
                case ..<51: "11-50"
                case ..<201: "51-200"
                case ..<1001: "201-1000"
                case ..<5001: "1001-5000"
                default: "5001+"
                }
            } ?? "")
    }
}
