import ArgumentParser
import Foundation
import Pipeline

/// Flags of every command that runs a pipeline.
struct RunOptions: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Set a key of the pipeline, such as enrich.min_confidence=0.8.", valueName: "key=value"))
    var settings: [String] = []

    @Option(help: "Spend at most this many credits in this run.")
    var maxCredits: Double?

    @Option(help: "End with exit code 65 where more records than this cannot be read.")
    var maxRejects: Int?

    @OptionGroup var state: StateOptions

    @Flag(help: "Ask for everything again, whatever is known.")
    var force = false

    @Flag(help: "Start over instead of going on with an unfinished run; answers that were paid for stay known.")
    var fresh = false

    @Option(help: ArgumentHelp("List as CSV which rows are one person, and why.", valueName: "path"))
    var explain: String?

    @OptionGroup var watch: WatchOptions

    /// Flags as dotted keys and values.
    var overrides: [(key: String, value: String)] {
        get throws {
            var overrides = try settings.map(parseSetting)
            if force { overrides.append(("enrich.force", "true")) }
            if let maxCredits { overrides.append(("enrich.max_credits", String(maxCredits))) }
            return overrides
        }
    }
}

/// The two sides of `--set KEY=VALUE`.
func parseSetting(_ setting: String) throws -> (key: String, value: String) {
    guard let equals = setting.firstIndex(of: "="), equals > setting.startIndex else {
        throw ValidationError("--set takes KEY=VALUE, not '\(setting)'")
    }
    return (String(setting[..<equals]), String(setting[setting.index(after: equals)...]))
}

/// YAML for a list of texts.
func yamlList(_ texts: [String]) -> String {
    "[" + texts.map(yamlText).joined(separator: ", ") + "]"
}

/// YAML for a text, whatever is in it.
func yamlText(_ text: String) -> String {
    "\"" + text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"") + "\""
}
