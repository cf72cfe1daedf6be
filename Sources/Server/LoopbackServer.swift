import Foundation
package import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// Serves on a loopback port for as long as some work lasts.
package enum LoopbackServer {
    /// - Parameter work: is given the base URL.
    package static func serving<Value: Sendable>(
        _ router: Router<BasicRequestContext>, _ work: @escaping @Sendable (_ url: String) async throws -> Value
    ) async throws -> Value {
        let logger = Logger(label: "millrace") { _ in SwiftLogNoOpLogHandler() }
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                found.yield(channel.localAddress?.port ?? 0)
                found.finish()
            }, logger: logger)
        // Ends with the work; signals are the pipeline's business.
        let services = ServiceGroup(services: [application], gracefulShutdownSignals: [], logger: logger)
        async let serving: Void = {
            // Where it cannot start, nobody waits for its port.
            defer { found.finish() }
            try await services.run()
        }()
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
}
