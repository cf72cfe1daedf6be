import Synchronization

/// Notices that a service is down, so that nobody waits for it call by call.
///
/// Pure: times are seconds on a clock that only goes forward. What counts is a call that came to nothing after all its
/// tries. A service that asks to be left alone is left alone for as long, and does not count as down by it.
struct OutageCircuit: Sendable {
    /// Calls in a row that came to nothing, after which the service counts as down.
    static let patience = 5
    /// Seconds until one call tries whether it is back.
    static let pause = 30.0

    private var failures = 0
    private var openUntil: Double?
    /// What went wrong last.
    private(set) var why = ""

    /// Whether a call may leave; while the service is down, one in each pause.
    mutating func mayAsk(now: Double) -> Bool {
        guard let until = openUntil else { return true }
        guard now >= until else { return false }
        openUntil = now + Self.pause
        return true
    }

    /// Whether nobody may ask for now; asks nothing itself.
    func isOpen(now: Double) -> Bool { openUntil.map { now < $0 } ?? false }

    /// The service says for how many seconds it wants to be left alone.
    mutating func leaveAlone(for seconds: Double, _ why: String, now: Double) {
        self.why = why
        openUntil = max(openUntil ?? now, now + seconds)
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

/// The circuit of one service, for all who ask it.
package final class SharedOutageCircuit: Sendable {
    private let circuit = Mutex(OutageCircuit())
    private let start = ContinuousClock.now

    package init() {}

    private var now: Double { (ContinuousClock.now - start) / .seconds(1) }

    /// What went wrong last.
    package var why: String { circuit.withLock { $0.why } }
    package func mayAsk() -> Bool { circuit.withLock { $0.mayAsk(now: now) } }
    package var isOpen: Bool { circuit.withLock { $0.isOpen(now: now) } }
    package func leaveAlone(for seconds: Double, _ why: String) {
        circuit.withLock { $0.leaveAlone(for: seconds, why, now: now) }
    }
    package func succeeded() { circuit.withLock { $0.succeeded() } }
    package func failed(_ why: String) { circuit.withLock { $0.failed(why, now: now) } }
}
