/// What a verification service said of an email.
package enum Verdict: String, Sendable, Codable {
    case valid, invalid, unknown
}
