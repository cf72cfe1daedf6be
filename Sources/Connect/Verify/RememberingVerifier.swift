import EnrichmentAPI
import Synchronization

/// A verifier that is not asked a second time about an address that was made up and is handed out because it is there.
package final class RememberingVerifier: EmailVerifier {
    private let verifier: any EmailVerifier
    private let valid = Mutex<Set<String>>([])

    /// Addresses that are remembered; those of people who are never handed out may pile up.
    private static let most = 100_000

    package init(_ verifier: any EmailVerifier) { self.verifier = verifier }

    package var emailsPerRequest: Int { verifier.emailsPerRequest }

    package func replies(to emails: [EmailToCheck]) async -> [VerifierReply] {
        let known = valid.withLock { valid in emails.map { valid.remove($0.email) != nil } }
        let open = emails.indices.filter { !known[$0] }
        var replies = [VerifierReply](repeating: .said(.valid), count: emails.count)
        guard !open.isEmpty else { return replies }
        for (index, reply) in zip(open, await verifier.replies(to: open.map { emails[$0] })) { replies[index] = reply }
        return replies
    }

    /// Asks about addresses that were made up: what it says of one that is there counts for the next question too.
    package var ofCandidates: any EmailVerifier { Candidates(memory: self) }

    private struct Candidates: EmailVerifier {
        let memory: RememberingVerifier

        func replies(to emails: [EmailToCheck]) async -> [VerifierReply] {
            let replies = await memory.verifier.replies(to: emails)
            for (email, reply) in zip(emails, replies) where reply == .said(.valid) { memory.remember(email.email) }
            return replies
        }
    }

    private func remember(_ email: String) {
        valid.withLock { valid in
            if valid.count >= Self.most { valid.removeAll() }
            valid.insert(email)
        }
    }
}
