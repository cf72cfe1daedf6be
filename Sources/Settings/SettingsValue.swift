import Yams

/// A value in a settings file, with its place.
package struct SettingsValue {
    let node: Node

    /// The text of a scalar with `${NAME}` filled in; nil for lists and mappings.
    package var text: String? {
        guard case .scalar(let scalar) = node else { return nil }
        return scalar.style == .plain && ["", "~", "null"].contains(scalar.string) ? "" : scalar.string
    }

    package var flag: Bool? {
        switch text {
        case "true", "yes", "on": true
        case "false", "no", "off": false
        default: nil
        }
    }

    /// Entries of a list.
    package var entries: [SettingsValue]? { node.sequence.map { $0.map(SettingsValue.init) } }

    /// Keys and values of a mapping, in order; an empty file is a mapping without keys.
    package var members: [(key: SettingsKey, value: SettingsValue)]? {
        if text == "" { return [] }
        return node.mapping.map { mapping in
            mapping.map { (SettingsKey(text: $0.key.string ?? "", node: $0.key), SettingsValue(node: $0.value)) }
        }
    }

    /// Texts by their keys; nil where a value is no text.
    package var textsByKey: [String: String]? {
        members.flatMap { members in
            let pairs = members.compactMap { key, value in value.text.map { (key.text, $0) } }
            return pairs.count == members.count ? Dictionary(pairs, uniquingKeysWith: { $1 }) : nil
        }
    }

    var kind: String {
        switch node {
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "keys with values"
        case .alias: "an alias"
        }
    }
}

/// A key in a settings file, with its place.
package struct SettingsKey {
    package let text: String
    let node: Node
}
