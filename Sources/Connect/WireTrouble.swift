import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// What went wrong on the way to a service or back, in words for the person: no addresses, no bodies, no names of types.
package enum WireTrouble {
    package static func text(_ error: any Error) -> String {
        switch error {
        case is NIOConnectionError, is SocketAddressError: "the address cannot be reached"
        case let error as IOError where error.errnoCode == ECONNREFUSED: "the connection was refused"
        case let error as IOError where error.errnoCode == ENETUNREACH: "the address cannot be reached"
        case is IOError: "the connection was cut"
        case let error as HTTPClientError: text(of: error)
        case is NIOTooManyBytesError: "the answer is too long"
        case is CancellationError: "the answer took too long"
        case is HTTPParserError: "what came is no HTTP"
        default: text(ofOther: error)
        }
    }

    private static func text(of error: HTTPClientError) -> String {
        switch error {
        case .connectTimeout: "connecting took too long"
        case .tlsHandshakeTimeout: "setting up TLS took too long"
        case .deadlineExceeded, .readTimeout: "the answer took too long"
        case .remoteConnectionClosed: "the connection was closed before an answer came"
        case .invalidProxyResponse, .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
            "the proxy does not let it through"
        case .proxyAuthenticationRequired: "the proxy wants a user and a password"
        default: error.shortDescription.prefix(1).lowercased() + error.shortDescription.dropFirst()
        }
    }

    /// Errors of TLS and of unpacking, whose kinds only their descriptions tell.
    private static func text(ofOther error: any Error) -> String {
        let type = String(reflecting: Swift.type(of: error))
        let words = String(describing: error)
        if type.contains("SSL") {
            if words.contains("CERTIFICATE_VERIFY_FAILED") {
                return "its certificate is not trusted, or has expired (ca_file names further authorities)"
            }
            if words.localizedCaseInsensitiveContains("hostname") { return "its certificate is for another host" }
            return "TLS could not be set up (is the address one of https?)"
        }
        return type.contains("Decompression") ? "the answer cannot be unpacked" : "it failed on the way"
    }
}
