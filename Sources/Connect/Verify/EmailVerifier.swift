package import EnrichmentAPI

/// Who says whether an email is valid.
package protocol EmailVerifier: Sendable {
    /// Emails that one request takes at most.
    var emailsPerRequest: Int { get }
    /// Asks about emails, in one request; one reply for each, in order.
    func replies(to emails: [EmailToCheck]) async -> [VerifierReply]
}

extension EmailVerifier {
    package var emailsPerRequest: Int { 1 }

    /// Asks about one email; whatever goes wrong is a verdict that is not known.
    package func check(_ email: EmailToCheck) async -> Verdict {
        if case .said(let verdict)? = await replies(to: [email]).first { verdict } else { .unknown }
    }
}

/// What came of asking about an email.
package enum VerifierReply: Sendable, Equatable {
    case said(Verdict)
    /// No answer, however often it was asked; why is for the person.
    case silent(why: String)
}

/// An email that was found, and where.
package struct EmailToCheck: Sendable, Hashable {
    package var email: String
    /// Nil for an email that the row came with.
    package var channel: Channel?
    package var recordID: String

    package init(email: String, channel: Channel?, recordID: String) {
        self.email = email
        self.channel = channel
        self.recordID = recordID
    }

    /// How the request names its origin.
    var origin: String { channel?.rawValue ?? "input_email" }
}
