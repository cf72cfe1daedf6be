import EnrichmentAPI
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Records

/// Plays a service that misbehaves, so that a pipeline can be tried before it costs money.
///
/// `bulk: 5% 429, 2% commit-then-drop, 1% short; single: 1% 503`: of the calls of a kind, so many go wrong in such a way.
package final class Rehearsal: Sendable {
    /// A way in which an answer goes wrong.
    package enum Act: String, Sendable, CaseIterable {
        /// Refused, nothing charged.
        case tooMany = "429"
        case notReady = "503"
        case refused = "422"
        case noCredits = "402"
        /// Charged, and then the answer does not come, or not whole.
        case drop = "commit-then-drop"
        case cut = "commit-then-cut"
        case serverError = "commit-then-500"
        case short
        case html
        case slow

        /// What is answered instead, before anything is charged; nil where it goes wrong later.
        var problemBefore: Problem? {
            switch self {
            case .tooMany:
                Problem(
                    status: .tooManyRequests, code: "rehearsal", title: "Too many calls", detail: "A rehearsal.",
                    headers: [.retryAfter: "1"])
            case .notReady:
                Problem(
                    status: .serviceUnavailable, code: "rehearsal", title: "Not ready", detail: "A rehearsal.",
                    headers: [.retryAfter: "1"])
            case .refused: .invalid("A rehearsal.")
            case .noCredits:
                Problem(
                    status: .init(code: 402), code: "rehearsal", title: "Out of credits", detail: "A rehearsal.")
            case .drop, .cut, .serverError, .short, .html, .slow: nil
            }
        }

        /// The answer as it goes out.
        func spoil(_ body: [UInt8]) async throws -> Response {
            var headers: HTTPFields = [.contentType: "application/json"]
            switch self {
            case .drop, .cut:
                let half = self == .drop ? [] : Array(body.prefix(body.count / 2))
                return Response(
                    status: .ok, headers: headers,
                    body: ResponseBody(contentLength: body.count) { writer in
                        try await writer.write(ByteBuffer(bytes: half))
                        throw CancellationError()
                    })
            case .serverError: return Problem.ourFault.response
            case .short:
                let list = (try? JSONSerialization.jsonObject(with: Data(body))) as? [Any] ?? []
                let shorter = (try? JSONSerialization.data(withJSONObject: Array(list.dropLast()))) ?? Data()
                return Response(
                    status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: shorter)))
            case .html:
                headers[.contentType] = "text/html"
                return Response(
                    status: .ok, headers: headers,
                    body: ResponseBody(byteBuffer: ByteBuffer(string: "<html><body>busy</body></html>")))
            case .slow: try await Task.sleep(for: .seconds(3))
            case .tooMany, .notReady, .refused, .noCredits: break
            }
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        }
    }

    /// Of each kind of call, what share goes wrong in which way.
    private let plays: [Endpoint: [(share: Double, act: Act)]]
    /// From 0 up to 1.
    private let chance: @Sendable () -> Double

    /// Plays nothing.
    package init() {
        plays = [:]
        chance = { 1 }
    }

    /// - Throws: ``Diagnostic`` `invalid_settings` where a text is no rehearsal.
    package init(_ text: String, chance: @escaping @Sendable () -> Double = { .random(in: 0..<1) }) throws {
        var plays: [Endpoint: [(share: Double, act: Act)]] = [:]
        for part in text.split(separator: ";") {
            let sides = part.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard sides.count == 2, let endpoint = Endpoint(rawValue: sides[0]) else {
                throw Self.mistake("'\(part)' names no call", Endpoint.allCases.map(\.rawValue))
            }
            for act in sides[1].split(separator: ",") {
                let words = act.split(separator: " ").map(String.init)
                guard words.count == 2, words[0].hasSuffix("%"), let percent = Double(words[0].dropLast()),
                    (0...100).contains(percent)
                else { throw Self.mistake("'\(act)' is no share of calls, such as 5% 429", []) }
                guard let known = Act(rawValue: words[1]) else {
                    throw Self.mistake("there is no '\(words[1])' to play", Act.allCases.map(\.rawValue))
                }
                plays[endpoint, default: []].append((percent / 100, known))
            }
            if (plays[endpoint] ?? []).reduce(0, { $0 + $1.share }) > 1 {
                throw Self.mistake("more than all calls of \(endpoint.rawValue) would go wrong", [])
            }
        }
        guard !plays.isEmpty else { throw Self.mistake("nothing is to be played", []) }
        self.plays = plays
        self.chance = chance
    }

    /// How the next call goes wrong; nil where it does not.
    func next(_ endpoint: Endpoint) -> Act? {
        guard let acts = plays[endpoint] else { return nil }
        var left = chance()
        for (share, act) in acts {
            if left < share { return act }
            left -= share
        }
        return nil
    }

    private static func mistake(_ message: String, _ choices: [String]) -> Diagnostic {
        Diagnostic(
            code: "invalid_settings", "--rehearse: \(message)",
            hint: choices.isEmpty
                ? "such as 'bulk: 5% 429, 2% commit-then-drop, 1% short'"
                : "choose from: \(choices.joined(separator: ", "))")
    }
}
