import Foundation
import Pipeline
import Synchronization

/// Lets a test kill the program at a step of the ledger's protocol; only debug builds have it.
///
/// `MILLRACE_KILL_AT=settled:3` ends the process at the third step of that name, as SIGKILL or a power cut would: nothing
/// is closed, flushed or said.
enum KillPoint {
    static func watch(_ environment: [String: String]) -> StepWatch {
        #if DEBUG
            let parts = environment["MILLRACE_KILL_AT"]?.split(separator: ":") ?? []
            guard parts.count == 2, let step = RunStep(rawValue: String(parts[0])), let last = Int(parts[1]) else {
                return .none
            }
            let seen = Atomic(0)
            return StepWatch { passed in
                guard passed == step else { return }
                if seen.add(1, ordering: .relaxed).newValue == last { kill(getpid(), SIGKILL) }
            }
        #else
            return .none
        #endif
    }
}
