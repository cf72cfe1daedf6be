package import AsyncHTTPClient
import Connect
package import EnrichmentAPI
import Foundation
import Ledger
import NIOCore
import NIOHTTP1
import Records
import Settings

/// A service that speaks the Enrichment API over HTTP.
package struct APIEnricher: Enricher {
    private let client: HTTPClient
    private let settings: APISettings
    private let chunk: Int
    private let clock: RunClock

    /// Longest answer that is read, in bytes: a hundred records with room to spare.
    private static let answerLimit = 16 << 20

    package init(_ client: HTTPClient, settings: EnrichSettings, clock: RunClock) {
        self.client = client
        self.clock = clock
        self.settings = settings.api
        chunk = settings.limits.chunk
    }

    package func recordsPerRequest(_ endpoint: Endpoint) -> Int { endpoint == .bulk ? chunk : 1 }
    package var isExternal: Bool { true }

    package func worst(_ channels: ChannelSet, endpoint: Endpoint) -> Credits {
        // Never nothing, so that a budget stops also where the price list says that all is free and the service charges.
        max(settings.prices.worst(channels, endpoint: endpoint), Credits(thousandths: 1))
    }

    package func send(_ request: EnrichmentRequest) async -> EnrichmentAnswer {
        let body: WatchedBody
        do {
            body = WatchedBody(ByteBuffer(bytes: try Self.body(of: request)))
        } catch {
            return EnrichmentAnswer(.refused)
        }
        var call = HTTPClientRequest(url: settings.url.trimmedSlash + request.endpoint.path)
        call.method = .POST
        call.headers.add(name: "authorization", value: "Bearer \(settings.key.text)")
        call.headers.add(name: "content-type", value: "application/json")
        call.headers.add(name: "accept", value: "application/json")
        call.headers.add(name: "user-agent", value: Millrace.userAgent)
        call.body = .stream(body, length: .known(body.count))
        do {
            let deadline = NIODeadline.now() + .nanoseconds(Int64(settings.patience.inNanoseconds))
            let response = try await client.execute(call, deadline: deadline)
            let came = clock.moment
            let fields = RateLimitFields(field: { response.headers[$0] }, now: came.wall)
            let answer = try await within(settings.timeout) {
                try await response.body.collect(upTo: Self.answerLimit)
            }
            let reply = APIReply.read(
                status: Int(response.status.code), pause: fields.retryAfter.map { .seconds($0) },
                body: Data(answer.readableBytesView), request: request)
            return EnrichmentAnswer(reply, allowance: fields.allowance, came: came)
        } catch {
            let why = WireTrouble.text(error)
            // What began to leave may have been charged, however it ended.
            return EnrichmentAnswer(body.hasBegun ? .lost(why: why) : .turnedAway(after: nil, .notReady, why: why))
        }
    }

    private static func body(of request: EnrichmentRequest) throws -> Data {
        let encoder = JSONEncoder()
        switch request.endpoint {
        case .bulk: return try encoder.encode(BulkRequest(records: request.records, channels: Array(request.channels)))
        case .single:
            return try encoder.encode(SingleRequest(hints: request.records[0], channels: Array(request.channels)))
        case .discover: return try encoder.encode(request.records[0])
        case .account: return try encoder.encode(AccountRequest(domain: request.records[0].companyDomain ?? ""))
        }
    }
}

/// Reading what the service answered.
///
/// Pure.
enum APIReply {
    /// - Parameter pause: how long the service wants to be left alone (`Retry-After`).
    static func read(
        status: Int, pause: Duration?, body: Data, request: EnrichmentRequest
    ) -> EnrichmentReply {
        switch status {
        case 200..<300: return answer(body, request) ?? .lost(why: "the answer could not be read")
        case 402: return .outOfCredits
        // A service that says when to come back counts calls, whatever its words are.
        case 429 where pause != nil: return .turnedAway(after: pause, .tooMany, why: "429 Too Many Requests")
        case 400..<500 where saysOutOfCredits(body): return .outOfCredits
        case 401, 403: return .keyRefused
        case 404 where request.endpoint == .account: return .accounts([AccountAnswer(nil)])
        case 429: return .turnedAway(after: pause, .tooMany, why: "429 Too Many Requests")
        case 503 where pause != nil: return .turnedAway(after: pause, .notReady, why: "503 Service Unavailable")
        case 400, 413, 422: return .refused
        // Nothing is wrong with a record: the address or the method is, and nothing was charged.
        case 400..<500: return .turnedAway(after: nil, .notReady, why: "status \(status)")
        default: return .lost(why: "status \(status)")
        }
    }

    /// Whether a refusal is about credits, whatever its status: some services answer 403 or 429 then.
    private static func saysOutOfCredits(_ body: Data) -> Bool {
        struct Refusal: Decodable {
            var error: LooseText?
            var code: LooseText?
            var message: LooseText?
            var detail: LooseText?
        }
        /// A text, or an object that has it inside.
        struct LooseText: Decodable {
            var text: String

            init(from decoder: any Decoder) throws {
                if let plain = try? decoder.singleValueContainer().decode(String.self) {
                    text = plain
                } else {
                    let inner = try? decoder.singleValueContainer().decode([String: String].self)
                    text = inner?.values.joined(separator: " ") ?? ""
                }
            }
        }
        guard body.count < 1 << 16, let refusal = try? JSONDecoder().decode(Refusal.self, from: body) else {
            return false
        }
        let text = [refusal.error, refusal.code, refusal.message, refusal.detail].compactMap { $0?.text.lowercased() }
            .joined(separator: " ")
        // Both words in one phrase: "no credits were used" is said of refusals of any kind.
        return text.firstMatch(
            of:
                /(insufficient|out[ _]of|not enough)[ _](api[ _])?credit|no( more)?[ _]credits?( (left|remaining|available)|[^ a-z]|$)|credits?[ _]((balance|limit)[ _])?((is|are)[ _])?(exhausted|exceeded|insufficient|used up)/
        ) != nil
    }

    private static func answer(_ body: Data, _ request: EnrichmentRequest) -> EnrichmentReply? {
        let decoder = JSONDecoder()
        switch request.endpoint {
        case .bulk: return (try? decoder.decode(BulkResponse.self, from: body)).map { .persons($0.results, costs: []) }
        case .single, .discover:
            return (try? decoder.decode(PersonResult.self, from: body)).map { .persons([$0], costs: []) }
        case .account:
            return (try? decoder.decode(AccountResult.self, from: body)).map { .accounts([AccountAnswer($0)]) }
        }
    }
}

/// Work that takes too long is given up.
///
/// - Throws: what the work throws, or `CancellationError` when the time is over.
private func within<Value: Sendable>(
    _ time: Duration, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask(operation: work)
        group.addTask {
            try await Task.sleep(for: time)
            throw CancellationError()
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}

extension String {
    /// Without slashes at the end, so that a path can follow.
    var trimmedSlash: String {
        var text = self
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }
}
