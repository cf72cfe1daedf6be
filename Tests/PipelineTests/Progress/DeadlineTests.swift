import Foundation
import Testing

@testable import Pipeline

@Suite struct DeadlineTests {
    /// 2026-11-25 22:30 in Berlin, in winter.
    private let now = 1_795_642_200.0
    private let berlin = TimeZone(identifier: "Europe/Berlin") ?? .gmt

    @Test(arguments: [
        ("23:00", 1800.0), ("06:00", 27_000), ("22:30", 86_400), ("22:30:01", 1), ("90m", 5400), ("2h", 7200),
        ("45s", 45), ("2026-11-26T00:00", 5400), ("2026-11-26 00:00:30", 5430), ("2026-11-25T22:00Z", 1800),
        ("2026-11-25T22:00:00+00:00", 1800), ("2026-11-25T23:00+0100", 1800),
    ])
    func isATimeOfTheDayADateOrAWhile(_ text: String, _ seconds: Double) {
        #expect(Deadline(text, now: now, zone: berlin)?.time == now + seconds)
    }

    @Test(arguments: ["", "6", "25:00", "06:60", "soon", "2026-13-01T00:00", "-5m", "5", "2026-11-26"])
    func anythingElseIsNone(_ text: String) { #expect(Deadline(text, now: now, zone: berlin) == nil) }
}
