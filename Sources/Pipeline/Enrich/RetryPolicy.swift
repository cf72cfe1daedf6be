/// When a request that was turned away leaves again.
///
/// Pure: attempt and randomness are given.
package struct RetryPolicy: Sendable, Equatable {
    package var settings: RetrySettings

    package init(_ settings: RetrySettings) { self.settings = settings }

    /// How long to wait before the next try, nil where there is none.
    ///
    /// Exponential with full jitter: between nothing and `first`, doubled from try to try, up to `most`; never shorter than
    /// the service asked for.
    /// - Parameters:
    ///   - attempt: tries so far, 1 or more.
    ///   - random: from 0 up to 1.
    package func pause(afterAttempt attempt: Int, asked: Duration?, random: Double) -> Duration? {
        guard attempt < settings.attempts else { return nil }
        let doubled = settings.first * (1 << min(attempt - 1, 30))
        return max(min(doubled, settings.most) * random, asked ?? .zero)
    }
}
