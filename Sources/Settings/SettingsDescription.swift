/// A key of a settings file as people and editors are told of it.
package struct SettingsDescription: Sendable {
    package let key: String
    /// What it takes, in words.
    package let takes: String
    package let about: String
    package let shape: SettingsShape
    /// What it is where a file does not say, as it would be written; nil for nothing.
    package let initial: String?
}

/// What can stand behind a key.
package indirect enum SettingsShape: Sendable {
    /// Of a form of its own, which words describe.
    case any
    case text, flag, duration
    /// A text, or where one is kept.
    case secret
    case number(ClosedRange<Int>)
    case choice([String])
    /// A text, or a list of them.
    case texts
    /// Keys of its own.
    case members([SettingsDescription])
    /// A list of entries with keys.
    case entries([SettingsDescription])
}

/// Settings as a JSON Schema (2020-12), for editors that complete and check YAML by one.
///
/// `${NAME}` may stand wherever a value does, so every value may be a text that holds one.
package enum SettingsSchema {
    package static func schema(title: String, _ keys: [SettingsDescription], required: [String] = []) -> [String: Any] {
        var schema = object(keys)
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = title
        if !required.isEmpty { schema["required"] = required }
        return schema
    }

    private static func object(_ keys: [SettingsDescription]) -> [String: Any] {
        let properties = Dictionary(uniqueKeysWithValues: keys.map { ($0.key, property($0)) })
        return ["type": "object", "additionalProperties": false, "properties": properties]
    }

    private static func property(_ key: SettingsDescription) -> [String: Any] {
        var property = shape(key.shape)
        property["description"] = "\(key.about) Takes \(key.takes)."
        if let initial = key.initial { property["default"] = value(initial, key.shape) }
        return property
    }

    private static var variable: [String: Any] { ["type": "string", "pattern": #"\$\{[^}]+\}"#] }

    private static func shape(_ shape: SettingsShape) -> [String: Any] {
        switch shape {
        case .any: [:]
        // YAML reads a bare 12 or true as a number or a flag.
        case .text: ["type": ["string", "number", "boolean", "null"]]
        case .flag: ["anyOf": [["type": "boolean"], variable]]
        case .duration: ["anyOf": [["type": "string", "pattern": #"^[0-9.]+(ms|s|m|h|d)$"#], ["const": 0], variable]]
        case .secret:
            [
                "anyOf": [
                    ["type": ["string", "number", "null"]],
                    [
                        "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
                        "properties": Dictionary(uniqueKeysWithValues: Secret.places.map { ($0, ["type": "string"]) }),
                    ],
                ]
            ]
        case .number(let range):
            ["anyOf": [["type": "integer", "minimum": range.lowerBound, "maximum": range.upperBound], variable]]
        case .choice(let names): ["anyOf": [["enum": names], variable]]
        case .texts:
            ["anyOf": [["type": ["string", "number"]], ["type": "array", "items": ["type": ["string", "number"]]]]]
        case .members(let keys): ["anyOf": [object(keys), ["type": "null"]]]
        case .entries(let keys): ["type": "array", "items": object(keys)]
        }
    }

    private static func value(_ text: String, _ shape: SettingsShape) -> Any {
        switch shape {
        case .flag: text == "true"
        case .number: Int(text) ?? text
        case .duration where text == "0": 0
        default: text
        }
    }
}

/// Settings as a page of Markdown: one table a section, in the order of the file.
package enum SettingsReference {
    package static func markdown(_ keys: [SettingsDescription]) -> String { section("", keys).joined(separator: "\n") }

    private static func section(_ path: String, _ keys: [SettingsDescription]) -> [String] {
        var lines = ["| key | takes | default | |", "|---|---|---|---|"]
        lines += keys.map { key in
            "| `\(key.key)` | \(cell(key.takes)) | \(key.initial.map { "`\(cell($0))`" } ?? "") | \(cell(key.about)) |"
        }
        for key in keys {
            let inner: [SettingsDescription]
            var name = path.isEmpty ? key.key : "\(path).\(key.key)"
            switch key.shape {
            case .members(let keys): inner = keys
            case .entries(let keys):
                inner = keys
                name += "[]"
            default: continue
            }
            lines += ["", "## \(name)", key.about, ""] + section(name, inner)
        }
        return lines
    }

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
