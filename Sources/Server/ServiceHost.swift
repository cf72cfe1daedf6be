import Foundation
import Hummingbird
import Logging
import NIOCore
import Records
import ServiceLifecycle
import UnixSignals

/// Runs the service where its settings say, until it is told to stop; what is being answered is answered first.
package struct ServiceHost: Sendable {
    /// How long a connection may stand without a call.
    private static let idleTimeout = TimeAmount.seconds(75)

    package let host: String
    package let port: Int

    /// - Parameter listen: `HOST:PORT`, or a port.
    /// - Throws: ``Diagnostic`` `invalid_settings`.
    package init(listen: String) throws {
        let parts = listen.split(separator: ":", omittingEmptySubsequences: false)
        let name = parts.count > 1 ? parts.dropLast().joined(separator: ":") : "127.0.0.1"
        guard let last = parts.last, let port = Int(last), (0...65_535).contains(port), !name.isEmpty else {
            throw Diagnostic(
                code: "invalid_settings", "'\(listen)' is no place to listen on", hint: "such as 127.0.0.1:8787")
        }
        host = name.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        self.port = port
    }

    /// Whether only this machine can reach it.
    package var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    /// - Parameters:
    ///   - beside: work that goes on while the service runs, and ends with it.
    ///   - started: is told the port once connections are taken.
    /// - Throws: ``Diagnostic`` `cannot_listen`.
    package func run(
        _ service: EnrichmentService, beside: @escaping @Sendable () async -> Void = {},
        started: @escaping @Sendable (Int) -> Void
    ) async throws {
        let logger = Logger(label: "millrace") { _ in SwiftLogNoOpLogHandler() }
        let application = Application(
            router: service.router(),
            server: .http1(
                configuration: .init(additionalChannelHandlers: [ContinueHandler()], idleTimeout: Self.idleTimeout)),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: "millrace"),
            onServerRunning: { started($0.localAddress?.port ?? 0) }, logger: logger)
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: application), .init(service: Companion(work: beside))],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await services.run()
        } catch let error as IOError {
            throw Diagnostic(
                code: "cannot_listen",
                "cannot listen on \(host):\(port): \(String(cString: strerror(error.errnoCode)))",
                hint: "another program may have the port; name another with --listen")
        }
    }

    /// Work beside the service.
    private struct Companion: Service {
        let work: @Sendable () async -> Void

        func run() async throws {
            await cancelWhenGracefulShutdown { await work() }
            // A service that ends by itself would end the others.
            try? await gracefulShutdown()
        }
    }
}
