import EnrichmentAPI
import Foundation
import Logging
import Records

/// One line of a log on standard error: text, or JSON with one object a line.
///
/// Pure, but for where it is written to.
struct LogLine: LogHandler {
    enum Format: String, CaseIterable, Sendable {
        /// For a person: the message alone.
        case plain
        case text, json
    }

    let format: Format
    var logLevel = Logger.Level.info
    var metadata = Logger.Metadata()
    let now: @Sendable () -> Date
    let write: @Sendable (String) -> Void

    init(
        _ format: Format, now: @escaping @Sendable () -> Date = { Date() },
        write: @escaping @Sendable (String) -> Void = { FileHandle.standardError.write(Data($0.utf8)) }
    ) {
        self.format = format
        self.now = now
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
        switch format {
        case .plain: write("\(event.message)\n")
        case .text: write(text(event.level, "\(event.message)", fields) + "\n")
        case .json: write(json(event.level, "\(event.message)", fields) + "\n")
        }
    }

    private func text(_ level: Logger.Level, _ message: String, _ fields: Logger.Metadata) -> String {
        var line = "\(now().formatted(.iso8601)) \(level.rawValue)"
        if let run = fields["run"] { line += " \(run)" }
        line += " " + message.replacing("\n", with: " ")
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) where key != "run" {
            let text = "\(value)".replacing("\n", with: " ")
            let isPlain = !text.isEmpty && text.allSatisfy { !$0.isWhitespace && $0 != "\"" }
            line += " \(key)=" + (isPlain ? text : JSONText.quoted(text))
        }
        return line
    }

    private func json(_ level: Logger.Level, _ message: String, _ fields: Logger.Metadata) -> String {
        var members = [("time", now().formatted(.iso8601)), ("level", level.rawValue), ("message", message)]
            .map { (key: $0, value: JSONText.quoted($1)) }
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            members.append((key, Self.json(value)))
        }
        return "{" + members.map { "\(JSONText.quoted($0.key)):\($0.value)" }.joined(separator: ",") + "}"
    }

    /// Numbers stay numbers.
    private static func json(_ value: Logger.Metadata.Value) -> String {
        guard case .stringConvertible(let value) = value else { return JSONText.quoted("\(value)") }
        switch value {
        case let number as Int: return "\(number)"
        case let flag as Bool: return "\(flag)"
        case let number as Double:
            return number.isFinite
                ? "\(number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)")" : "null"
        case let credits as Credits: return "\(credits)"
        default: return JSONText.quoted("\(value)")
        }
    }
}
