import EnrichmentAPI
import Foundation
import Synchronization

/// Counts what a run does and shows it on standard error, as a bar or as lines.
package final class ProgressMeter: Sendable {
    package enum Style: String, Sendable, CaseIterable {
        case auto, bar, json, off
        /// A line now and then, where there is no terminal.
        case lines
    }

    private struct State {
        var rows = 0
        var bytes = 0
        var requests = 0
        var credits = Credits.zero
        var refused = 0
        var waitingUntil: Double?
        var waited = 0.0
        var shownAt = 0.0
        var hasBar = false
    }

    private let state = Mutex(State())
    private let style: Style
    /// Bytes of all inputs, 0 where that is not known.
    private let totalBytes: Int
    private let clock: RunClock
    private let start: Double

    package init(_ style: Style, totalBytes: Int, clock: RunClock) {
        let isTerminal = isatty(STDERR_FILENO) == 1
        self.style = style == .auto ? (isTerminal ? .bar : .lines) : style
        self.totalBytes = totalBytes
        self.clock = clock
        start = clock.now()
    }

    func answered(_ batch: AskedBatch, credits: Credits) {
        update {
            $0.requests += 1
            $0.credits += credits
        }
    }

    func refused() { update { $0.refused += 1 } }
    func waiting(until time: Double) {
        let now = clock.now()
        update {
            // Several requests may wait for the same moment; the time passes only once.
            $0.waited += max(0, time - max(now, $0.waitingUntil ?? now))
            $0.waitingUntil = max(time, $0.waitingUntil ?? time)
        }
    }

    /// Seconds in which some request waited for the quota.
    var waited: Double { state.withLock { $0.waited } }

    func wrote(rows: Int, bytes: Int) {
        update {
            $0.rows += rows
            $0.bytes = bytes
        }
    }

    /// Takes the bar off the screen.
    package func finish() {
        let hadBar = state.withLock { state in
            defer { state.hasBar = false }
            return state.hasBar
        }
        if hadBar { Self.print("\r\u{1B}[K") }
    }

    private func update(_ change: (inout State) -> Void) {
        let now = clock.now()
        let line: String? = state.withLock { state in
            change(&state)
            guard style != .off, now - state.shownAt >= (style == .bar ? 0.1 : 10) else { return nil }
            // The first line comes after a while: a short run needs none.
            if style != .bar, state.shownAt == 0, now - start < 10 { return nil }
            state.shownAt = now
            state.hasBar = style == .bar
            return text(state, now)
        }
        if let line { Self.print(line) }
    }

    private func text(_ state: State, _ now: Double) -> String {
        let elapsed = max(now - start, 0.001)
        let share = totalBytes > 0 ? min(1, Double(state.bytes) / Double(totalBytes)) : nil
        let left = share.flatMap { $0 > 0 ? elapsed * (1 - $0) / $0 : nil }
        if style == .json {
            return """
                {"rows":\(state.rows),"requests":\(state.requests),"credits":\(state.credits),"refused":\(state.refused),\
                "seconds":\(Int(elapsed)),"seconds_left":\(left.map { String(Int($0)) } ?? "null")}\n
                """
        }
        var facts = [
            "\(state.rows) rows", "\(Int(Double(state.rows) / elapsed)) rows/s", "\(state.requests) requests",
            "\(state.credits) credits",
        ]
        if let until = state.waitingUntil, until > now {
            let time = Date(timeIntervalSince1970: until).formatted(date: .omitted, time: .standard)
            facts.append("waiting for quota until \(time)")
        } else if let left {
            facts.append("\(Self.spelled(left)) left")
        }
        guard style == .bar else { return facts.joined(separator: ", ") + "\n" }
        let width = 24
        let filled = share.map { Int($0 * Double(width)) } ?? 0
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let percent = share.map { " \(Int($0 * 100)) %" } ?? ""
        return "\r\u{1B}[K\(bar)\(percent)  " + facts.joined(separator: " · ")
    }

    package static func spelled(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }

    private static func print(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
