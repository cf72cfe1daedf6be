package import EnrichmentAPI

/// What this attempt at a run has come to so far.
///
/// Pure.
package struct RunCounts: Sendable {
    package private(set) var run = ""
    /// Seconds since 1970; 0 before the run has begun.
    package private(set) var startedAt = 0.0
    /// Rows of the first reading.
    package private(set) var lookedThrough = 0
    package private(set) var rows = 0
    package private(set) var requests = 0
    package private(set) var asked = 0
    package private(set) var found = 0
    package private(set) var credits = Credits.zero
    /// Requests that the service turned away for being too many (429).
    package private(set) var refused = 0
    package private(set) var lost = 0
    private var waited = 0.0
    package private(set) var waitingUntil: Double?
    /// Up to when waiting is counted.
    private var waitedUpTo: Double?
    /// Bytes of all inputs, and up to where rows are written.
    package private(set) var bytes = (total: 0, written: 0)
    private var timeLeft = TimeLeft()

    mutating func count(_ event: RunEvent, now: Double) {
        timeLeft.see(event, now: now)
        waited = waited(now: now)
        waitedUpTo = waitedUpTo.flatMap { _ in now < waitingUntil ?? 0 ? now : nil }
        switch event {
        case .began(let start):
            (run, startedAt, bytes.total) = (start.run, now, start.bytes)
        case .lookedThrough(let rows): lookedThrough += rows
        case .planned, .opened, .providersFailed: break
        case .answered(_, _, let asked, let found, let credits, _):
            requests += 1
            self.asked += asked
            self.found += found
            self.credits += credits
        case .turnedAway(_, let isTooMany, _): refused += isTooMany ? 1 : 0
        case .lost: lost += 1
        case .waiting(let until):
            // Several requests may wait for the same moment; the time passes only once.
            waitedUpTo = waitedUpTo ?? now
            waitingUntil = max(until, waitingUntil ?? until)
        case .wrote(let rows, let bytes):
            self.rows += rows
            self.bytes.written = bytes
        }
    }

    /// Seconds in which some request waited for the quota, up to now.
    package func waited(now: Double) -> Double {
        guard let waitedUpTo, let waitingUntil else { return waited }
        return waited + max(0, min(now, waitingUntil) - waitedUpTo)
    }

    /// How much of the input is written, 0–1; nil where its size is not known.
    package var share: Double? { bytes.total > 0 ? min(1, Double(bytes.written) / Double(bytes.total)) : nil }

    /// The share of values that were found among those that were asked for; nil before the first answer.
    package var hitRate: Double? { asked > 0 ? Double(found) / Double(asked) : nil }

    package func rowsPerSecond(now: Double) -> Double { Double(rows) / max(now - startedAt, 0.001) }

    /// Seconds until the last row is written, as far as can be told.
    package func secondsLeft(now: Double) -> Double? { timeLeft.seconds(now: now) }
}
