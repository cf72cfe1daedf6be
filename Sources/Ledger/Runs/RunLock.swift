import Foundation
import Records

/// Holds a pipeline for one process.
///
/// The kernel lets go of it when the process ends, however it ends.
package final class RunLock: Sendable {
    private let file: LockFile

    /// - Throws: ``Diagnostic`` `already_running`, which names the process that holds it.
    package init(ledger: String, key: String, pipeline: String) throws {
        file = try LockFile(ledger: ledger, name: key)
        guard file.take(waiting: false) else {
            let holder = file.holder
            throw Diagnostic(
                code: "already_running",
                "this pipeline is running already\(holder.isEmpty ? "" : ", as process \(holder)")", file: pipeline,
                hint: "wait until it has ended")
        }
        file.sign()
    }
}
