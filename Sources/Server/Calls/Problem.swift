import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Why a call was not answered, as the client is told (RFC 9457).
struct Problem: Error, Sendable {
    var status: HTTPResponse.Status
    /// Stable, for programs.
    var code: String
    var title: String
    /// What to do about it; never anything of the record itself.
    var detail: String
    var headers = HTTPFields()

    static func badRequest(_ detail: String) -> Problem {
        Problem(status: .badRequest, code: "unreadable", title: "The body cannot be read", detail: detail)
    }

    static func invalid(_ detail: String) -> Problem {
        Problem(status: .unprocessableContent, code: "invalid", title: "The request cannot be answered", detail: detail)
    }

    static let tooLong = Problem(
        status: .contentTooLarge, code: "too_long", title: "The body is too long",
        detail: "Send fewer records in a call.")

    static let encoded = Problem(
        status: .unsupportedMediaType, code: "encoded", title: "The body is encoded",
        detail: "Send it as it is, without Content-Encoding.")

    static let webPage = Problem(
        status: .forbidden, code: "web_page", title: "Web pages are not answered without a key",
        detail:
            "The call names an Origin, or another host than this machine. Make a key with millrace keys make, and send Authorization: Bearer <key>."
    )

    static var unauthorised: Problem {
        Problem(
            status: .unauthorized, code: "key_missing", title: "A key is needed",
            detail: "Send Authorization: Bearer <key>; millrace keys make prints one.",
            headers: [.wwwAuthenticate: "Bearer"])
    }

    static func forbidden(_ detail: String) -> Problem {
        Problem(
            status: .unauthorized, code: "key_refused", title: "The key is not accepted", detail: detail,
            headers: [.wwwAuthenticate: "Bearer error=\"invalid_token\""])
    }

    static let signature = Problem(
        status: .unauthorized, code: "signature_refused", title: "The signature is not accepted",
        detail: "Check verify_secret on both sides, and the clock of whoever signs.")

    static let unknownPath = Problem(
        status: .notFound, code: "no_such_call", title: "There is no such call",
        detail: "GET /openapi.json tells which there are.")

    static func wrongMethod(_ allowed: HTTPRequest.Method) -> Problem {
        Problem(
            status: .methodNotAllowed, code: "wrong_method", title: "The call takes another method",
            detail: "Send \(allowed.rawValue).", headers: [.allow: allowed.rawValue])
    }

    /// For the log: whoever asked is gone.
    static let abandoned = Problem(
        status: .badRequest, code: "cut", title: "The body did not come whole", detail: "Nothing was charged.")

    static let scope = Problem(
        status: .forbidden, code: "scope", title: "The key does not open this call",
        detail: "Make one with --scope enrich.")

    static let unknownCompany = Problem(
        status: .notFound, code: "not_found", title: "Nobody knows this company", detail: "Nothing was charged.")

    static let reusedKey = Problem(
        status: .unprocessableContent, code: "idempotency_key_reused",
        title: "This Idempotency-Key was sent with something else before",
        detail: "Send another key with another request.")

    static let concurrentKey = Problem(
        status: .conflict, code: "idempotency_key_in_use", title: "This Idempotency-Key is being answered",
        detail: "Wait for the answer to the first request.")

    static let ourFault = Problem(
        status: .internalServerError, code: "internal", title: "Something went wrong that should not have",
        detail: "Nothing was charged.")

    static let ledgerFailed = Problem(
        status: .serviceUnavailable, code: "ledger", title: "The answer could not be written down",
        detail: "Nothing was charged; try again later.", headers: [.retryAfter: "5"])

    var response: Response {
        struct Body: Encodable {
            let type, title: String
            let status: Int
            let detail: String
        }
        let body = Body(type: "urn:millrace:problem:\(code)", title: title, status: Int(status.code), detail: detail)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var headers = headers
        headers[.contentType] = "application/problem+json"
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: (try? encoder.encode(body)) ?? Data())))
    }
}
