import ArgumentParser
import Foundation
import Logging
import Pipeline
import Records

/// Flags that say how a run is watched, and when it has to have ended.
struct WatchOptions: ParsableArguments {
    @Option(help: "How to show progress: auto, bar, json, lines or off.")
    var progress: ProgressMeter.Style = .auto

    @Option(
        help: ArgumentHelp(
            "How to speak on standard error: plain, text or json; else $MILLRACE_LOG_FORMAT.", valueName: "format"))
    var logFormat: LogLine.Format?

    @Option(help: ArgumentHelp("What is said: debug, info, warning or error.", valueName: "level"))
    var logLevel: Level = .info

    enum Level: String, CaseIterable, ExpressibleByArgument {
        case debug, info, warning, error

        /// As the log knows it.
        var ofLog: Logger.Level { Logger.Level(rawValue: rawValue) ?? .info }
    }

    @Option(
        help: ArgumentHelp(
            "Write metrics of the run for Prometheus' textfile collector; else $MILLRACE_METRICS.", valueName: "path"))
    var metrics: String?

    @Option(
        help: ArgumentHelp(
            "Ask for nothing new in time to have ended by then (exit code 75): 06:00, 2026-11-26T06:00 or 90m.",
            valueName: "time"))
    var deadline: String?

    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// - Throws: `ValidationError`.
    var chosenFormat: LogLine.Format {
        get throws {
            if let logFormat { return logFormat }
            guard let name = Self.variable("MILLRACE_LOG_FORMAT") else { return .plain }
            guard let format = LogLine.Format(rawValue: name) else {
                throw ValidationError("MILLRACE_LOG_FORMAT is plain, text or json, not '\(name)'")
            }
            return format
        }
    }

    /// Everything is said in the chosen form from here on, also what is wrong with the settings.
    ///
    /// - Throws: `ValidationError`.
    func speak() throws { Voice.standard.speak(try chosenFormat, level: logLevel.ofLog) }

    var chosenMetrics: String? { metrics ?? Self.variable("MILLRACE_METRICS") }

    /// - Throws: `ValidationError`.
    func chosenDeadline(now: Double) throws -> Deadline? {
        guard let deadline else { return nil }
        guard let time = Deadline(deadline, now: now, zone: .current) else {
            throw ValidationError("--deadline takes a time such as 06:00, 2026-11-26T06:00 or 90m, not '\(deadline)'")
        }
        guard time.time > now else { throw ValidationError("--deadline \(deadline) is past") }
        return time
    }
}

extension LogLine.Format: ExpressibleByArgument {}
extension ProgressMeter.Style: ExpressibleByArgument {}
