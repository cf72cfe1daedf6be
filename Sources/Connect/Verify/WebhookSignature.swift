import Crypto
import Foundation

/// Signs requests as Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`.
struct WebhookSignature: Sendable {
    private let key: SymmetricKey

    /// - Parameter secret: `whsec_` and base64; any other text is the key itself.
    init(secret: String) {
        let encoded = secret.hasPrefix("whsec_") ? String(secret.dropFirst("whsec_".count)) : nil
        key = SymmetricKey(data: encoded.flatMap { Data(base64Encoded: $0) } ?? Data(secret.utf8))
    }

    /// The `webhook-signature` field.
    ///
    /// - Parameter timestamp: seconds since 1970.
    func sign(id: String, timestamp: Int, body: Data) -> String {
        var signed = Data("\(id).\(timestamp).".utf8)
        signed.append(body)
        let code = HMAC<SHA256>.authenticationCode(for: signed, using: key)
        return "v1," + Data(code).base64EncodedString()
    }
}
