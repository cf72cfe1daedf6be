import Foundation
import Hummingbird
import NIOCore

/// The built-in verification service by itself: `POST /verify` with `{"email": …}`, for pipelines that have no other.
package enum VerificationEndpoint {
    /// Serves it on a loopback port while `work` runs, which is given its URL.
    package static func serving<Value: Sendable>(_ work: @escaping @Sendable (_ url: String) async throws -> Value)
        async throws -> Value
    {
        let check = EmailCheck()
        let router = Router()
        router.post("verify") { request, context -> Response in
            let question = try await request.decode(as: EmailCheck.Question.self, context: context)
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: await check.verdict(on: question.email).json)))
        }
        return try await LoopbackServer.serving(router) { try await work($0 + "/verify") }
    }
}
