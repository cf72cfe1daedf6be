package import AsyncHTTPClient
package import EnrichmentAPI
import Foundation
import NIOCore
import NIOHTTP1
import Records

/// A verification service behind a URL: one POST an email.
package struct WebhookVerifier: EmailVerifier {
    private let client: HTTPClient
    private let url: String
    private let settings: VerifySettings
    private let signature: WebhookSignature?
    private let reader: VerdictReader

    /// Tries for one email; what fails each time stays unknown and is asked for by the next run.
    private static let attempts = 3
    private static let answerLimit = 1 << 16

    package init(_ client: HTTPClient, url: String, settings: VerifySettings) {
        self.client = client
        self.url = url
        self.settings = settings
        signature = settings.secret.isEmpty ? nil : WebhookSignature(secret: settings.secret)
        reader = VerdictReader(settings: settings.verdict)
    }

    package func check(_ email: EmailToCheck) async -> Verdict {
        guard let body = try? JSONEncoder().encode(settings.body.mapValues { fill($0, email) }) else { return .unknown }
        for attempt in 1...Self.attempts {
            if let verdict = await post(body) { return verdict }
            if attempt < Self.attempts { try? await Task.sleep(for: .milliseconds(100 << attempt)) }
        }
        return .unknown
    }

    /// Nil where it is worth another try.
    private func post(_ body: Data) async -> Verdict? {
        var call = HTTPClientRequest(url: url)
        call.method = .POST
        call.headers.add(name: "content-type", value: "application/json")
        call.headers.add(name: "user-agent", value: Millrace.userAgent)
        if let signature {
            let id = "msg_" + UUID().uuidString.lowercased()
            let timestamp = Int(Date().timeIntervalSince1970)
            call.headers.add(name: "webhook-id", value: id)
            call.headers.add(name: "webhook-timestamp", value: String(timestamp))
            call.headers.add(name: "webhook-signature", value: signature.sign(id: id, timestamp: timestamp, body: body))
        }
        call.body = .bytes(ByteBuffer(bytes: body))
        do {
            let response = try await client.execute(call, timeout: .nanoseconds(Int64(settings.timeout.inNanoseconds)))
            let answer = try await response.body.collect(upTo: Self.answerLimit)
            switch response.status.code {
            case 200..<300: return reader.verdict(in: Data(answer.readableBytesView))
            case 429, 500...: return nil
            default: return .unknown
            }
        } catch {
            return nil
        }
    }

    private func fill(_ template: String, _ email: EmailToCheck) -> String {
        template.replacing("{email}", with: email.email).replacing("{channel}", with: email.channel.rawValue)
            .replacing("{record_id}", with: email.recordID)
    }
}
