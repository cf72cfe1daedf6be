import Foundation
import Logging
import Records
import Synchronization

/// What the program says on standard error: plain words for a person, or a log for those who gather them.
final class Voice: Sendable {
    static let standard = Voice()

    private struct State {
        var format = LogLine.Format.plain
        var logger = Logger(label: "millrace") { _ in LogLine(.plain) }
        /// Takes away what must not stand in the middle of a line.
        var clear: @Sendable () -> Void = {}
    }

    private let state = Mutex(State())

    /// - Parameter level: what is less than this is not said.
    func speak(_ format: LogLine.Format, level: Logger.Level) {
        state.withLock { state in
            state.format = format
            var line = LogLine(format)
            line.logLevel = level
            let handler = line
            state.logger = Logger(label: "millrace") { _ in handler }
        }
    }

    /// Whether lines are for those who gather them.
    var isLog: Bool { state.withLock { $0.format != .plain } }

    /// Every line names the run from here on.
    func name(run: String) { state.withLock { $0.logger[metadataKey: "run"] = "\(run)" } }

    /// - Parameter clear: takes a bar away, before a line is written where it stands.
    func share(_ clear: @escaping @Sendable () -> Void) { state.withLock { $0.clear = clear } }

    func say(_ text: String, level: Logger.Level = .info, _ fields: Logger.Metadata = [:]) {
        let (logger, clear) = state.withLock { ($0.logger, $0.clear) }
        guard logger.logLevel <= level else { return }
        clear()
        logger.log(level: level, "\(text)", metadata: fields)
    }

    func say(_ diagnostic: Diagnostic) {
        let level: Logger.Level =
            switch diagnostic.severity {
            case .error: .error
            case .warning: .warning
            case .note: .info
            }
        guard isLog else { return say(diagnostic.description, level: level) }
        var fields: Logger.Metadata = ["code": "\(diagnostic.code)"]
        if let file = diagnostic.file { fields["file"] = "\(file)" }
        if let line = diagnostic.line { fields["line"] = .stringConvertible(line) }
        if let column = diagnostic.column { fields["column"] = "\(column)" }
        if let hint = diagnostic.hint { fields["hint"] = "\(hint)" }
        say(diagnostic.message, level: level, fields)
    }
}
