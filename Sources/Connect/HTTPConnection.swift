package import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTPCompression
import NIOSSL
import Records

/// How a service is reached: connections that are kept, limits in time, whom to trust, and by way of which proxy.
package struct HTTPConnection: Sendable {
    package var address: String
    /// For connecting, TLS included.
    package var connectTimeout: Duration
    /// For an answer; no longer silence is waited out.
    package var timeout: Duration
    package var concurrency: Int
    /// Certificates (PEM) to trust besides those of the system; empty for none.
    package var caFile: String

    /// Longest answer after unpacking, in bytes.
    private static let answerLimit = 64 << 20

    package init(
        address: String, timeout: Duration, connectTimeout: Duration, concurrency: Int = 8, caFile: String = ""
    ) {
        self.address = address
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.concurrency = concurrency
        self.caFile = caFile
    }

    package init(_ settings: VerifySettings, address: String) {
        self.init(
            address: address, timeout: settings.timeout, connectTimeout: settings.timeout,
            concurrency: max(8, settings.concurrency))
    }

    /// A client for as long as the work lasts.
    ///
    /// - Parameter environment: names the proxies.
    /// - Throws: ``Diagnostic`` `unreadable_certificates`.
    package func with<Value: Sendable>(
        environment: [String: String], _ work: (HTTPClient) async throws -> Value
    ) async throws -> Value {
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: try configuration(environment: environment))
        do {
            let value = try await work(client)
            try await client.shutdown()
            return value
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private func configuration(environment: [String: String]) throws -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.decompression = .enabled(limit: .size(Self.answerLimit))
        // A key goes to the address that was set, and nowhere else.
        configuration.redirectConfiguration = .disallow
        // Tries are counted and spaced in one place, where it is known that nothing was sent.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout.connect = .milliseconds(Int64(connectTimeout.inSeconds * 1000))
        // The deadline of a request ends with the head of its answer; this one watches over the body.
        configuration.timeout.read = .milliseconds(Int64(timeout.inSeconds * 1000))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = concurrency
        configuration.tlsConfiguration = try tls()
        configuration.proxy = ProxyVariables(environment: environment).proxy(for: address).map { proxy in
            guard !proxy.isSOCKS else { return .socksServer(host: proxy.host, port: proxy.port) }
            guard let user = proxy.user else { return .server(host: proxy.host, port: proxy.port) }
            return .server(
                host: proxy.host, port: proxy.port,
                authorization: .basic(username: user, password: proxy.password ?? ""))
        }
        return configuration
    }

    private func tls() throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        guard !caFile.isEmpty else { return tls }
        do {
            tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(caFile))]
        } catch {
            throw Diagnostic(
                code: "unreadable_certificates", "the certificates to trust cannot be read", file: caFile,
                hint: "enrich.api.ca_file names a file with certificates in PEM form")
        }
        return tls
    }
}
