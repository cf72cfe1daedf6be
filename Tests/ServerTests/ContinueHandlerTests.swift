import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing
@testable import Server

/// Clients that wait for leave to send their body.
@Suite struct ContinueHandlerTests {
    @Test(arguments: [("100-continue", true), ("100-Continue", true), ("", false)])
    func whoeverWaitsForLeaveIsGivenIt(_ expect: String, _ isGiven: Bool) throws {
        let channel = EmbeddedChannel(handler: ContinueHandler())
        var head = HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/enrichment")
        if !expect.isEmpty { head.headerFields[.expect] = expect }
        try channel.writeInbound(HTTPRequestPart.head(head))
        let answer = try channel.readOutbound(as: HTTPResponsePart.self)
        #expect(answer == (isGiven ? .head(HTTPResponse(status: .continue)) : nil))
        // The request goes on to whoever answers it.
        #expect(try channel.readInbound(as: HTTPRequestPart.self) == .head(head))
        _ = try channel.finish()
    }
}
