import ArgumentParser
import Foundation
import Logging
import Pipeline
import Records
import Settings

/// How the program ends: what it says, and its exit code (contract, section 7).
enum Endings {
    /// Runs a command's work; what goes wrong is said on standard error.
    static func reporting(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let error as ExitCode {
            throw error
        } catch let error as ValidationError {
            throw error
        } catch {
            tell(error)
            throw ExitCode(code(error))
        }
    }

    /// Says what the person should know and need not act upon.
    static func note(_ diagnostic: Diagnostic) { Voice.standard.say(diagnostic) }

    static func say(_ text: String) { Voice.standard.say(text) }

    /// Says what went wrong.
    static func tell(_ error: any Error) {
        switch error {
        case let error as Diagnostic: note(error)
        case let error as InvalidSettings: error.found.forEach(note)
        default:
            Voice.standard.say(message(error), level: error is RunStop ? .warning : .error)
        }
    }

    /// The command that goes on, to be pasted into a shell: quoted, without `--fresh` and `--deadline`, without keys and
    /// secrets.
    static var commandAgain: String { commandAgain(CommandLine.arguments) }

    static func commandAgain(_ arguments: [String]) -> String {
        // A deadline has passed by then, or means another day.
        let kept = arguments.indices.filter { index in
            let argument = arguments[index]
            return argument != "--fresh" && argument != "--deadline" && !argument.hasPrefix("--deadline=")
                && (index == 0 || arguments[index - 1] != "--deadline")
        }
        return kept.map { arguments[$0] }.map { argument in
            let flag = argument.hasPrefix("--set=") ? "--set=" : ""
            let setting = argument.dropFirst(flag.count)
            guard let equals = setting.firstIndex(of: "="), !setting.hasPrefix("-") else {
                return shellQuoted(argument)
            }
            let key = String(setting[..<equals]), value = String(setting[setting.index(after: equals)...])
            guard ClearSecrets.mayHold(value, under: key) else { return shellQuoted(argument) }
            return shellQuoted("\(flag)\(key)=YOUR_\(key.lowercased().hasSuffix("key") ? "KEY" : "VALUE")")
        }.joined(separator: " ")
    }

    private static func shellQuoted(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || "-_./=:,@+*".contains($0) }
        return isPlain ? text : "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }

    static func message(_ error: any Error) -> String {
        switch error {
        case let error as Diagnostic: error.description
        case let error as InvalidSettings: error.description
        case let error as RunStop: describe(error)
        default: "error: something went wrong that should not have: \(type(of: error))"
        }
    }

    private static func describe(_ stop: RunStop) -> String {
        switch stop {
        case .interrupted: "stopped: interrupted"
        case .unavailable(let why): "stopped: \(why)"
        case .keyRefused:
            "stopped: the service does not accept the key\n  hint: check enrich.api.key; a call that is refused so costs nothing"
        case .exhausted(let why), .deadline(let why): "paused: \(why)"
        }
    }

    static func code(_ error: any Error) -> Int32 {
        switch error {
        case let error as RunStop: error.exitCode
        case is InvalidSettings: 78
        case let error as Diagnostic: codes[error.code] ?? 70
        default: 70
        }
    }

    private static let codes: [String: Int32] = [
        "too_many_rejects": 65,
        "no_input": 66, "unreadable_input": 66, "input_is_directory": 66, "empty_input": 66, "no_header": 66,
        "unknown_encoding": 66, "damaged_archive": 66, "archive_too_large": 66, "many_files": 66, "cut_input": 66,
        "broken_markup": 66, "too_deep": 66, "entities_refused": 66, "no_record": 66, "no_table": 66, "no_sheet": 66,
        "unknown_format": 66, "no_hint_column": 66, "no_column": 66, "too_many_columns": 66, "input_changed": 66,
        "no_settings": 66,
        "no_run": 66, "no_replay": 66,
        "unreadable_list": 66, "unreadable_certificates": 66,
        "cannot_listen": 69, "no_keys": 78, "no_key": 64,
        "cannot_create_output": 73,
        "write_failed": 74, "output_changed": 74, "ledger_full": 74, "ledger_failed": 74, "ledger_unusable": 74,
        "ledger_damaged": 74,
        "ledger_locked": 75, "already_running": 75, "already_serving": 75, "output_busy": 75,
        "invalid_settings": 78, "no_secret": 78,
    ]
}
