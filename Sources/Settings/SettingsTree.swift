import Yams

/// A value of any shape in a settings file, such as the template of a request's body.
package indirect enum SettingsTree: Sendable, Equatable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([SettingsTree])
    /// In the order of the file.
    case members([(key: String, value: SettingsTree)])

    package static func == (left: SettingsTree, right: SettingsTree) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.flag(let one), .flag(let other)): one == other
        case (.number(let one), .number(let other)): one == other
        case (.text(let one), .text(let other)): one == other
        case (.list(let one), .list(let other)): one == other
        case (.members(let one), .members(let other)):
            one.elementsEqual(other) { $0.key == $1.key && $0.value == $1.value }
        default: false
        }
    }

    /// Every text in it.
    package var texts: [String] {
        switch self {
        case .text(let text): [text]
        case .list(let entries): entries.flatMap(\.texts)
        case .members(let members): members.flatMap(\.value.texts)
        case .null, .flag, .number: []
        }
    }
}

extension SettingsValue {
    /// The value with everything in it; quoted scalars are texts, plain ones what they look like.
    package var tree: SettingsTree {
        if let members = node.mapping {
            return .members(members.map { ($0.key.string ?? "", SettingsValue(node: $0.value).tree) })
        }
        if let entries { return .list(entries.map(\.tree)) }
        let text = text ?? ""
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return .text(text) }
        switch text {
        case "": return .null
        case "true": return .flag(true)
        case "false": return .flag(false)
        default: return Double(text).map { .number($0) } ?? .text(text)
        }
    }
}
