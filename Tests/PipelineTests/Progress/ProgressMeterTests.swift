import EnrichmentAPI
import Foundation
import Synchronization
import Testing

@testable import Pipeline

/// What is seen of a run while it goes on.
@Suite struct ProgressMeterTests {
    private final class Screen: Sendable {
        private let shown = Mutex<[String]>([])
        var texts: [String] { shown.withLock { $0 } }
        func show(_ text: String) { shown.withLock { $0.append(text) } }
    }

    private let begun = RunEvent.began(
        RunStart(run: "nightly-1", isResumed: false, rowsBefore: 0, bytes: 1000, limits: ServiceLimits()))

    /// A minute of a run, an event every tenth of a second.
    private func watch(_ style: ProgressMeter.Style, width: Int = 100) -> [String] {
        let screen = Screen()
        let meter = ProgressMeter(style, width: { width }, print: screen.show)
        var counts = RunCounts()
        for step in 0...600 {
            let now = 1_795_642_200 + Double(step) / 10
            let event: RunEvent =
                switch step {
                case 0: begun
                case 300: .waiting(until: now + 20)
                case let step where step % 2 == 0:
                    .answered(
                        .bulk, records: 10, asked: 20, found: 7, credits: Credits(thousandths: 1500), seconds: 0.1)
                default: .wrote(rows: 10, bytes: step)
                }
            counts.count(event, now: now)
            meter.saw(event, counts, now: now)
        }
        meter.finish()
        return screen.texts
    }

    @Test(arguments: [20, 40, 60, 100, 300]) func theBarKeepsWithinTheTerminal(_ width: Int) {
        for text in watch(.bar, width: width) {
            let line = text.replacing("\r", with: "").replacing("\u{1B}[K", with: "")
            #expect(line.count < width && !line.contains("\n"), "\(line)")
        }
    }

    @Test func theBarIsDrawnOverItselfAFewTimesASecondAndTakenAway() throws {
        let texts = watch(.bar)
        #expect(texts.count > 200 && texts.count <= 302)
        // Nothing is wiped before it is written anew, so nothing flickers.
        #expect(
            texts.dropLast().allSatisfy { $0.hasPrefix("\r") && $0.hasSuffix("\u{1B}[K") && !$0.hasPrefix("\r\u{1B}") })
        #expect(texts.last == "\r\u{1B}[K")
        let waiting = try #require(texts.first { $0.contains("waiting until") })
        #expect(waiting.contains(/waiting until \d\d:\d\d:\d\d/))
        #expect(
            watch(.bar, width: 200).contains {
                $0.contains("35 % found") && $0.contains("left") && $0.contains("credits")
            })
    }

    @Test func withoutATerminalThereIsALineNowAndThen() {
        let texts = watch(.lines)
        #expect((5...6).contains(texts.count) && texts.allSatisfy { $0.hasSuffix("\n") && !$0.contains("\u{1B}") })
    }

    @Test func eventsForProgramsAreJSONFromTheStartOn() throws {
        let events = try watch(.json).map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect((12...14).contains(events.count))
        #expect(events.allSatisfy { $0["event"] as? String == "progress" && $0["run"] as? String == "nightly-1" })
        #expect(events.last?["rows"] as? Int ?? 0 > 2500 && events.last?["seconds_left"] is Double)
        #expect(events.contains { ($0["waiting_until"] as? String)?.hasSuffix("Z") == true })
    }

    @Test func offIsOff() { #expect(watch(.off).isEmpty) }
}
