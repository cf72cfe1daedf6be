package import Records
import Yams

/// Collects everything that is wrong with a settings file, and what is worth a second look.
package struct Lint {
    /// Mistakes, with which nothing is done.
    package private(set) var found: [Diagnostic] = []
    /// What works, and is hardly what is meant.
    package private(set) var warnings: [Diagnostic] = []
    let file: String

    /// Where keys stand, by their dotted paths.
    private var places: [String: Mark] = [:]
    /// Keys that are set, by their dotted paths.
    private var keys: Set<String> = []
    /// Paths of keys whose values are wrong.
    private var wrong: [String] = []
    /// Places of values that name variables that are not set.
    private var unset: Set<String> = []
    /// The key that is being read.
    private var path: [String] = []

    package init(file: String) { self.file = file }

    // MARK: Places

    /// Remembers where a key stands while its value is read.
    mutating func within(_ key: SettingsKey, _ read: (inout Lint) -> Void) { within(key.text, key.node.mark, read) }

    /// The same for an entry of a list, by its number.
    mutating func within(_ number: String, at entry: SettingsValue, _ read: (inout Lint) -> Void) {
        within(number, entry.node.mark, read)
    }

    private mutating func within(_ name: String, _ mark: Mark?, _ read: (inout Lint) -> Void) {
        path.append(name)
        keys.insert(path.joined(separator: "."))
        if let mark { places[path.joined(separator: ".")] = mark }
        read(&self)
        path.removeLast()
    }

    /// Whether a key is set, by its dotted path.
    package func has(_ key: String) -> Bool { keys.contains(key) }

    /// Whether something is wrong with a key or below it, so that nothing can be said of what it lacks.
    package func isWrong(_ key: String) -> Bool {
        wrong.contains { $0 == key || $0.hasPrefix(key + ".") || key.hasPrefix($0 + ".") }
    }

    /// Where a key stands, or the nearest one around it.
    private func place(of key: String) -> Mark? {
        var parts = key.split(separator: ".")
        while !parts.isEmpty {
            if let place = places[parts.joined(separator: ".")] { return place }
            parts.removeLast()
        }
        return nil
    }

    // MARK: Notes

    package mutating func note(_ message: String, at value: SettingsValue, hint: String? = nil) {
        note(message, at: value.node.mark, hint: hint)
    }

    package mutating func note(_ message: String, at key: SettingsKey, hint: String? = nil) {
        note(message, at: key.node.mark, hint: hint)
    }

    /// Notes that a key is not read, and which one it may have meant: nothing is said of what that one lacks.
    mutating func note(_ message: String, unread key: SettingsKey, meaning meant: String? = nil, hint: String? = nil) {
        wrong.append((path + [meant ?? key.text]).joined(separator: "."))
        found.append(diagnostic(.error, message, key.node.mark, hint))
    }

    /// Notes what is wrong with a key, by its dotted path.
    package mutating func note(_ message: String, key: String, hint: String? = nil) {
        wrong.append(key)
        found.append(diagnostic(.error, message, place(of: key), hint))
    }

    /// Notes what is wrong with the file as a whole.
    package mutating func note(_ message: String, hint: String? = nil) {
        found.append(diagnostic(.error, message, nil, hint))
    }

    /// Notes that a variable is not set; nothing more is said of the value that names it.
    mutating func note(unset name: String, in value: SettingsValue) {
        found.append(
            diagnostic(
                .error, "the environment variable \(name) is not set", value.node.mark, "export \(name)=…"))
        if let mark = value.node.mark { unset.insert("\(mark.line):\(mark.column)") }
    }

    /// Whether a value names a variable that is not set.
    mutating func isUnset(_ value: SettingsValue, of key: SettingsKey) -> Bool {
        guard let mark = value.node.mark, unset.contains("\(mark.line):\(mark.column)") else { return false }
        wrong.append((path + [key.text]).joined(separator: "."))
        return true
    }

    /// Notes what works, and is hardly what is meant.
    package mutating func warn(_ message: String, key: String, hint: String? = nil) {
        warn(message, at: place(of: key), hint: hint)
    }

    mutating func warn(_ message: String, at mark: Mark?, hint: String? = nil) {
        warnings.append(diagnostic(.warning, message, mark, hint))
    }

    /// Notes what is wrong at a place, where that is known.
    mutating func note(_ message: String, at mark: Mark?, hint: String? = nil) {
        wrong.append(path.joined(separator: "."))
        found.append(diagnostic(.error, message, mark, hint))
    }

    private func diagnostic(
        _ severity: Diagnostic.Severity, _ message: String, _ mark: Mark?, _ hint: String?
    ) -> Diagnostic {
        Diagnostic(
            severity, code: "invalid_settings", message, file: file, line: mark?.line,
            column: mark.map { String($0.column) }, hint: hint)
    }
}

/// All that is wrong with a settings file.
package struct InvalidSettings: Error, CustomStringConvertible {
    package let found: [Diagnostic]
    package init(_ found: [Diagnostic]) { self.found = found }
    package var description: String { found.map(\.description).joined(separator: "\n") }
}
