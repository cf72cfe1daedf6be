import Crypto
package import Foundation
package import NIOHTTP1

/// Signs requests as Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`.
package struct WebhookSignature: Sendable {
    private let key: SymmetricKey

    /// - Parameter secret: `whsec_` and base64; any other text is the key itself.
    package init(secret: String) {
        let encoded = secret.hasPrefix("whsec_") ? String(secret.dropFirst("whsec_".count)) : nil
        key = SymmetricKey(data: encoded.flatMap { Data(base64Encoded: $0) } ?? Data(secret.utf8))
    }

    /// The `webhook-signature` field.
    ///
    /// - Parameter timestamp: seconds since 1970.
    func sign(id: String, timestamp: Int, body: Data) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Self.signed(id, timestamp, body), using: key)
        return "v1," + Data(code).base64EncodedString()
    }

    /// Seconds that a request may be old, or of the future, so that it cannot be sent again later.
    private static let tolerance = 300.0

    /// Whether one of the signatures in a `webhook-signature` field is ours, and not too old.
    ///
    /// - Parameter now: seconds since 1970.
    package func isValid(_ field: String, id: String, timestamp: String, body: Data, now: Double) -> Bool {
        guard let time = Int(timestamp), abs(Double(time) - now) <= Self.tolerance, !id.isEmpty else { return false }
        return field.split(separator: " ").contains { part in
            guard part.hasPrefix("v1,"), let code = Data(base64Encoded: String(part.dropFirst(3))) else { return false }
            // Takes the same time whatever the code is.
            return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Self.signed(id, time, body), using: key)
        }
    }

    private static func signed(_ id: String, _ timestamp: Int, _ body: Data) -> Data {
        Data("\(id).\(timestamp).".utf8) + body
    }
}

extension HTTPHeaders {
    /// Adds the three fields of Standard Webhooks.
    ///
    /// - Parameter id: the same for all tries, so that the other side can tell that it is one message.
    package mutating func sign(_ body: Data, id: String, with signature: WebhookSignature) {
        let timestamp = Int(Date().timeIntervalSince1970)
        add(name: "webhook-id", value: id)
        add(name: "webhook-timestamp", value: String(timestamp))
        add(name: "webhook-signature", value: signature.sign(id: id, timestamp: timestamp, body: body))
    }
}
