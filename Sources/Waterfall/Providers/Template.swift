import EnrichmentAPI
import Foundation
import Settings

/// Fills placeholders such as `{email}` with the hints of a person.
///
/// Pure.
struct Template {
    let hints: PersonHints

    static let known = ["email", "linkedin_url", "first_name", "last_name", "company_domain", "records"]

    /// Names in curly brackets.
    static func placeholders(in text: String) -> [String] {
        text.matches(of: /\{([a-z_]+)\}/).map { String($0.output.1) }
    }

    private func hint(_ name: Substring) -> String? {
        switch name {
        case "email": hints.email
        case "linkedin_url": hints.linkedinURL
        case "first_name": hints.firstName
        case "last_name": hints.lastName
        case "company_domain": hints.companyDomain
        default: nil
        }
    }

    /// A text with its placeholders filled; nil where the person lacks one of the hints.
    ///
    /// - Parameter escaping: makes a hint fit its place.
    func text(_ template: String, escaping: (String) -> String = { $0 }) -> String? {
        var isMissing = false
        let filled = template.replacing(/\{([a-z_]+)\}/) { match in
            guard let hint = hint(match.output.1), !hint.isEmpty else {
                isMissing = true
                return ""
            }
            return escaping(hint)
        }
        return isMissing ? nil : filled
    }

    /// An address, with hints percent-encoded.
    func url(_ template: String) -> String? {
        text(template) { $0.addingPercentEncoding(withAllowedCharacters: Self.unreserved) ?? "" }
    }

    /// A header field; what could end it early is taken out.
    func field(_ template: String) -> String? {
        text(template) { hint in String(hint.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }) }
    }

    /// A JSON value as `JSONSerialization` writes it; members and entries whose hints are missing are left out.
    ///
    /// - Parameter records: what `"{records}"` stands for.
    func json(_ tree: SettingsTree, records: [Any] = []) -> Any? {
        switch tree {
        case .null: NSNull()
        case .flag(let flag): flag
        case .number(let number): number
        case .text("{records}"): records
        case .text(let text): self.text(text)
        case .list(let entries): entries.compactMap { json($0, records: records) }
        case .members(let members):
            members.reduce(into: [String: Any]()) { object, member in
                object[member.key] = json(member.value, records: records)
            }
        }
    }

    /// Whether all that is sent of a person would be empty.
    func hasHint(of texts: [String]) -> Bool {
        texts.flatMap(Self.placeholders).contains { hint($0[...]).map { !$0.isEmpty } ?? false }
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}
