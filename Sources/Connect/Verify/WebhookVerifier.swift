package import AsyncHTTPClient
import EnrichmentAPI
import Foundation
import NIOCore
import NIOHTTP1
import Records
import Settings

/// A verification service behind a URL: one POST an email, or one for a list of them.
package struct WebhookVerifier: EmailVerifier {
    private let client: HTTPClient
    private let url: String
    private let settings: VerifySettings
    private let signature: WebhookSignature?
    private let body: WebhookBody
    private let reader: VerdictReader
    private let pacer: CallPacer
    private let circuit = SharedOutageCircuit()

    private static let answerLimit = 16 << 20
    /// The longest that a service is believed when it says how long to wait, in seconds.
    private static let longestWait = 60.0

    package init(_ client: HTTPClient, url: String, settings: VerifySettings) {
        self.client = client
        self.url = url
        self.settings = settings
        signature = settings.secret.text.isEmpty ? nil : WebhookSignature(secret: settings.secret.text)
        body = WebhookBody(settings: settings)
        reader = VerdictReader(settings: settings.verdict, batch: settings.batch ?? VerifyBatchSettings())
        pacer = CallPacer(width: settings.concurrency, perMinute: settings.perMinute)
    }

    package var emailsPerRequest: Int { settings.batch?.size ?? 1 }

    package func replies(to emails: [EmailToCheck]) async -> [VerifierReply] {
        guard !emails.isEmpty else { return [] }
        guard circuit.mayAsk() else { return emails.map { _ in .silent(why: circuit.why) } }
        switch await ask(emails) {
        case .verdicts(let verdicts):
            circuit.succeeded()
            return verdicts.map { .said($0) }
        case .unacceptable where emails.count > 1:
            // One of them spoils the list: its halves are asked about instead, until it stands alone.
            circuit.succeeded()
            let half = emails.count / 2
            return await replies(to: Array(emails[..<half])) + replies(to: Array(emails[half...]))
        case .unacceptable:
            circuit.succeeded()
            return [.said(.unknown)]
        case .nothing(let why, let isDown):
            if isDown { circuit.failed(why) }
            return emails.map { _ in .silent(why: why) }
        }
    }

    private enum Outcome {
        case verdicts([Verdict])
        /// The service will not take these emails.
        case unacceptable
        /// - Parameter isDown: whether it tells of the service itself.
        case nothing(why: String, isDown: Bool)
    }

    /// One request, with its tries.
    private func ask(_ emails: [EmailToCheck]) async -> Outcome {
        guard let request = settings.batch == nil ? emails.first.flatMap(body.one) : body.list(emails) else {
            return .unacceptable
        }
        // One name for all tries, so that the service can tell that it is the same question.
        let id = "msg_" + UUID().uuidString.lowercased()
        var why = "", isDown = true
        for attempt in 1...settings.attempts {
            switch await pacer.pass({ await post(request, id: id) }) ?? .failed("too many wait", after: nil) {
            case .answer(let data):
                if let verdicts = verdicts(in: data, on: emails) { return .verdicts(verdicts) }
                (why, isDown) = ("its answer cannot be read", true)
            case .unacceptable: return .unacceptable
            case .refused(let text): return .nothing(why: text, isDown: true)
            case .failed(let text, let after):
                (why, isDown) = (text, after == nil)
                guard attempt < settings.attempts else { break }
                let pause = after ?? 0.1 * Double(1 << min(attempt, 10)) * Double.random(in: 0.5..<1.5)
                try? await Task.sleep(for: .seconds(min(pause, Self.longestWait)))
            }
        }
        return .nothing(why: why, isDown: isDown)
    }

    private func verdicts(in data: Data, on emails: [EmailToCheck]) -> [Verdict]? {
        settings.batch == nil
            ? reader.verdict(in: data).map { [$0] } : reader.verdicts(in: data, on: emails.map(\.email))
    }

    private enum Reply: Sendable {
        case answer(Data)
        /// These emails are not taken, others may be.
        case unacceptable
        /// Nothing is taken from us.
        case refused(String)
        /// - Parameter after: seconds that the service wants to be left alone.
        case failed(String, after: Double?)
    }

    private func post(_ body: Data, id: String) async -> Reply {
        var call = HTTPClientRequest(url: url)
        call.method = .POST
        call.headers.add(name: "content-type", value: "application/json")
        call.headers.add(name: "accept", value: "application/json")
        call.headers.add(name: "user-agent", value: Millrace.userAgent)
        for (name, value) in settings.headers { call.headers.replaceOrAdd(name: name, value: value) }
        if let signature { call.headers.sign(body, id: id, with: signature) }
        call.body = .bytes(ByteBuffer(bytes: body))
        do {
            let response = try await client.execute(call, timeout: .nanoseconds(Int64(settings.timeout.inNanoseconds)))
            let answer = try await response.body.collect(upTo: Self.answerLimit)
            let status = response.status.code
            switch status {
            case 200..<300: return .answer(Data(answer.readableBytesView))
            case 408, 425, 429, 500...:
                let after = response.headers.first(name: "retry-after").flatMap(Double.init)
                return .failed("it answers \(status)", after: after.flatMap { (0...1e6).contains($0) ? $0 : nil })
            case 400, 413, 422: return .unacceptable
            default: return .refused("it answers \(status)")
            }
        } catch {
            return .failed(WireTrouble.text(error), after: nil)
        }
    }
}
