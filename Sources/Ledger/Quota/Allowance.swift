/// What the service itself says is left of a limit (`RateLimit` and `X-RateLimit-*` fields of an answer).
package struct Allowance: Sendable, Equatable {
    /// Calls that it still takes.
    package var remaining: Int
    /// Seconds until it counts anew.
    package var resetsIn: Double

    package init(remaining: Int, resetsIn: Double) {
        self.remaining = remaining
        self.resetsIn = resetsIn
    }
}
