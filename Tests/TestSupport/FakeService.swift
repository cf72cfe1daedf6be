package import EnrichmentAPI
import Foundation
import Hummingbird
import Logging
import struct NIOCore.ByteBuffer
import ServiceLifecycle
import Synchronization

/// An enrichment service on a loopback port that keeps the limits of the contract, keeps books of its own, and
/// misbehaves on request.
package final class FakeService: Sendable {
    /// What a bulk call does instead of answering properly.
    package enum Misbehaviour: Sendable, Equatable {
        case refuse429(retryAfter: String?)
        case unavailable503
        /// Charges and remembers everything, then drops the connection or sends half of the answer.
        case chargeThenCutBody
        case chargeThenServerError
        /// One result too few.
        case shortAnswer
        case html200
        case unauthorised
        case outOfCredits
    }

    package struct Books: Sendable {
        /// Times that each (identity, channel) was charged.
        package var charges: [String: Int] = [:]
        package var credits = Credits.zero
        package var calls: [Endpoint: Int] = [:]
        package var recordsPerBulk: [Int] = []
        package var refusals = 0
    }

    private struct State {
        var books = Books()
        var misbehaviours: [Misbehaviour] = []
        var answered: Set<String> = []
        var arrivals: [Endpoint: [ContinuousClock.Instant]] = [:]
    }

    private let state = Mutex(State())
    private let limits: ServiceLimits
    private let latency: Duration
    /// Emails that make a whole bulk call unacceptable.
    private let unacceptable: Set<String>
    private let isBulkWrapped: Bool

    package init(
        limits: ServiceLimits = .generous, latency: Duration = .zero, unacceptable: Set<String> = [],
        misbehaving: [Misbehaviour] = [], isBulkWrapped: Bool = false
    ) {
        self.limits = limits
        self.latency = latency
        self.unacceptable = unacceptable
        self.isBulkWrapped = isBulkWrapped
        state.withLock { $0.misbehaviours = misbehaving }
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
    package func serving<Value: Sendable>(_ work: @escaping @Sendable (_ url: String) async throws -> Value)
        async throws -> Value
    {
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router(), configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { found.yield($0.localAddress?.port ?? 0) },
            logger: Logger(label: "fake") { _ in SwiftLogNoOpLogHandler() })
        let services = ServiceGroup(
            services: [application], gracefulShutdownSignals: [],
            logger: Logger(label: "fake") { _ in SwiftLogNoOpLogHandler() })
        async let serving: Void = services.run()
        let result: Result<Value, any Error>
        do {
            guard let port = await ports.first(where: { _ in true }) else { throw CancellationError() }
            result = .success(try await work("http://127.0.0.1:\(port)"))
        } catch {
            result = .failure(error)
        }
        await services.triggerGracefulShutdown()
        try await serving
        return try result.get()
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
        if isOverLimit(endpoint) {
            state.withLock { $0.books.refusals += 1 }
            return Response(status: .tooManyRequests, headers: [.retryAfter: "1"])
        }
        if latency > .zero { try await Task.sleep(for: latency) }
        state.withLock { $0.books.calls[endpoint, default: 0] += 1 }
        let misbehaviour =
            endpoint == .bulk ? state.withLock { $0.misbehaviours.isEmpty ? nil : $0.misbehaviours.removeFirst() } : nil
        switch misbehaviour {
        case .refuse429(let after):
            state.withLock { $0.books.refusals += 1 }
            var headers = HTTPFields()
            if let after { headers[.retryAfter] = after }
            return Response(status: .tooManyRequests, headers: headers)
        case .unavailable503: return Response(status: .serviceUnavailable, headers: [.retryAfter: "0"])
        case .unauthorised: return Response(status: .unauthorized)
        case .outOfCredits: return Response(status: .init(code: 402))
        case .html200: return text("<html>busy</html>")
        case .chargeThenServerError:
            _ = try results(endpoint, body)
            return Response(status: .badGateway)
        case .chargeThenCutBody: return text(String(try results(endpoint, body).dropLast(20)))
        case .shortAnswer: return text(try results(endpoint, body, dropping: 1))
        case nil: return try proper(endpoint, body)
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

    private func isOverLimit(_ endpoint: Endpoint) -> Bool {
        state.withLock { state in
            let now = ContinuousClock.now
            let kinds: [Endpoint] = endpoint == .bulk ? [.bulk] : [.single, .discover, .account]
            let recent = kinds.flatMap { state.arrivals[$0] ?? [] }.filter { now - $0 < limits.minute }
            guard recent.count < (endpoint == .bulk ? limits.bulkPerMinute : limits.singlePerMinute) else {
                return true
            }
            state.arrivals[endpoint, default: []].append(now)
            return false
        }
    }

    private func results(_ endpoint: Endpoint, _ body: Data, dropping: Int = 0) throws -> String {
        let encoder = JSONEncoder()
        switch endpoint {
        case .bulk:
            let request = try JSONDecoder().decode(BulkRequest.self, from: body)
            let results = request.records.map { person($0, request.channels, isIdempotent: false) }
            state.withLock { $0.books.recordsPerBulk.append(request.records.count) }
            let array = String(decoding: try encoder.encode(Array(results.dropLast(dropping))), as: UTF8.self)
            return isBulkWrapped ? "{\"results\":\(array),\"credits_used\":0}" : array
        case .single, .discover:
            let request = try JSONDecoder().decode(SingleRequest.self, from: body)
            return String(
                decoding: try encoder.encode(
                    person(request.hints, request.channels ?? Channel.allCases, isIdempotent: endpoint == .single)),
                as: UTF8.self)
        case .account:
            let request = try JSONDecoder().decode(AccountRequest.self, from: body)
            return
                "{\"account_id\":\"acc:\(request.domain)\",\"fields\":{\"industry\":\"Widgets\",\"tech_stack\":[\"a\",\"b\"],\"founded_year\":1999}}"
        }
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
                let price = Credits(thousandths: (Self.prices[channel] ?? 0) * 1000)
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
