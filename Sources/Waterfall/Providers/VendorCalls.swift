import AsyncHTTPClient
import Connect
import Foundation
import NIOCore
import NIOHTTP1
import Records

/// Calls to one vendor: how they are made, how many at once, how many a minute.
struct VendorCalls: Sendable {
    private let client: HTTPClient
    private let settings: HTTPProviderSettings
    private let pacer: CallPacer

    private static let answerLimit = 4 << 20
    /// Calls that may wait: nobody would wait for one more.
    private static let longestLine = 256

    init(_ client: HTTPClient, _ settings: HTTPProviderSettings) {
        self.client = client
        self.settings = settings
        pacer = CallPacer(
            width: settings.concurrency, perMinute: settings.perMinute, longestLine: Self.longestLine)
    }

    /// What came back.
    enum Answer: Sendable {
        case json(Data)
        /// A status that means that nobody was found.
        case miss
        case failed(Finding.Failure)
    }

    /// One call, once.
    ///
    /// - Parameters:
    ///   - template: with the hints for address and header fields.
    ///   - body: JSON; nil for none.
    /// - Returns: nil where address or header fields need a hint that is missing.
    func call(_ template: Template, body: Data?) async -> Answer? {
        guard let url = template.url(settings.url) else { return nil }
        var call = HTTPClientRequest(url: url)
        call.method = settings.method == .get ? .GET : .POST
        call.headers.add(name: "user-agent", value: Millrace.userAgent)
        call.headers.add(name: "accept", value: "application/json")
        if let body {
            call.headers.add(name: "content-type", value: "application/json")
            call.body = .bytes(ByteBuffer(bytes: body))
        }
        for (name, value) in settings.headers {
            guard let field = template.field(value) else { return nil }
            call.headers.replaceOrAdd(name: name, value: field)
        }
        let ready = call
        return await pacer.pass { await send(ready) } ?? .failed(.unavailable)
    }

    private func send(_ call: HTTPClientRequest) async -> Answer {
        let deadline = NIODeadline.now() + .nanoseconds(Int64(settings.timeout.inNanoseconds))
        do {
            let response = try await client.execute(call, deadline: deadline)
            let status = Int(response.status.code)
            // The body is read in any case, so that the connection can be kept.
            let body = try await response.body.collect(upTo: Self.answerLimit)
            if settings.miss.status.contains(String(status)) { return .miss }
            switch status {
            case 200..<300: return .json(Data(body.readableBytesView))
            case 429, 500...: return .failed(.unavailable)
            default: return .failed(.refused)
            }
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout {
            return .failed(.timeout)
        } catch is NIOTooManyBytesError {
            return .failed(.unreadable)
        } catch {
            return .failed(.unavailable)
        }
    }
}
