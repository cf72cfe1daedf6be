package import EnrichmentAPI

/// Who says whether an email is valid.
package protocol EmailVerifier: Sendable {
    /// Asks about one email, once. Whatever goes wrong is a verdict that is not known.
    func check(_ email: EmailToCheck) async -> Verdict
}

/// An email that was found, and where.
package struct EmailToCheck: Sendable, Hashable {
    package var email: String
    package var channel: Channel
    package var recordID: String

    package init(email: String, channel: Channel, recordID: String) {
        self.email = email
        self.channel = channel
        self.recordID = recordID
    }
}
