import Records
import Synchronization

/// Why a run ends before its time; it can be taken up again.
package enum RunStop: Error, Sendable, Equatable {
    case interrupted
    /// The service does not answer.
    case unavailable(String)
    case keyRefused
    /// Credits or the day's quota are used up.
    case exhausted(String)
    /// The time at which it was to end is near.
    case deadline(String)

    /// Exit code (contract, section 7).
    package var exitCode: Int32 {
        switch self {
        case .interrupted: 130
        case .unavailable: 69
        case .keyRefused: 77
        case .exhausted, .deadline: 75
        }
    }
}

/// Where everybody in a run looks whether to go on.
package final class StopSignal: Sendable {
    private let reason = Mutex<RunStop?>(nil)

    package init() {}

    /// The first reason stays.
    package func stop(_ stop: RunStop) { reason.withLock { $0 = $0 ?? stop } }

    /// Stops everybody, and says why: the first reason that there was.
    func end(_ stop: RunStop) -> RunStop {
        self.stop(stop)
        return stopped ?? stop
    }

    package var stopped: RunStop? { reason.withLock { $0 } }

    package func check() throws {
        if let stopped { throw stopped }
    }
}
