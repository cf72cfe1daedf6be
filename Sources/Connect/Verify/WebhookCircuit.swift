/// Notices that a verification service is down, so that a run does not wait for each email in turn.
///
/// Pure: times are seconds on a clock that only goes forward. What counts is a request that came to nothing after all its
/// tries; a service that asks to be left alone for a while is not down.
struct WebhookCircuit: Sendable {
    /// Requests in a row that came to nothing, after which the service counts as down.
    static let patience = 5
    /// Seconds until one request tries whether it is back.
    static let pause = 30.0

    private var failures = 0
    private var openUntil: Double?
    /// What went wrong last.
    private(set) var why = ""

    /// Whether a request may leave; while the service is down, one in each pause.
    mutating func mayAsk(now: Double) -> Bool {
        guard let until = openUntil else { return true }
        guard now >= until else { return false }
        openUntil = now + Self.pause
        return true
    }

    mutating func succeeded() {
        failures = 0
        openUntil = nil
    }

    mutating func failed(_ why: String, now: Double) {
        self.why = why
        failures += 1
        if failures >= Self.patience { openUntil = now + Self.pause }
    }
}
