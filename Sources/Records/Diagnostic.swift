/// One thing that a person should know about their file or settings: what, where, and what to do.
///
/// Never holds a key, a secret or a value out of somebody's record.
package struct Diagnostic: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Severity: String, Sendable, Codable {
        case error, warning, note
    }

    package var severity: Severity
    /// A stable name for scripts, such as `no_header`.
    package var code: String
    package var message: String
    /// The file, as the person named it.
    package var file: String?
    /// The physical line, 1-based.
    package var line: Int?
    /// The column, by its name in the header or by its number on the line.
    package var column: String?
    /// What to do about it.
    package var hint: String?

    package init(
        _ severity: Severity = .error,
        code: String,
        _ message: String,
        file: String? = nil,
        line: Int? = nil,
        column: String? = nil,
        hint: String? = nil
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        self.hint = hint
    }

    /// `file:line:column: error: message` and, on a line of its own, the hint.
    package var description: String {
        let place = [file, line.map(String.init), column].compactMap { $0 }.joined(separator: ":")
        let first = (place.isEmpty ? "" : place + ": ") + "\(severity.rawValue): \(message)"
        return hint.map { first + "\n  hint: \($0)" } ?? first
    }
}
