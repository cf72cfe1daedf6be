import EnrichmentAPI
import Foundation
import Settings

/// Fills the template of a request to the verification service.
///
/// Pure.
struct WebhookBody: Sendable {
    let settings: VerifySettings

    static let known = ["email", "channel", "record_id", "emails", "records"]

    /// About one email.
    func one(_ email: EmailToCheck) -> Data? { data(settings.body) { text($0, email) } }

    /// About several: `"{emails}"` is the list of them, `"{records}"` a list of bodies for one.
    func list(_ emails: [EmailToCheck]) -> Data? {
        data(settings.batch?.body ?? .null) { template in
            switch template {
            case "{emails}": emails.map(\.email)
            case "{records}": emails.map { email in json(settings.body) { text($0, email) } }
            default: template
            }
        }
    }

    private func text(_ template: String, _ email: EmailToCheck) -> String {
        template.replacing(/\{(email|channel|record_id)\}/) { match in
            switch match.output.1 {
            case "email": email.email
            case "channel": email.origin
            default: email.recordID
            }
        }
    }

    private func data(_ tree: SettingsTree, filling: (String) -> Any) -> Data? {
        try? JSONSerialization.data(
            withJSONObject: json(tree, filling: filling),
            options: [.sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed]
        )
    }

    private func json(_ tree: SettingsTree, filling: (String) -> Any) -> Any {
        switch tree {
        case .null: NSNull()
        case .flag(let flag): flag
        case .number(let number): number
        case .text(let text): filling(text)
        case .list(let entries): entries.map { json($0, filling: filling) }
        case .members(let members):
            members.reduce(into: [String: Any]()) { $0[$1.key] = json($1.value, filling: filling) }
        }
    }
}
