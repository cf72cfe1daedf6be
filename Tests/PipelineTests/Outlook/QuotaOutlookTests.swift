import EnrichmentAPI
import Ledger
import TestSupport
import Testing

@testable import Pipeline

/// The least time is that of calls that leave as soon as the quota lets them.
@Suite struct QuotaOutlookTests {
    private func limits(_ bulk: Int, _ single: Int, _ day: Int) -> ServiceLimits {
        var limits = ServiceLimits()
        (limits.bulkPerMinute, limits.singlePerMinute, limits.perDay) = (bulk, single, day)
        return limits
    }

    /// By the very decisions of a run.
    private func walk(_ bulk: Int, _ single: Int, _ limits: ServiceLimits, _ earlier: [Quota.Kind: [Double]]) -> Double
    {
        let quota = Quota(limits)
        var history = earlier.flatMap { kind, times in times.map { Quota.Slot(kind: kind, counted: $0) } }
        var left: [Quota.Kind: Int] = [.bulk: bulk, .single: single]
        var now = 0.0, last = 0.0
        while left.values.contains(where: { $0 > 0 }) {
            var next = Double.infinity
            var hasLeft = false
            for kind in [Quota.Kind.bulk, .single] {
                while left[kind] ?? 0 > 0 {
                    let ahead = kind == .single ? left[.bulk] ?? 0 : 0
                    let decision = quota.decide(kind, history: history, word: Quota.Word(), ahead: ahead, now: now)
                    if case .wait(let until, _) = decision { next = min(next, until) }
                    guard decision == .go else { break }
                    history.append(Quota.Slot(kind: kind, counted: now))
                    left[kind]? -= 1
                    (last, hasLeft) = (now, true)
                }
            }
            if !hasLeft { now = next }
        }
        return last
    }

    @Test func itIsThatOfARunCallByCall() {
        for seed in 1...60 as ClosedRange<UInt64> {
            var random = SeededRandom(seed)
            let limits = limits(
                .random(in: 1...5, using: &random), .random(in: 1...9, using: &random),
                .random(in: 3...40, using: &random))
            let bulk = Int.random(in: 0...30, using: &random), single = Int.random(in: 0...30, using: &random)
            var earlier: [Quota.Kind: [Double]] = [:]
            for kind in Quota.Kind.allCases {
                earlier[kind] = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    -Double.random(in: 0...86_000, using: &random)
                }.sorted()
            }
            let outlook = QuotaOutlook(bulk: bulk, single: single, limits: limits, earlier: earlier, heldFor: 0)
            let walked = walk(bulk, single, limits, earlier)
            // Within a day bulk calls may keep slots for themselves that they come to need only some minutes later.
            let most = outlook.dayEndsIn == nil ? 1.0 : 600
            #expect(abs(outlook.seconds - walked) <= most, "seed \(seed): \(outlook.seconds) instead of \(walked)")
        }
    }

    @Test func aMinuteOfBulkCallsIsFree() {
        let one = QuotaOutlook(bulk: 20, single: 100, limits: ServiceLimits(), earlier: [:], heldFor: 0)
        #expect(one.seconds == 0 && one.dayEndsIn == nil)
        #expect(QuotaOutlook(bulk: 21, single: 0, limits: ServiceLimits(), earlier: [:], heldFor: 0).seconds == 60)
        #expect(QuotaOutlook(bulk: 1, single: 0, limits: ServiceLimits(), earlier: [:], heldFor: 90).seconds == 90)
    }

    @Test func itSaysWhenTheDayEndsAndGoesOn() {
        let outlook = QuotaOutlook(bulk: 10_050, single: 0, limits: ServiceLimits(), earlier: [:], heldFor: 0)
        // 20 calls a minute: the 10,000th leaves after 499 minutes.
        #expect(outlook.dayEndsIn == 499 * 60 && outlook.callsUntilThen == 10_000)
        #expect(outlook.resumesIn == 86_400 && outlook.seconds == 86_400 + 120)
    }

    @Test func millionsOfCallsAreSoonLookedThrough() {
        let outlook = QuotaOutlook(bulk: 50_000, single: 3_000_000, limits: ServiceLimits(), earlier: [:], heldFor: 0)
        #expect(outlook.seconds / 86_400 > 303 && outlook.seconds / 86_400 < 305)
    }
}
