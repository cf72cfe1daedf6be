import Foundation
import Yams

/// Keys and secrets that stand in a file as they are, where whoever may read the file may use them.
///
/// Pure. Names tell what is one, so that header fields and addresses of any vendor are looked at as well.
package enum ClearSecrets {
    /// Whether a value that is set on a command line may hold a key or a secret, by the dotted key.
    package static func mayHold(_ value: String, under key: String) -> Bool {
        let parts = key.lowercased().split(separator: ".").map(String.init)
        if parts.contains(where: { $0 == "headers" || $0 == "body" || $0 == "notify" }) { return true }
        if parts.contains(where: { isClear(value, under: $0) }) || value.contains("${") && isClear("x", under: key) {
            return true
        }
        // Several keys at once, such as {url: …, key: …}.
        return value.contains("{") && (["key", "headers", "body"] + words).contains { value.lowercased().contains($0) }
    }

    /// Words in the names of members that hold one.
    static let words = [
        "secret", "password", "passwd", "token", "authorization", "credential", "api_key", "api-key", "apikey",
    ]

    static func note(in node: Node, _ lint: inout Lint) {
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping {
                if let scalar = value.scalar, isClear(scalar.string, under: key.string ?? "") {
                    lint.warn(
                        "a key or a secret stands here in the clear", at: value.mark ?? key.mark,
                        hint: "write ${NAME} and set the variable, or {command: …}, {credential: …} or {file: …}")
                } else {
                    note(in: value, &lint)
                }
            }
        case .sequence(let sequence): for entry in sequence { note(in: entry, &lint) }
        case .scalar, .alias: break
        }
    }

    static func isClear(_ text: String, under name: String) -> Bool {
        guard !text.isEmpty, !text.contains("${") else { return false }
        let name = name.lowercased()
        if name == "key" || words.contains(where: name.contains) { return true }
        guard text.contains("://"), let address = URLComponents(string: text) else { return false }
        return address.password?.isEmpty == false
            || (address.queryItems ?? []).contains { item in
                item.value?.isEmpty == false && !(item.value ?? "").contains("{")
                    && (item.name.lowercased() == "key" || words.contains { item.name.lowercased().contains($0) })
            }
    }
}
