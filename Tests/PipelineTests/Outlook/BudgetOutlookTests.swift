import EnrichmentAPI
import TestSupport
import Testing

@testable import Pipeline

@Suite struct BudgetOutlookTests {
    /// Record by record: one leaves while its worst fits into what is left.
    private func walk(_ parts: [BudgetOutlook.Part], _ most: Double, _ cost: (BudgetOutlook.Part) -> Double) -> Int {
        var spent = 0.0, count = 0
        for part in parts {
            for _ in 0..<part.records {
                guard spent + part.worst <= most + 1e-9 else { return count }
                spent += cost(part)
                count += 1
            }
        }
        return count
    }

    @Test func asManyRecordsAsOneByOne() {
        for seed in 1...200 as ClosedRange<UInt64> {
            var random = SeededRandom(seed)
            let parts = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                let worst = Double(Int.random(in: 0...20, using: &random)) / 4
                return BudgetOutlook.Part(
                    records: .random(in: 1...50, using: &random),
                    expected: worst * Double(Int.random(in: 0...4, using: &random)) / 4, worst: worst)
            }
            let most = Int.random(in: 0...300, using: &random)
            let outlook = BudgetOutlook(parts, most: Credits(thousandths: most * 1000))
            #expect(outlook.expected == walk(parts, Double(most)) { $0.expected }, "seed \(seed)")
            #expect(outlook.fewest == walk(parts, Double(most)) { $0.worst }, "seed \(seed)")
        }
    }
}
