package import Ledger
import Records
import Synchronization

/// `millrace forget`: erases people, and sees to it that nobody asks for them again.
package enum Forget {
    /// - Parameter service: what our own service keeps; nil where it keeps nothing.
    /// - Throws: ``Diagnostic`` `already_running` while runs use the ledger.
    package static func erase(
        _ hints: [ForgottenHint], from ledger: Ledger, service: ServiceLedger?
    ) async throws -> Erasure {
        let found = Mutex<[ForgottenHint]>([])
        var erasure = try await ledger.forget(
            aliases: hints.flatMap(\.aliases), names: hints.flatMap(\.names).map { ($0.name, $0.domain) },
            emails: hints.flatMap(\.emails)
        ) { channel, value in
            guard let hint = ForgottenHint(found: value, channel) else { return ([], []) }
            found.withLock { $0.append(hint) }
            return (hint.aliases, hint.emails)
        }
        let all = hints + found.withLock { $0 }
        erasure.answers +=
            try await service?.forget(
                aliases: all.flatMap(\.aliases), contacts: all.flatMap(\.contacts), texts: all.flatMap(\.texts)) ?? 0
        return erasure
    }
}
