package import Ledger
import Records

/// `millrace forget`: erases people, and sees to it that nobody asks for them again.
package enum Forget {
    /// Values lead to people and people to values; what takes more rounds than this is no person any more.
    private static let rounds = 4

    /// - Parameter service: what our own service keeps; nil where it keeps nothing.
    /// - Throws: ``Diagnostic`` `already_running` while runs use the ledger, `already_serving` while a server does: what it
    ///   has in memory would be written once more.
    package static func erase(
        _ hints: [ForgottenHint], from ledger: Ledger, service: ServiceLedger?
    ) async throws -> Erasure {
        let alone = try LedgerUse(aloneIn: ledger.path)
        let quiet = try ServiceLock(ledger: ledger.path)
        defer { withExtendedLifetime((alone, quiet)) {} }
        var people = hints.reduce(into: Forgettable()) { $0.formUnion($1.forgettable) }
        for _ in 0..<rounds {
            let before = people
            for (channel, value) in try await ledger.values(of: people) + (service?.values(of: people) ?? []) {
                if let hint = ForgottenHint(found: value, channel) { people.formUnion(hint.forgettable) }
            }
            if people == before { break }
        }
        // The run ledger comes last: what it knows leads to the rest, should this be cut off.
        let answers = try await service?.forget(people) ?? 0
        var erasure = try await ledger.forget(people)
        erasure.answers += answers
        return erasure
    }
}

extension Forgettable {
    fileprivate mutating func formUnion(_ other: Forgettable) {
        aliases.formUnion(other.aliases)
        names.formUnion(other.names)
        values.formUnion(other.values)
    }
}
