import CResolver
import Dispatch
import Records
import Settings

/// Whether the name servers are asked if a domain takes mail.
package struct MXSettings: Sendable {
    package var enabled = false
    /// `ADDRESS:PORT` of a name server; empty for the system's.
    package var server = ""
    package var timeout = Duration.seconds(3)

    static var table: SettingsTable<MXSettings> {
        SettingsTable([
            .flag("enabled", \.enabled, "Ask the name servers."),
            .text("server", \.server, "ADDRESS:PORT of a name server; the system's where there is none."),
            .duration("timeout", \.timeout, "How long an answer may take."),
        ])
    }
}

/// Asks name servers whether domains take mail.
struct MailExchange: Sendable {
    private let address: String
    private let port: Int32
    private let timeout: Int32

    /// Looking up waits for the network, so it has threads of its own.
    private static let queue = DispatchQueue(label: "millrace.mx", attributes: .concurrent)

    /// Nil where they are not asked.
    init?(_ settings: MXSettings) {
        guard settings.enabled else { return nil }
        let parts = settings.server.split(separator: ":")
        address = parts.first.map(String.init) ?? ""
        port = parts.count > 1 ? Int32(parts[1]) ?? 53 : 53
        timeout = max(1, Int32(settings.timeout.inSeconds.rounded(.up)))
    }

    /// Nil where nobody answered.
    func takesMail(_ domain: String) async -> Bool? {
        await withCheckedContinuation { done in
            Self.queue.async { [address, port, timeout] in
                switch millrace_takes_mail(domain, address, port, timeout) {
                case MILLRACE_MAIL_TAKEN: done.resume(returning: true)
                case MILLRACE_MAIL_REFUSED: done.resume(returning: false)
                default: done.resume(returning: nil)
                }
            }
        }
    }
}
