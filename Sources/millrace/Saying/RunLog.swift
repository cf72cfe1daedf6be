import EnrichmentAPI
import Logging
import Pipeline
import Synchronization

/// Writes down what happens in a run.
final class RunLog: RunWatcher {
    private struct State {
        /// Until when it is known that requests wait.
        var waitingUntil = 0.0
        var progressAt = 0.0
    }

    private let voice: Voice
    private let state = Mutex(State())

    /// Seconds between two lines on how far the run is.
    private static let interval = 30.0
    /// Shorter waits are nothing to speak of, in seconds.
    private static let shortWait = 5.0

    init(_ voice: Voice) { self.voice = voice }

    func saw(_ event: RunEvent, _ counts: RunCounts, now: Double) {
        switch event {
        case .began(let start):
            voice.name(run: start.run)
            state.withLock { $0.progressAt = now }
            voice.say(
                start.isResumed ? "the run goes on" : "the run begins",
                [
                    "event": "began", "rows_before": .stringConvertible(start.rowsBefore),
                    "bytes": .stringConvertible(start.bytes),
                ])
        case .answered(let endpoint, let records, let asked, let found, let credits, let seconds):
            voice.say(
                "answer", level: .debug,
                [
                    "event": "answered", "endpoint": "\(endpoint.rawValue)", "records": .stringConvertible(records),
                    "asked": .stringConvertible(asked), "found": .stringConvertible(found),
                    "credits": .stringConvertible(credits),
                    "seconds": .stringConvertible((seconds * 1000).rounded() / 1000),
                ])
        case .turnedAway(let endpoint, _, let why):
            voice.say(
                "a request was turned away, and leaves again", level: .warning,
                ["event": "turned_away", "endpoint": "\(endpoint.rawValue)", "why": "\(why)"])
        case .lost(let endpoint, let records, let why):
            voice.say(
                "an answer was lost", level: .warning,
                [
                    "event": "lost", "endpoint": "\(endpoint.rawValue)", "records": .stringConvertible(records),
                    "why": "\(why)",
                ])
        case .waiting(let until):
            let isNew = state.withLock { state in
                defer { state.waitingUntil = max(until, state.waitingUntil) }
                return until - now > Self.shortWait && until > state.waitingUntil + 1
            }
            if isNew {
                voice.say(
                    "requests wait", ["event": "waiting", "seconds": .stringConvertible((until - now).rounded())])
            }
        case .wrote, .lookedThrough, .planned, .opened, .providersFailed: break
        }
        sayProgress(counts, now)
    }

    private func sayProgress(_ counts: RunCounts, _ now: Double) {
        let isDue = state.withLock { state in
            guard now - state.progressAt >= Self.interval else { return false }
            state.progressAt = now
            return true
        }
        guard isDue else { return }
        var fields: Logger.Metadata = [
            "event": "progress", "rows": .stringConvertible(counts.rows),
            "requests": .stringConvertible(counts.requests), "credits": .stringConvertible(counts.credits),
        ]
        if let left = counts.secondsLeft(now: now) { fields["seconds_left"] = .stringConvertible(left.rounded()) }
        voice.say(ProgressText.line(counts, now: now), fields)
    }
}
