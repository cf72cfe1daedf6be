import Foundation
import Hummingbird
import HTTPTypes
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// A vendor's API on a loopback port, which answers as a test says and keeps what it was asked.
package final class FakeVendor: Sendable {
    /// A call as it came.
    package struct Call: Sendable {
        package var path: String
        package var query: String
        package var fields: [String: String]
        package var body: String
    }

    package struct Reply: Sendable {
        package var status: Int
        package var body: String
        package var delay: Duration
        package var retryAfter: String?

        package init(
            _ body: String, status: Int = 200, delay: Duration = .zero, retryAfter: String? = nil
        ) {
            self.retryAfter = retryAfter
            self.body = body
            self.status = status
            self.delay = delay
        }
    }

    private struct State {
        var calls: [Call] = []
        var inTheAir = 0
        var mostInTheAir = 0
    }

    private let state = Mutex(State())
    private let reply: @Sendable (Call) -> Reply

    package init(_ reply: @escaping @Sendable (Call) -> Reply) { self.reply = reply }

    package var calls: [Call] { state.withLock { $0.calls } }
    package var mostInTheAir: Int { state.withLock { $0.mostInTheAir } }

    /// Serves while `work` runs, which is given the base URL.
    package func serving<Value: Sendable>(_ work: @escaping @Sendable (_ url: String) async throws -> Value)
        async throws
        -> Value
    {
        let router = Router()
        router.get("**") { request, _ in try await self.answer(request) }
        router.post("**") { request, _ in try await self.answer(request) }
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let logger = Logger(label: "vendor") { _ in SwiftLogNoOpLogHandler() }
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { found.yield($0.localAddress?.port ?? 0) }, logger: logger)
        let services = ServiceGroup(services: [application], gracefulShutdownSignals: [], logger: logger)
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

    private func answer(_ request: Request) async throws -> Response {
        var request = request
        let body = try await request.collectBody(upTo: 1 << 20)
        let call = Call(
            path: request.uri.path, query: request.uri.query ?? "",
            fields: Dictionary(
                request.headers.map { ($0.name.rawName.lowercased(), $0.value) },
                uniquingKeysWith: { first, _ in first }),
            body: String(buffer: body))
        state.withLock { state in
            state.calls.append(call)
            state.inTheAir += 1
            state.mostInTheAir = max(state.mostInTheAir, state.inTheAir)
        }
        defer { state.withLock { $0.inTheAir -= 1 } }
        let reply = reply(call)
        if reply.delay > .zero { try await Task.sleep(for: reply.delay) }
        var headers: HTTPFields = [.contentType: "application/json"]
        headers[.retryAfter] = reply.retryAfter
        return Response(
            status: .init(code: reply.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: reply.body)))
    }
}
