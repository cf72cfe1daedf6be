import Synchronization

/// Whether calls go out while the service seems to be down.
///
/// Pure: what came of calls and the time decide. After a few failures in a row with no success between, it is open: one
/// call at a time tries whether the service is back, with pauses that grow; the others wait.
struct Circuit: Sendable, Equatable {
    /// Failures in a row after which it opens.
    let threshold: Int
    /// Tries while it is open, before the service counts as down for good.
    let attempts: Int
    private(set) var failures = 0
    /// Whether any call of the run ever got through.
    private(set) var hasSucceeded: Bool
    /// When the next try may go out, on a clock that nobody sets, in seconds.
    private var retryAt = 0.0
    private var isProbing = false

    init(attempts: Int, hasSucceeded: Bool = false) {
        threshold = min(3, attempts)
        self.attempts = attempts
        self.hasSucceeded = hasSucceeded
    }

    /// Whether a request that failed as often as it may shows that the service is down, rather than that it is at fault
    /// itself.
    ///
    /// A record that nothing can be said about must not keep a run from ever ending; a hundred of them at once are rather
    /// a service that went away.
    func isDown(records: Int) -> Bool { isGivenUp || isOpen && (records > 1 || !hasSucceeded) }

    var isOpen: Bool { failures >= threshold }

    /// Whether it has been tried often enough.
    var isGivenUp: Bool { failures >= threshold + attempts }

    enum Admission: Sendable {
        case go
        /// As the one that tries.
        case probe
        case wait
    }

    /// Whether a call may go out now.
    mutating func admit(now: Double) -> Admission {
        guard isOpen else { return .go }
        guard !isProbing, now >= retryAt else { return .wait }
        isProbing = true
        return .probe
    }

    /// A call that was admitted did not go out after all.
    mutating func withdraw(_ admission: Admission) {
        if admission == .probe { isProbing = false }
    }

    mutating func succeeded() {
        failures = 0
        hasSucceeded = true
        isProbing = false
    }

    /// - Parameters:
    ///   - isProbe: whether the call was the one that tries; one that left before the circuit opened says nothing new.
    ///   - pause: seconds in which nobody tries again, given how many tries of an open circuit failed, from 0.
    mutating func failed(isProbe: Bool, now: Double, pause: (Int) -> Double) {
        guard isProbe || !isOpen else { return }
        failures += 1
        if isProbe { isProbing = false }
        if isOpen { retryAt = now + pause(failures - threshold) }
    }
}

/// The circuit of a run, which all its requests share.
final class SharedCircuit: Sendable {
    private let circuit: Mutex<Circuit>

    init(_ circuit: Circuit) { self.circuit = Mutex(circuit) }

    func with<Value: Sendable>(_ body: (inout Circuit) -> Value) -> Value { circuit.withLock { body(&$0) } }
}
