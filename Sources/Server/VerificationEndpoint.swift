import Foundation
package import Hummingbird
import Identity
import Logging
import NIOCore
import ServiceLifecycle

/// The built-in verification service: `POST /verify` with `{"email": …}` answers `{"valid": true | false}`.
package enum VerificationEndpoint {
    /// Adds the endpoint to a router.
    package static func add(to router: Router<some RequestContext>) {
        router.post("verify") { request, context -> VerificationAnswer in
            let question = try await request.decode(as: VerificationQuestion.self, context: context)
            return VerificationAnswer(valid: BuiltinVerifier.isValid(question.email))
        }
    }

    /// Serves the endpoint on a loopback port while `work` runs, which is given its URL.
    package static func serving<Value: Sendable>(_ work: @escaping @Sendable (_ url: String) async throws -> Value)
        async throws -> Value
    {
        let router = Router()
        add(to: router)
        let logger = Logger(label: "millrace.verify") { _ in SwiftLogNoOpLogHandler() }
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
            result = .success(try await work("http://127.0.0.1:\(port)/verify"))
        } catch {
            result = .failure(error)
        }
        await services.triggerGracefulShutdown()
        try await serving
        return try result.get()
    }
}

struct VerificationQuestion: Decodable, Sendable {
    var email: String
}

package struct VerificationAnswer: ResponseEncodable, Sendable {
    var valid: Bool
}

/// What can be said of an email without asking its server: its syntax, and whether its domain is one for throwing away.
enum BuiltinVerifier {
    static func isValid(_ email: String) -> Bool {
        guard let canonical = Canonical.email(email), let at = canonical.lastIndex(of: "@") else { return false }
        return !DisposableDomains.contains(String(canonical[canonical.index(after: at)...]))
    }
}
