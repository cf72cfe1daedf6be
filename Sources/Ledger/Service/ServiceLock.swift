/// Holds a service's ledger for one server: each counts the calls of the minute by itself, so two would allow twice as many.
///
/// The kernel lets go of it when the process ends, however it ends.
package final class ServiceLock: Sendable {
    private let file: LockFile

    /// - Throws: ``Diagnostic`` `already_serving`, which names the process that holds it.
    package init(ledger: String) throws {
        file = try LockFile(ledger: ledger, name: "serving")
        try file.claim(
            orThrow: "already_serving", "a server uses this ledger already", file: ledger,
            hint: "stop it first; another server needs a --state of its own")
    }
}
