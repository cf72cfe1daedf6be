import Foundation
import Records

/// Holds a pipeline for one process.
///
/// The kernel lets go of it when the process ends, however it ends.
package final class RunLock: Sendable {
    private let file: LockFile
    private let use: LedgerUse

    /// - Throws: ``Diagnostic`` `already_running`, which names the process that holds it.
    package init(ledger: String, key: String, pipeline: String) throws {
        file = try LockFile(ledger: ledger, name: key)
        try file.claim(
            orThrow: "already_running", "this pipeline is running already", file: pipeline,
            hint: "wait until it has ended")
        use = try LedgerUse(ledger: ledger)
    }
}

/// Keeps people in the ledger whom a run has looked up and not asked for yet.
///
/// Runs share it; taking old things out of the ledger needs it alone.
package final class LedgerUse: Sendable {
    private let file: LockFile
    private static let name = "in-use"

    /// For a run; waits while somebody takes things out.
    package init(ledger: String) throws {
        file = try LockFile(ledger: ledger, name: Self.name)
        _ = file.take(shared: true, waiting: true)
    }

    /// - Throws: ``Diagnostic`` `already_running` while there are runs.
    package init(aloneIn ledger: String) throws {
        file = try LockFile(ledger: ledger, name: Self.name)
        guard file.take(waiting: false) else {
            throw Diagnostic(
                code: "already_running", "runs are using the ledger", file: ledger,
                hint: "wait until they have ended; nothing was changed")
        }
    }
}
