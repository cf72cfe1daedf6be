import Foundation
import Records

/// Holds a pipeline for one process.
///
/// The kernel lets go of it when the process ends, however it ends.
package final class RunLock: Sendable {
    private let descriptor: Int32

    /// - Throws: ``Diagnostic`` `already_running`, which names the process that holds it.
    package init(ledger: String, key: String, pipeline: String) throws {
        let folder = ledger + ".locks"
        mkdir(folder, 0o700)
        let path = "\(folder)/\(key)"
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Diagnostic(
                code: "ledger_unusable", "the lock cannot be made: \(String(cString: strerror(errno)))", file: path,
                hint: "check that the folder can be written to, or name another ledger with --state")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            throw Diagnostic(
                code: "already_running",
                "this pipeline is running already\(holder.isEmpty ? "" : ", as process \(holder)")", file: pipeline,
                hint: "wait until it has ended")
        }
        ftruncate(descriptor, 0)
        let holder = Array(String(getpid()).utf8)
        _ = Foundation.write(descriptor, holder, holder.count)
    }

    /// Runs also where ``init(ledger:key:pipeline:)`` throws, so nothing else may close the descriptor.
    deinit { close(descriptor) }
}
