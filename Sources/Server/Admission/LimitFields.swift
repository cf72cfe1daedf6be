import EnrichmentAPI
import Foundation
import HTTPTypes
import Ledger
import Records

/// What a client is told of its limits: `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers).
struct LimitFields {
    let limits: ServiceLimits

    func fields(_ standing: CallWindows.Standing) -> HTTPFields {
        let perMinute = standing.kind == .bulk ? limits.bulkPerMinute : limits.singlePerMinute
        var fields = HTTPFields()
        fields[Self.policy] =
            "\"minute\";q=\(perMinute);w=\(Self.seconds(limits.minute.inSeconds)), \"day\";q=\(limits.perDay);w=\(Self.seconds(limits.day.inSeconds))"
        fields[Self.limit] =
            "\"minute\";r=\(standing.minute.remaining);t=\(Self.seconds(standing.minute.resetsIn)), \"day\";r=\(standing.day.remaining);t=\(Self.seconds(standing.day.resetsIn))"
        return fields
    }

    func refusal(after seconds: Double, _ standing: CallWindows.Standing) -> Problem {
        var headers = fields(standing)
        headers[.retryAfter] = Self.seconds(seconds)
        return Problem(
            status: .tooManyRequests, code: "too_many_calls", title: "Too many calls",
            detail: "Call again in \(Self.seconds(seconds)) s; nothing was charged.", headers: headers)
    }

    /// Whole seconds, and never too few.
    private static func seconds(_ time: Double) -> String { String(Int(max(0, time).rounded(.up))) }

    private static let limit = HTTPField.Name("RateLimit") ?? .retryAfter
    private static let policy = HTTPField.Name("RateLimit-Policy") ?? .retryAfter
}
