import EnrichmentAPI

/// How many records a budget lets through.
///
/// Pure. A request leaves while its worst case fits into what is left; what it costs in the end is less.
struct BudgetOutlook: Sendable, Equatable {
    /// Records of which one costs the same.
    struct Part: Sendable {
        var records: Int
        /// Of one record, in credits.
        var expected: Double
        var worst: Double
    }

    /// Credits that are left of the budgets.
    let most: Credits
    /// Records that are asked for where each costs what may be expected, and where each costs its worst.
    private(set) var expected = 0
    private(set) var fewest = 0

    /// - Parameter parts: in the order in which they are asked for.
    init(_ parts: [Part], most: Credits) {
        self.most = most
        let budget = Double(most.thousandths) / 1000
        func covered(_ cost: (Part) -> Double) -> Int {
            var spent = 0.0, count = 0
            for part in parts {
                let one = cost(part)
                // The last record that leaves has to fit in by its worst case.
                let room = budget - spent - part.worst
                guard room >= -1e-9 else { return count }
                let fitting = one <= 0 ? part.records : min(part.records, Int((room + 1e-9) / one) + 1)
                count += fitting
                spent += Double(fitting) * one
                if fitting < part.records { return count }
            }
            return count
        }
        expected = covered(\.expected)
        fewest = covered(\.worst)
    }
}
