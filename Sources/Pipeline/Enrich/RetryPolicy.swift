/// When a request that was turned away leaves again.
///
/// Pure: attempt and randomness are given. What the service asks for comes on top: the ledger holds the whole workspace
/// back for as long as `Retry-After` says.
package struct RetryPolicy: Sendable, Equatable {
    package var settings: RetrySettings

    package init(_ settings: RetrySettings) { self.settings = settings }

    /// How long to wait before the next try, nil where there is none.
    ///
    /// Exponential with full jitter: between nothing and `first`, doubled from try to try, up to `most`.
    /// - Parameters:
    ///   - attempt: tries so far, 1 or more.
    ///   - random: from 0 up to 1.
    package func pause(afterAttempt attempt: Int, random: Double) -> Duration? {
        attempt < settings.attempts ? pause(attempt, random: random) : nil
    }

    /// The pause after so many tries, however many there may be.
    func pause(_ attempt: Int, random: Double) -> Duration {
        min(settings.first * (1 << min(max(attempt, 1) - 1, 30)), settings.most) * random
    }
}
