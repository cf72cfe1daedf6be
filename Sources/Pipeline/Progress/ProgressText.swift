import EnrichmentAPI
import Foundation

/// How far a run is, in words.
///
/// Pure.
package enum ProgressText {
    /// A bar and as many facts as there is room for, the most telling ones first.
    static func bar(_ counts: RunCounts, now: Double, width: Int) -> String {
        var text = ""
        if let share = counts.share, width >= 60 {
            let cells = min(24, width / 4)
            let filled = Int(share * Double(cells))
            text = String(repeating: "█", count: filled) + String(repeating: "░", count: cells - filled) + " "
        }
        if let share = counts.share { text += "\(Int(share * 100)) %" }
        for fact in facts(counts, now) {
            let more = (text.isEmpty ? "" : " · ") + fact
            guard text.count + more.count <= width else { break }
            text += more
        }
        return text
    }

    package static func line(_ counts: RunCounts, now: Double) -> String {
        facts(counts, now).joined(separator: ", ")
    }

    private static func facts(_ counts: RunCounts, _ now: Double) -> [String] {
        guard counts.rows > 0 || counts.requests > 0 || counts.lookedThrough == 0 else {
            return ["looking through the input: \(counts.lookedThrough) rows"]
        }
        var facts = ["\(counts.rows) rows"]
        if let until = counts.waitingUntil, until > now {
            facts.append("waiting until \(Self.time(until))")
        }
        if let left = counts.secondsLeft(now: now) { facts.append("\(ProgressMeter.spelled(left)) left") }
        facts += [
            "\(Int(counts.rowsPerSecond(now: now))) rows/s", "\(counts.requests) requests", "\(counts.credits) credits",
        ]
        if let rate = counts.hitRate { facts.append("\(Int((rate * 100).rounded())) % found") }
        if counts.refused > 0 { facts.append("\(counts.refused) refused") }
        return facts
    }

    /// Of the day, on the wall.
    static func time(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds).formatted(
            .verbatim(
                "\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits)",
                timeZone: .current, calendar: Calendar(identifier: .gregorian)))
    }

    /// One event for a program.
    static func json(_ counts: RunCounts, now: Double) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(ProgressEvent(counts, now: now))).map { String(decoding: $0, as: UTF8.self) }
            ?? "{}"
    }
}

/// How far a run is, for programs.
private struct ProgressEvent: Encodable {
    var event = "progress"
    let run: String
    let rows, looked_through, requests, refused, lost, asked, found: Int
    let credits: Credits
    let share, seconds_left: Double?
    let seconds, rows_per_second: Double
    let waiting_until: String?

    init(_ counts: RunCounts, now: Double) {
        (run, rows, looked_through) = (counts.run, counts.rows, counts.lookedThrough)
        (requests, refused, lost) = (counts.requests, counts.refused, counts.lost)
        (asked, found, credits) = (counts.asked, counts.found, counts.credits)
        share = counts.share.map { ($0 * 1000).rounded() / 1000 }
        seconds_left = counts.secondsLeft(now: now).map { $0.rounded() }
        seconds = ((now - counts.startedAt) * 10).rounded() / 10
        rows_per_second = counts.rowsPerSecond(now: now).rounded()
        waiting_until = counts.waitingUntil.flatMap { until in
            until > now ? Date(timeIntervalSince1970: until).formatted(.iso8601) : nil
        }
    }
}
