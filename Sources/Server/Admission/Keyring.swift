import HTTPTypes
import Foundation
import Ledger
import Synchronization

/// Who calls.
struct Caller: Sendable {
    var workspace: String
    /// Empty where no key is asked for.
    var keyID: String
    var scope: KeyScope
}

/// Knows the keys; what was looked up is remembered for a few seconds, so that a key that is revoked opens nothing soon.
final class Keyring: Sendable {
    private let ledger: ServiceLedger
    /// For as long as there is no key at all, everybody is this workspace; only on loopback.
    private let open: String?
    private let now: @Sendable () -> Double
    private let known = Mutex<[String: (key: APIKey, until: Double)]>([:])
    /// Until when nobody is known to have made a key.
    private let openUntil = Mutex(0.0)

    /// Seconds.
    private static let memory = 5.0
    private static let most = 10_000
    /// Bytes.
    private static let longest = 128

    init(_ ledger: ServiceLedger, open: String?, now: @escaping @Sendable () -> Double) {
        self.ledger = ledger
        self.open = open
        self.now = now
    }

    /// - Throws: ``Problem`` where the key is missing, not accepted, or does not open a call.
    func caller(_ head: HTTPRequest, for scope: KeyScope) async throws -> Caller {
        if let open, try await isOpen() {
            try WebPages.check(head)
            return Caller(workspace: open, keyID: "", scope: .enrich)
        }
        guard let field = head.headerFields[.authorization] else { throw Problem.unauthorised }
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw Problem.unauthorised }
        guard let key = try await key(String(parts[1])) else { throw Problem.forbidden("There is no such key.") }
        let time = now()
        guard key.isGood(at: time) else {
            throw Problem.forbidden(key.revokedAt == nil ? "The key has expired." : "The key was revoked.")
        }
        guard key.scope == .enrich || key.scope == scope else { throw Problem.scope }
        return Caller(workspace: key.workspace, keyID: key.id, scope: key.scope)
    }

    /// Keeps web pages out for as long as no key does.
    ///
    /// - Throws: ``Problem`` to those.
    func keepOut(_ head: HTTPRequest) async throws { if open != nil, try await isOpen() { try WebPages.check(head) } }

    /// Whether no key was made yet; that is looked up every few seconds.
    private func isOpen() async throws -> Bool {
        let time = now()
        if openUntil.withLock({ $0 > time }) { return true }
        guard try await ledger.keys().isEmpty else { return false }
        openUntil.withLock { $0 = time + Self.memory }
        return true
    }

    private func key(_ token: String) async throws -> APIKey? {
        // What cannot be a key is not looked for, however often it is tried.
        guard token.hasPrefix("unstuck_"), token.utf8.count <= Self.longest else { return nil }
        let time = now()
        if let known = known.withLock({ $0[token] }), known.until > time { return known.key }
        guard let key = try await ledger.key(token: token) else { return nil }
        known.withLock { known in
            if known.count >= Self.most { known.removeAll() }
            known[token] = (key, time + Self.memory)
        }
        return key
    }
}
