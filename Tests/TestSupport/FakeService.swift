package import EnrichmentAPI
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import struct NIOCore.ByteBuffer
import NIOSSL
import ServiceLifecycle
import Synchronization

/// An enrichment service on a loopback port that keeps the limits of the contract, keeps books of its own, and
/// misbehaves on request.
package final class FakeService: Sendable {
    /// What a call does instead of answering properly.
    package enum Misbehaviour: Sendable, Equatable {
        case refuse429(retryAfter: String?)
        case unavailable503
        /// Not there at all, for as long as it takes: 503 without a word on when to come back.
        case down
        /// Charges and remembers everything, then sends half of the answer as if it were whole.
        case chargeThenCutBody
        /// Charges, then closes the connection in the middle of the answer.
        case chargeThenReset
        /// Charges, then says nothing for longer than anybody waits.
        case chargeThenSilence(Duration)
        case chargeThenServerError
        /// Charges, and what it sends is as long as no answer is.
        case chargeThenFlood
        /// One result too few.
        case shortAnswer
        /// One result too many.
        case longAnswer
        /// JSON, and not what is in the contract.
        case wrongTypes
        case html200
        case unauthorised
        case outOfCredits
    }

    /// How it says what is left of its limit.
    package enum LimitFields: Sendable {
        case none, draft, policy, olderDraft, experimental
    }

    /// How it writes its answers.
    package enum Style: Sendable {
        case plain
        /// `{"results": […]}` instead of a bare array.
        case wrapped
        /// Numbers as texts, misses as `null`, fields that nobody knows.
        case loose
    }

    package struct Books: Sendable {
        /// Times that each (identity, channel) was charged.
        package var charges: [String: Int] = [:]
        package var credits = Credits.zero
        package var calls: [Endpoint: Int] = [:]
        package var recordsPerBulk: [Int] = []
        package var refusals = 0
        /// When calls arrived that were not refused.
        package var arrivals: [ContinuousClock.Instant] = []

        /// From the first call to the last one.
        package var span: Duration {
            guard let first = arrivals.first, let last = arrivals.last else { return .zero }
            return last - first
        }
    }

    private struct State {
        var books = Books()
        var misbehaviours: [Endpoint: [Misbehaviour]] = [:]
        var answered: Set<String> = []
        /// When calls arrived, within the last day.
        var arrivals: [(isBulk: Bool, at: ContinuousClock.Instant)] = []
    }

    private let state = Mutex(State())
    private let limits: ServiceLimits
    private let latency: Duration
    /// Emails that make a whole bulk call unacceptable.
    private let unacceptable: Set<String>
    /// Emails at which every call breaks down without charging.
    private let breaking: Set<String>
    private let style: Style
    private let limitFields: LimitFields
    /// What everything costs, in times of its price.
    private let dearness: Int

    package init(
        limits: ServiceLimits = .generous, latency: Duration = .zero, unacceptable: Set<String> = [],
        breaking: Set<String> = [],
        misbehaving: [Misbehaviour] = [], onSingle: [Misbehaviour] = [], style: Style = .plain,
        limitFields: LimitFields = .none, dearness: Int = 1
    ) {
        self.limits = limits
        self.latency = latency
        self.unacceptable = unacceptable
        self.breaking = breaking
        self.style = style
        self.limitFields = limitFields
        self.dearness = dearness
        state.withLock { $0.misbehaviours = [.bulk: misbehaving, .single: onSingle] }
    }

    package var books: Books { state.withLock { $0.books } }

    /// What the service finds: a pure function of the hints, so that every test knows the answer.
    package static func value(_ channel: Channel, _ hints: PersonHints) -> String? {
        let key =
            hints.email ?? hints.linkedinURL
            ?? "\(hints.firstName ?? "")-\(hints.lastName ?? "")-\(hints.companyDomain ?? "")"
        let number = key.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
        guard (number / 3 + channel.number) % 4 != 0 else { return nil }
        return switch channel {
        case .workEmail: "work.\(number)@found.example"
        case .personalEmail: "home.\(number)@freemail.example"
        case .phone: "+1212555\(String(format: "%04d", 100 + number % 100))"
        case .linkedinURL: "https://www.linkedin.com/in/found-\(number)"
        }
    }

    package static let prices: [Channel: Int] = [.workEmail: 2, .personalEmail: 1, .phone: 5, .linkedinURL: 1]

    /// Serves on a loopback port while `work` runs, which is given the base URL.
    ///
    /// - Parameter certificate: serves over TLS with `….pem` and `….key`.
    package func serving<Value: Sendable>(
        certificate: String? = nil, _ work: @escaping @Sendable (_ url: String) async throws -> Value
    ) async throws -> Value {
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router(), server: try Self.server(certificate),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { found.yield($0.localAddress?.port ?? 0) },
            logger: Logger(label: "fake") { _ in SwiftLogNoOpLogHandler() })
        let services = ServiceGroup(
            services: [application], gracefulShutdownSignals: [],
            logger: Logger(label: "fake") { _ in SwiftLogNoOpLogHandler() })
        async let serving: Void = services.run()
        let result: Result<Value, any Error>
        do {
            guard let port = await ports.first(where: { _ in true }) else { throw CancellationError() }
            result = .success(try await work("\(certificate == nil ? "http" : "https")://127.0.0.1:\(port)"))
        } catch {
            result = .failure(error)
        }
        await services.triggerGracefulShutdown()
        try await serving
        return try result.get()
    }

    private static func server(_ certificate: String?) throws -> HTTPServerBuilder {
        guard let certificate else { return .http1() }
        let chain = try NIOSSLCertificate.fromPEMFile(certificate + ".pem").map {
            NIOSSLCertificateSource.certificate($0)
        }
        let key = try NIOSSLPrivateKey(file: certificate + ".key", format: .pem)
        return try .tls(
            .http1(),
            tlsConfiguration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key)))
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        for endpoint in Endpoint.allCases {
            router.post(RouterPath(endpoint.path)) { request, _ in
                var request = request
                let body = try await request.collectBody(upTo: 1 << 24)
                return try await self.answer(
                    endpoint, Data(body.readableBytesView),
                    isAuthorised: request.headers[.authorization] == "Bearer test-key")
            }
        }
        return router
    }

    // MARK: One call

    private func answer(_ endpoint: Endpoint, _ body: Data, isAuthorised: Bool) async throws -> Response {
        guard isAuthorised else { return Response(status: .unauthorized) }
        guard let left = arrive(endpoint) else {
            state.withLock { $0.books.refusals += 1 }
            return Response(status: .tooManyRequests, headers: [.retryAfter: "1"])
        }
        if latency > .zero { try await Task.sleep(for: latency) }
        state.withLock { $0.books.calls[endpoint, default: 0] += 1 }
        let misbehaviour: Misbehaviour? = state.withLock { state in
            guard let next = state.misbehaviours[endpoint]?.first else { return nil }
            if next != .down { state.misbehaviours[endpoint]?.removeFirst() }
            return next
        }
        var response = try await answer(endpoint, body, misbehaviour)
        for (name, value) in fields(left) {
            if let name = HTTPField.Name(name) { response.headers[name] = value }
        }
        return response
    }

    private func answer(_ endpoint: Endpoint, _ body: Data, _ misbehaviour: Misbehaviour?) async throws -> Response {
        if try isBreaking(endpoint, body) { return Response(status: .internalServerError) }
        switch misbehaviour {
        case .refuse429(let after):
            state.withLock { $0.books.refusals += 1 }
            var headers = HTTPFields()
            if let after { headers[.retryAfter] = after }
            return Response(status: .tooManyRequests, headers: headers)
        case .unavailable503: return Response(status: .serviceUnavailable, headers: [.retryAfter: "0"])
        case .down: return Response(status: .serviceUnavailable)
        case .unauthorised: return Response(status: .unauthorized)
        case .outOfCredits: return Response(status: .init(code: 402))
        case .html200: return text("<html>busy</html>")
        case .wrongTypes: return text("[{\"record_id\":{},\"credits_used\":\"many\",\"channels\":[7]}]")
        case .chargeThenServerError:
            _ = try results(endpoint, body)
            return Response(status: .badGateway)
        case .chargeThenCutBody: return text(String(try results(endpoint, body).dropLast(20)))
        case .chargeThenReset:
            let half = String(try results(endpoint, body).dropLast(20))
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: half))
                    throw CancellationError()
                })
        case .chargeThenSilence(let length):
            _ = try results(endpoint, body)
            try await Task.sleep(for: length)
            return Response(status: .badGateway)
        case .chargeThenFlood:
            _ = try results(endpoint, body)
            return text("[" + String(repeating: " ", count: 17 << 20) + "]")
        case .shortAnswer: return text(try results(endpoint, body, changing: { $0.removeLast() }))
        case .longAnswer: return text(try results(endpoint, body, changing: { $0.append($0[0]) }))
        case nil: return try proper(endpoint, body)
        }
    }

    private func isBreaking(_ endpoint: Endpoint, _ body: Data) throws -> Bool {
        guard !breaking.isEmpty else { return false }
        let text = String(decoding: body, as: UTF8.self)
        return breaking.contains { text.contains("\"\($0)\"") }
    }

    /// What the service says about its limit.
    private func fields(_ left: (remaining: Int, resetsIn: Double)) -> [(name: String, value: String)] {
        let seconds = String(left.resetsIn)
        return switch limitFields {
        case .none: []
        case .draft: [("RateLimit", "\"minute\";r=\(left.remaining);t=\(seconds)")]
        case .policy:
            [("RateLimit-Policy", "\"minute\";q=\(limits.bulkPerMinute);w=\(limits.minute / .seconds(1))")]
        case .olderDraft: [("RateLimit-Remaining", "\(left.remaining)"), ("RateLimit-Reset", seconds)]
        case .experimental:
            [
                ("X-RateLimit-Remaining", "\(left.remaining)"),
                ("X-RateLimit-Reset", String(Date().timeIntervalSince1970 + left.resetsIn)),
            ]
        }
    }

    private func proper(_ endpoint: Endpoint, _ body: Data) throws -> Response {
        if endpoint == .bulk {
            let request = try JSONDecoder().decode(BulkRequest.self, from: body)
            if request.records.contains(where: { unacceptable.contains($0.email ?? "") }) {
                return Response(status: .init(code: 422))
            }
        }
        return text(try results(endpoint, body))
    }

    private func text(_ body: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }

    /// Counts a call, in sliding windows; nil where it is one too many.
    private func arrive(_ endpoint: Endpoint) -> (remaining: Int, resetsIn: Double)? {
        state.withLock { state in
            let now = ContinuousClock.now
            state.arrivals.removeAll { now - $0.at >= limits.day }
            let recent = state.arrivals.filter { $0.isBulk == (endpoint == .bulk) && now - $0.at < limits.minute }
            let most = endpoint == .bulk ? limits.bulkPerMinute : limits.singlePerMinute
            guard recent.count < most, state.arrivals.count < limits.perDay else { return nil }
            state.arrivals.append((endpoint == .bulk, now))
            state.books.arrivals.append(now)
            let resets = recent.first.map { ($0.at + limits.minute) - now } ?? limits.minute
            return (most - recent.count - 1, resets / .seconds(1))
        }
    }

    private func results(
        _ endpoint: Endpoint, _ body: Data, changing change: (inout [PersonResult]) -> Void = { _ in }
    ) throws -> String {
        let encoder = JSONEncoder()
        switch endpoint {
        case .bulk:
            let request = try JSONDecoder().decode(BulkRequest.self, from: body)
            var results = request.records.map { person($0, request.channels, isIdempotent: false) }
            state.withLock { $0.books.recordsPerBulk.append(request.records.count) }
            change(&results)
            if style == .loose { return "[" + results.map(Self.loose).joined(separator: ",") + "]" }
            let array = String(decoding: try encoder.encode(results), as: UTF8.self)
            return style == .wrapped ? "{\"results\":\(array),\"credits_used\":0}" : array
        case .single, .discover:
            let request = try JSONDecoder().decode(SingleRequest.self, from: body)
            let result = person(request.hints, request.channels ?? Channel.allCases, isIdempotent: endpoint == .single)
            return style == .loose ? Self.loose(result) : String(decoding: try encoder.encode(result), as: UTF8.self)
        case .account:
            let request = try JSONDecoder().decode(AccountRequest.self, from: body)
            return
                "{\"account_id\":\"acc:\(request.domain)\",\"fields\":{\"industry\":\"Widgets\",\"tech_stack\":[\"a\",\"b\"],\"founded_year\":1999}}"
        }
    }

    /// The same facts as a service writes them that does not care much.
    private static func loose(_ result: PersonResult) -> String {
        let channels = result.channels.entries.map { channel, found in
            let value = found.value.map {
                "{\"value\":\"\($0.value)\",\"source\":\"\($0.source)\",\"confidence\":\"\($0.confidence)\",\"enriched_at\":null,\"quality\":[1]}"
            }
            return "\"\(channel.rawValue)\":\(value ?? "null")"
        }
        return
            "{\"record_id\":77,\"credits_used\":\"\(result.creditsUsed)\",\"model\":{\"v\":2},\"channels\":{\(channels.joined(separator: ",")),\"fax\":null}}"
    }

    /// Charges what it finds, unless the call is idempotent and was answered before.
    private func person(_ hints: PersonHints, _ channels: [Channel], isIdempotent: Bool) -> PersonResult {
        let key =
            hints.email ?? hints.linkedinURL
            ?? "\(hints.firstName ?? "") \(hints.lastName ?? "") \(hints.companyDomain ?? "")"
        var result = PersonResult(recordID: "rec-\(key)", channels: [:], creditsUsed: .zero)
        state.withLock { state in
            for channel in channels {
                guard let value = Self.value(channel, hints) else {
                    result.channels[channel] = .missed(tried: ["A", "B"])
                    continue
                }
                result.channels[channel] = .found(
                    ChannelValue(
                        value: value, source: "provider-a", confidence: 0.9, enrichedAt: "2026-11-01T00:00:00Z"))
                let question = "\(key) \(channel.rawValue)"
                if isIdempotent, state.answered.contains(question) { continue }
                state.answered.insert(question)
                let price = Credits(thousandths: (Self.prices[channel] ?? 0) * 1000 * dearness)
                state.books.charges[question, default: 0] += 1
                state.books.credits += price
                result.creditsUsed += price
            }
        }
        return result
    }
}

extension ServiceLimits {
    /// Limits that no test reaches by accident.
    package static var generous: ServiceLimits {
        var limits = ServiceLimits()
        limits.bulkPerMinute = 100_000
        limits.singlePerMinute = 100_000
        limits.perDay = 1_000_000
        return limits
    }
}
