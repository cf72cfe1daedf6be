import Foundation
import Records

/// A file beside the ledger that one process at a time can hold.
///
/// SQLite's own file must not be locked by other means: closing any descriptor of it would undo SQLite's locks.
final class LockFile: Sendable {
    private let descriptor: Int32
    private let path: String

    /// - Throws: ``Diagnostic`` `ledger_unusable`.
    init(ledger: String, name: String) throws {
        let folder = ledger + ".locks"
        mkdir(folder, 0o700)
        path = "\(folder)/\(name)"
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Diagnostic(
                code: "ledger_unusable", "the lock cannot be made: \(String(cString: strerror(errno)))", file: path,
                hint: "check that the folder can be written to, or name another ledger with --state")
        }
    }

    /// Whether it is held now.
    ///
    /// - Parameters:
    ///   - shared: whether others may hold it as well who share it.
    ///   - waiting: whether to wait for as long as another process has it.
    func take(shared: Bool = false, waiting: Bool) -> Bool {
        let way = shared ? LOCK_SH : LOCK_EX
        while flock(descriptor, waiting ? way : way | LOCK_NB) != 0 {
            guard errno == EINTR else { return false }
        }
        return true
    }

    /// Takes it for this process, or says who has it.
    ///
    /// - Parameter message: what is in the way; the process is named behind it.
    /// - Throws: ``Diagnostic`` with this code.
    func claim(orThrow code: String, _ message: String, file: String, hint: String) throws {
        guard take(waiting: false) else {
            let holder = holder
            throw Diagnostic(
                code: code, message + (holder.isEmpty ? "" : ", as process \(holder)"), file: file, hint: hint)
        }
        sign()
    }

    /// Writes into it who holds it.
    private func sign() {
        ftruncate(descriptor, 0)
        let holder = Array(String(getpid()).utf8)
        _ = pwrite(descriptor, holder, holder.count, 0)
    }

    /// Who holds it, as far as that is written there.
    private var holder: String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    /// Runs also where an initialiser throws that holds it, so nothing else may close the descriptor.
    deinit { close(descriptor) }
}
