import Foundation
package import Records
import Yams

/// A settings file: YAML, read by a table.
package enum SettingsFile {
    /// Reads a file into `section`, which holds the defaults.
    ///
    /// - Parameters:
    ///   - overrides: dotted keys and YAML values, stronger than the file; the last one wins.
    ///   - environment: where `${NAME}` is looked up.
    ///   - rules: what holds between keys; also fills in what a file need not say.
    ///   - noting: takes what works and is hardly what is meant.
    /// - Returns: all keys that are set, as YAML without keys and secrets.
    /// - Throws: ``InvalidSettings`` with everything that is wrong, or ``Diagnostic`` where the file cannot be read.
    @discardableResult
    package static func read<Section>(
        _ path: String, into section: inout Section, by table: SettingsTable<Section>,
        overrides: [(key: String, value: String)] = [], environment: [String: String] = [:],
        rules: (inout Section, inout Lint) -> Void = { _, _ in }, noting: (Diagnostic) -> Void = { _ in }
    ) throws -> String {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw Diagnostic(
                code: "no_settings", "this settings file cannot be read", file: path,
                hint: "check the path; it is relative to the current folder")
        }
        return try read(
            text, name: path, into: &section, by: table, overrides: overrides, environment: environment, rules: rules,
            noting: noting)
    }

    @discardableResult
    package static func read<Section>(
        _ text: String, name: String, into section: inout Section, by table: SettingsTable<Section>,
        overrides: [(key: String, value: String)] = [], environment: [String: String] = [:],
        rules: (inout Section, inout Lint) -> Void = { _, _ in }, noting: (Diagnostic) -> Void = { _ in }
    ) throws -> String {
        var lint = Lint(file: name)
        var source = ""
        do {
            var root = try Yams.compose(yaml: text) ?? Node("", Tag(.null), .plain)
            ClearSecrets.note(in: root, &lint)
            for (key, value) in overrides {
                let parsed = try withoutMarks(Self.node(value))
                root = setting(root, key.split(separator: ".").map(String.init)[...], to: parsed)
            }
            let filled = fill(root, from: environment, noting: &lint)
            table.read(SettingsValue(node: filled), into: &section, noting: &lint)
            rules(&section, &lint)
            source = (try? Yams.serialize(node: withoutSecrets(filled))) ?? ""
        } catch let error as YamlError {
            let (problem, mark) = problem(error)
            lint.note("this is not YAML: \(problem)", at: mark)
        }
        Self.sorted(lint.warnings).forEach(noting)
        guard lint.found.isEmpty else { throw InvalidSettings(sorted(lint.found)) }
        return source
    }

    /// In the order of the file, each once.
    private static func sorted(_ found: [Diagnostic]) -> [Diagnostic] {
        var said: Set<String> = []
        return found.enumerated().sorted {
            (place(of: $0.element), $0.offset) < (place(of: $1.element), $1.offset)
        }.map(\.element).filter { said.insert($0.description).inserted }
    }

    /// What is about the file as a whole stands behind the rest.
    private static func place(of diagnostic: Diagnostic) -> Int {
        guard let line = diagnostic.line else { return .max }
        return line * 10_000 + (diagnostic.column.flatMap { Int($0) } ?? 0)
    }

    /// A value that does not stand in the file has no place in it.
    private static func withoutMarks(_ node: Node) -> Node {
        switch node {
        case .scalar(let scalar): .scalar(Node.Scalar(scalar.string, scalar.tag, scalar.style))
        case .sequence(let sequence): .sequence(Node.Sequence(sequence.map(withoutMarks), sequence.tag))
        case .mapping(let mapping):
            .mapping(Node.Mapping(mapping.map { (withoutMarks($0.key), withoutMarks($0.value)) }, mapping.tag))
        case .alias: node
        }
    }

    /// Words in the names of members that may hold a key, a secret, or an address with one in it.
    private static let secrets = ClearSecrets.words + ["key", "headers", "url", "body"]

    private static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return secrets.contains { name.contains($0) } && name != "linkedin_url"
    }

    private static func withoutSecrets(_ node: Node) -> Node {
        switch node {
        case .mapping(let mapping):
            let kept = mapping.filter { !isSecret($0.key.string ?? "") }
            return .mapping(Node.Mapping(kept.map { ($0.key, withoutSecrets($0.value)) }, mapping.tag))
        case .sequence(let sequence):
            return .sequence(Node.Sequence(sequence.map(withoutSecrets), sequence.tag))
        case .scalar, .alias: return node
        }
    }

    /// The keys at the top of a file, to tell what kind of settings it holds; none where it cannot be read.
    package static func keys(_ path: String) -> Set<String> {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8), let root = try? Yams.compose(yaml: text),
            let members = SettingsValue(node: root).members
        else { return [] }
        return Set(members.map(\.key.text))
    }

    /// What is wrong, without the line itself: it may hold a key.
    private static func problem(_ error: YamlError) -> (String, Mark?) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            (problem, mark)
        case .duplicatedKeysInMapping(let keys, let context):
            ("'\(keys.first ?? "")' stands twice", context.mark)
        default: ("it cannot be read", nil)
        }
    }

    /// A value from a command line: YAML, but for single signs such as a comma, which YAML takes for its own.
    private static func node(_ value: String) throws -> Node {
        if value.count == 1, let sign = value.first, !sign.isLetter, !sign.isNumber {
            return Node(value, Tag(.str), .singleQuoted)
        }
        return try Yams.compose(yaml: value) ?? Node("", Tag(.null), .plain)
    }

    private static func setting(_ node: Node, _ path: ArraySlice<String>, to value: Node) -> Node {
        guard let key = path.first else { return value }
        var mapping = node.mapping ?? Node.Mapping([])
        let inner = mapping[Node(key)] ?? Node.mapping(Node.Mapping([]))
        mapping[Node(key)] = setting(inner, path.dropFirst(), to: value)
        return .mapping(mapping)
    }

    /// Fills in `${NAME}` in every scalar; a name that is not set is a mistake at its place.
    private static func fill(_ node: Node, from environment: [String: String], noting lint: inout Lint) -> Node {
        switch node {
        case .scalar(var scalar):
            guard scalar.string.contains("${") else { return node }
            var filled = ""
            var rest = scalar.string[...]
            while let open = rest.range(of: "${"), let close = rest[open.upperBound...].firstIndex(of: "}") {
                let name = String(rest[open.upperBound..<close])
                filled += rest[..<open.lowerBound]
                if let value = environment[name] {
                    filled += value
                } else {
                    lint.note(unset: name, in: SettingsValue(node: node))
                }
                rest = rest[rest.index(after: close)...]
            }
            scalar.string = filled + rest
            return .scalar(scalar)
        case .sequence(var sequence):
            for index in sequence.indices { sequence[index] = fill(sequence[index], from: environment, noting: &lint) }
            return .sequence(sequence)
        case .mapping(let mapping):
            let pairs = mapping.map { ($0.key, fill($0.value, from: environment, noting: &lint)) }
            return .mapping(Node.Mapping(pairs, mapping.tag, mapping.style, mapping.mark))
        case .alias:
            return node
        }
    }
}
