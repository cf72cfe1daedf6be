/// What a verification service said of an email.
package enum Verdict: String, Sendable, Codable {
    case valid, invalid
    /// The domain takes mail for every address, so nothing can be said of this one.
    case catchAll = "catch_all"
    case unknown
}
