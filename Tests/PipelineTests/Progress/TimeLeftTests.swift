import EnrichmentAPI
import Testing

@testable import Pipeline

/// After the first minute the time that is left is right within a tenth.
@Suite struct TimeLeftTests {
    private func start(_ bytes: Int) -> RunEvent {
        .began(RunStart(run: "r", isResumed: false, rowsBefore: 0, bytes: bytes, limits: ServiceLimits()))
    }

    private func expect(_ left: TimeLeft, _ now: Double, end: Double) {
        guard now > 60, now < end - 30 else { return }
        guard let seconds = left.seconds(now: now) else {
            Issue.record("nothing is known at \(now)")
            return
        }
        #expect(abs(seconds - (end - now)) <= 0.1 * (end - now) + 2, "at \(now): \(seconds) instead of \(end - now)")
    }

    @Test(arguments: [37_000, 250_000]) func withoutLimitsTheSpeedTells(_ first: Int) {
        var left = TimeLeft()
        left.see(start(10_000_000), now: 0)
        // Looking through the input took half a minute, and an earlier attempt had written a part.
        let begin = 30.0
        for step in 0...600 {
            let now = begin + Double(step)
            let bytes = first + (10_000_000 - first) * step / 600
            left.see(.wrote(rows: 10, bytes: bytes), now: now)
            expect(left, now, end: begin + 600)
        }
    }

    /// Twenty calls leave at once, then twenty more a minute after their answers; rows are written as answers come.
    @Test(arguments: [0.2, 8.0]) func whereRequestsWaitForTheQuotaItsRhythmTells(_ latency: Double) {
        let calls = 230, size = 1000
        var left = TimeLeft()
        left.see(start(calls * size), now: 0)
        let bursts = (calls + 19) / 20
        let end = Double(bursts - 1) * (60 + latency) + latency
        var opened = 0, answered = 0
        for burst in 0..<bursts {
            let leaves = Double(burst) * (60 + latency)
            // What is read ahead is bounded.
            while opened < min(calls, answered + 60) {
                left.see(.opened(.bulk), now: leaves)
                opened += 1
                left.see(.planned(bytes: opened * size), now: leaves)
            }
            for call in 0..<min(20, calls - answered) {
                let now = leaves + latency + Double(call) * 0.01
                left.see(
                    .answered(.bulk, records: 100, asked: 100, found: 50, credits: .zero, seconds: latency), now: now)
                left.see(.wrote(rows: 100, bytes: (burst * 20 + call + 1) * size), now: now)
            }
            answered += min(20, calls - answered)
            for second in stride(from: latency + 1, to: 60 + latency, by: 1) {
                let now = leaves + second
                left.see(.waiting(until: leaves + 60 + latency), now: now)
                expect(left, now, end: end)
            }
        }
    }

    @Test func nothingIsSaidWhereTheSizeIsNotKnown() {
        var left = TimeLeft()
        left.see(start(0), now: 0)
        for step in 0..<100 { left.see(.wrote(rows: 1, bytes: step), now: Double(step)) }
        #expect(left.seconds(now: 100) == nil)
    }
}
