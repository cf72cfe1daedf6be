/// What the service itself says of its limits along with an answer (`RateLimit`, `RateLimit-Policy` and
/// `X-RateLimit-*` fields).
package struct Allowance: Sendable, Equatable {
    /// A limit that it names: so many calls in any window of so many seconds.
    package struct Policy: Sendable, Equatable {
        package var quota: Int
        package var window: Double

        package init(quota: Int, window: Double) {
            self.quota = quota
            self.window = window
        }
    }

    /// Calls that it still takes; nil where it does not say.
    package var remaining: Int?
    /// Seconds until it counts anew.
    package var resetsIn: Double
    package var policies: [Policy]

    package init(remaining: Int?, resetsIn: Double, policies: [Policy] = []) {
        self.remaining = remaining
        self.resetsIn = resetsIn
        self.policies = policies
    }
}
