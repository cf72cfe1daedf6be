import Crypto
import EnrichmentAPI
import Foundation
import HTTPTypes
import Ledger
import Synchronization

/// Gives the same answer to the same `Idempotency-Key`, word for word.
final class ReplayDesk: Sendable {
    private let ledger: ServiceLedger
    private let now: @Sendable () -> Double
    /// Keys whose first request is being answered.
    private let underWay = Mutex<Set<String>>([])

    /// Seconds for which an answer is kept.
    private static let memory = 86_400.0
    private static let longest = 255
    private static let field = HTTPField.Name("Idempotency-Key")

    init(_ ledger: ServiceLedger, now: @escaping @Sendable () -> Double) {
        self.ledger = ledger
        self.now = now
    }

    enum Claim: Sendable {
        /// No key was sent.
        case none
        case first(ReplayQuestion, workspace: String)
        case replay(Replay)
    }

    /// - Throws: ``Problem`` where the key was sent with something else, or its first request is being answered.
    func claim(_ headers: HTTPFields, _ endpoint: Endpoint, _ body: Data, _ caller: Caller) async throws -> Claim {
        guard let name = Self.field, let key = headers[name], !key.isEmpty else { return .none }
        guard key.utf8.count <= Self.longest else { throw Problem.invalid("The Idempotency-Key is too long.") }
        var hasher = SHA256()
        hasher.update(data: Data(endpoint.path.utf8))
        hasher.update(data: body)
        let question = ReplayQuestion(key: key, fingerprint: Data(hasher.finalize()))
        let place = caller.workspace + "\n" + key
        guard underWay.withLock({ $0.insert(place).inserted }) else { throw Problem.concurrentKey }
        do {
            let known = try await ledger.replay(
                workspace: caller.workspace, key: key, since: now() - Self.memory)
            guard let known else { return .first(question, workspace: caller.workspace) }
            guard known.fingerprint == question.fingerprint else { throw Problem.reusedKey }
            release(place)
            return .replay(known)
        } catch {
            release(place)
            throw error
        }
    }

    /// Keeps the answer, which was charged already.
    func keep(_ claim: Claim, _ caller: Caller, body: [UInt8], credits: Credits) async throws {
        guard case .first(let question, let workspace) = claim else { return }
        try await ledger.keep(
            question, workspace: workspace, status: 200, body: Data(body), credits: credits, now: now())
    }

    func release(_ claim: Claim) {
        if case .first(let question, let workspace) = claim { release(workspace + "\n" + question.key) }
    }

    private func release(_ place: String) { underWay.withLock { _ = $0.remove(place) } }
}
