/// What was found out about one company.
package struct AccountAnswer: Sendable, Equatable {
    /// Nil: nobody knows it.
    package var result: AccountResult?
    /// Who could not be asked on the way.
    package var failures: [ProviderFailure]

    package init(_ result: AccountResult?, failures: [ProviderFailure] = []) {
        self.result = result
        self.failures = failures
    }

    /// Whether it may have been known to somebody who could not be asked.
    package var isTentative: Bool { result == nil && !failures.isEmpty }
}
