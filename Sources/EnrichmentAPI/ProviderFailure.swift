/// A provider that could not be asked for a person or a company, or whose answer could not be read.
///
/// A miss for this record, and one that says nothing of the person: it is not remembered.
package struct ProviderFailure: Sendable, Hashable {
    package enum Why: String, Sendable, Codable, CaseIterable {
        case timeout, unavailable, refused, unreadable
        /// The run was being stopped before it was the record's turn, which tells nothing of the provider.
        case stopped
    }

    package var provider: String
    package var why: Why

    package init(provider: String, why: Why) {
        self.provider = provider
        self.why = why
    }
}
