import EnrichmentAPI
import Ledger
import Server
import TestSupport
import Testing

@Suite struct CallWindowsTests {
    private var limits: ServiceLimits {
        var limits = ServiceLimits()
        (limits.bulkPerMinute, limits.singlePerMinute, limits.perDay) = (3, 5, 20)
        return limits
    }

    @Test func aMinuteTakesSoManyCallsAndSaysWhenTheNextMayCome() {
        var windows = CallWindows(limits)
        for second in 0..<3 {
            guard case .go(let left) = windows.admit(.bulk, now: Double(second)) else {
                Issue.record("\(second)")
                continue
            }
            #expect(left.minute.remaining == 2 - second && left.day.remaining == 19 - second)
        }
        guard case .wait(let seconds, let left) = windows.admit(.bulk, now: 10) else {
            Issue.record("a fourth call was taken")
            return
        }
        #expect(seconds == 50 && left.minute.remaining == 0 && left.minute.resetsIn == 50)
        #expect(windows.admit(.single, now: 10) != .wait(seconds: 50, left))
        guard case .go = windows.admit(.bulk, now: 60) else {
            Issue.record("the first call still counts")
            return
        }
        guard case .wait(let next, _) = windows.admit(.bulk, now: 60) else {
            Issue.record("the second call does not count any more")
            return
        }
        #expect(next == 1)
    }

    @Test func theDayIsForAllCallsAndCallsOfBeforeCountAsWell() {
        var windows = CallWindows(limits)
        for call in 0..<19 { windows.recall(call % 2 == 0 ? .bulk : .single, at: -3600 + Double(call)) }
        guard case .go = windows.admit(.single, now: 0) else {
            Issue.record("the twentieth call was refused")
            return
        }
        guard case .wait(let seconds, _) = windows.admit(.bulk, now: 1) else {
            Issue.record("a call too many")
            return
        }
        #expect(seconds == 86_400 - 3601)
    }

    /// No sliding window ever holds more than is allowed, and a call is refused only where one is full.
    @Test(arguments: 1...10)
    func neverOverAndNeverUnder(_ seed: UInt64) {
        var random = SeededRandom(seed)
        var windows = CallWindows(limits)
        var taken: [(kind: Quota.Kind, at: Double)] = []
        var now = 0.0
        for _ in 0..<600 {
            now += Double.random(in: 0...40, using: &random)
            let kind: Quota.Kind = Bool.random(using: &random) ? .bulk : .single
            let minute = taken.count { $0.kind == kind && $0.at > now - 60 }
            let day = taken.count { $0.at > now - 86_400 }
            let hasRoom = minute < (kind == .bulk ? 3 : 5) && day < 20
            switch windows.admit(kind, now: now) {
            case .go:
                #expect(hasRoom)
                taken.append((kind, now))
            case .wait(let seconds, _):
                #expect(!hasRoom && seconds > 0)
                if Bool.random(using: &random) { now += seconds }
            }
        }
    }
}
