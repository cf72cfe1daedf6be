import Foundation
import Identity

/// What can be said of an email without writing to it: its syntax, whether its domain is one for throwing away or takes
/// no mail, and whether it is the address of a desk.
struct EmailCheck: Sendable {
    private let exchange: MailExchange?

    init(_ settings: MXSettings = MXSettings()) { exchange = MailExchange(settings) }

    struct Question: Decodable, Sendable {
        var email: String
    }

    struct Verdict: Encodable, Sendable {
        var valid: Bool
        /// Why it is not; empty where it is.
        var reason: String
        var role: Bool
        var disposable: Bool
        /// Nil where the name servers were not asked, or did not answer.
        var mx: Bool?

        var json: Data {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return (try? encoder.encode(self)) ?? Data()
        }
    }

    func verdict(on email: String) async -> Verdict {
        guard let canonical = Canonical.email(email), let at = canonical.lastIndex(of: "@") else {
            return Verdict(valid: false, reason: "syntax", role: false, disposable: false)
        }
        let domain = String(canonical[canonical.index(after: at)...])
        var verdict = Verdict(
            valid: true, reason: "", role: RoleAddresses.contains(Array(canonical.utf8)[...]),
            disposable: DisposableDomains.contains(domain))
        if verdict.disposable {
            (verdict.valid, verdict.reason) = (false, "disposable")
        } else if let exchange {
            verdict.mx = await exchange.takesMail(domain)
            if verdict.mx == false { (verdict.valid, verdict.reason) = (false, "no_mail") }
        }
        return verdict
    }
}
