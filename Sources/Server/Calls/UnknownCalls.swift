import HTTPTypes
import Hummingbird

/// Says what is there where a call asks for something else, instead of an answer without a body.
struct UnknownCalls<Context: RequestContext>: RouterMiddleware {
    /// Methods by path, without the slash in front.
    let methods: [String: HTTPRequest.Method]

    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws
        -> Response
    {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            let path = request.uri.path.split(separator: "/").joined(separator: "/")
            return methods[path].map { Problem.wrongMethod($0).response } ?? Problem.unknownPath.response
        }
    }
}
