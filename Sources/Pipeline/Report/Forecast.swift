package import EnrichmentAPI
import Foundation
import Ledger

/// What a run's questions were to cost, by what was known before it.
///
/// Pure. How often a channel is found is drawn from earlier answers of the workspace, with one find and one miss added, so
/// that a workspace without any is not sure of anything. Low and high leave out one case in twenty each, counting both the
/// chance of each find and how little is known of the rate (a beta-binomial spread).
package struct Forecast: Sendable, Codable, Equatable {
    package var low: Credits
    package var expected: Credits
    package var high: Credits
    /// Where everything is found, each at the dearest.
    package var worst: Credits

    /// A question that is asked so many times.
    struct Question: Sendable {
        var asked: Int
        /// Answers of earlier runs, and how many of them were finds.
        var known: Int
        var found: Int
        /// Credits that a find costs.
        var price: Double
        /// Credits that it costs at most.
        var most: Double
    }

    /// Standard deviations that leave out one case in twenty.
    private static let spread = 1.645

    init(_ questions: [Question]) {
        var mean = 0.0, variance = 0.0, most = 0.0
        let questions = questions.filter { $0.asked > 0 }
        for question in questions {
            let strength = Double(question.known) + 2
            let rate = (Double(question.found) + 1) / strength
            let asked = Double(question.asked)
            mean += asked * rate * question.price
            variance +=
                asked * rate * (1 - rate) * (strength + asked) / (strength + 1) * question.price * question.price
            most += asked * question.most
        }
        let spread = Self.spread * variance.squareRoot()
        func credits(_ value: Double) -> Credits { Credits(thousandths: Int((max(0, value) * 1000).rounded())) }
        expected = credits(mean)
        low = credits(mean - spread)
        high = credits(min(mean + spread, max(most, mean)))
        worst = credits(most)
    }
}
