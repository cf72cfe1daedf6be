import EnrichmentAPI
import Ledger
import TestSupport
import Testing

@Suite struct QuotaTests {
    static var limits: ServiceLimits {
        var limits = ServiceLimits()
        limits.bulkPerMinute = 3
        limits.singlePerMinute = 5
        limits.perDay = 20
        return limits
    }

    private func slots(_ kind: Quota.Kind, _ times: [Double?]) -> [Quota.Slot] {
        times.map { Quota.Slot(kind: kind, counted: $0) }
    }

    @Test func aCallLeavesWhileThereIsRoom() {
        let quota = Quota(Self.limits)
        #expect(quota.decide(.bulk, history: slots(.bulk, [100, 110]), now: 120) == .go)
        #expect(quota.decide(.bulk, history: slots(.bulk, [40, 110, 115]), now: 120) == .go)
        #expect(quota.decide(.bulk, history: slots(.single, [100, 110, 111, 112, 113]), now: 120) == .go)
    }

    @Test func aSlotComesFreeOneMinuteAfterItsAnswer() {
        let history = slots(.bulk, [100, 110, 115])
        #expect(
            Quota(Self.limits).decide(.bulk, history: history, now: 120)
                == .wait(until: 160, reason: .minute))
        #expect(Quota(Self.limits).decide(.bulk, history: history, now: 160) == .go)
    }

    @Test func callsInTheAirHoldTheirSlots() {
        #expect(
            Quota(Self.limits).decide(.bulk, history: slots(.bulk, [nil, nil, nil]), now: 0)
                == .waitForAnswer)
        #expect(
            Quota(Self.limits).decide(.bulk, history: slots(.bulk, [nil, nil, 10]), now: 20)
                == .wait(until: 70, reason: .minute))
    }

    @Test func theDayCountsAllCalls() {
        let history = slots(.single, (0..<12).map { Double($0) }) + slots(.bulk, (0..<8).map { Double($0) })
        #expect(
            Quota(Self.limits).decide(.bulk, history: history, now: 1000)
                == .wait(until: 86_400, reason: .day))
    }

    @Test func theServicesWordCountsMoreThanOurs() {
        #expect(
            Quota(Self.limits).decide(.bulk, history: [], word: Quota.Word(hold: 50), now: 20)
                == .wait(until: 50, reason: .service))
        #expect(Quota(Self.limits).decide(.bulk, history: [], word: Quota.Word(hold: 50), now: 50) == .go)
    }

    @Test func aPolicyThatIsTighterThanOurLimitsCounts() {
        let short = Quota.Word(policies: [Allowance.Policy(quota: 2, window: 10)])
        let history = slots(.bulk, [100, 105])
        #expect(
            Quota(Self.limits).decide(.bulk, history: history, word: short, now: 106)
                == .wait(until: 110, reason: .service))
        #expect(Quota(Self.limits).decide(.bulk, history: history, word: short, now: 110) == .go)
        #expect(Quota(Self.limits).decide(.bulk, history: slots(.single, [100, 105]), word: short, now: 106) == .go)
        // A long one is for all calls together, as the day's limit is.
        let long = Quota.Word(policies: [Allowance.Policy(quota: 2, window: 7200)])
        #expect(
            Quota(Self.limits).decide(.bulk, history: slots(.single, [100, 105]), word: long, now: 200)
                == .wait(until: 7300, reason: .service))
        #expect(
            Quota(Self.limits).decide(
                .bulk, history: slots(.bulk, [100, 101, 102]),
                word: Quota.Word(policies: [Allowance.Policy(quota: 50, window: 60)]), now: 110)
                == .wait(until: 160, reason: .minute))
    }

    /// Whatever the latencies are, no window of a minute ever sees more arrivals than are allowed.
    @Test(arguments: 1...20)
    func noSlidingWindowIsEverOverfull(_ seed: UInt64) {
        var random = SeededRandom(seed)
        let quota = Quota(Self.limits)
        var now = 0.0
        var history: [Quota.Slot] = []
        var inTheAir: [(slot: Int, answer: Double)] = []
        var arrivals: [Double] = []
        while arrivals.count < 60 {
            for flight in inTheAir where flight.answer <= now { history[flight.slot].counted = flight.answer }
            inTheAir.removeAll { $0.answer <= now }
            var limits = quota
            limits.limits.perDay = 1000
            switch limits.decide(.bulk, history: history, now: now) {
            case .go:
                let answer = now + Double.random(in: 0.01...20, using: &random)
                arrivals.append(Double.random(in: now...answer, using: &random))
                history.append(Quota.Slot(kind: .bulk, counted: nil))
                inTheAir.append((history.count - 1, answer))
            case .wait(let until, _): now = min(until, inTheAir.map(\.answer).min() ?? until)
            case .waitForAnswer: now = inTheAir.map(\.answer).min() ?? now
            }
        }
        for arrival in arrivals {
            #expect(arrivals.count { $0 >= arrival && $0 < arrival + 60 } <= 3)
        }
    }
}
