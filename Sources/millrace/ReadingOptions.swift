import ArgumentParser
import Foundation
import Pipeline

/// Flags of commands that read exports and write one file.
struct ReadingOptions: ParsableArguments {
    @Argument(help: "Files, folders or patterns to read, or - for standard input.")
    var input: [String]

    @Option(name: .shortAndLong, help: "Where the rows go: .csv or .jsonl, or - for CSV on standard output.")
    var output: String

    @Option(help: "Where records go that could not be read.")
    var rejects: String?

    @Option(help: "End with exit code 65 where more records than this cannot be read.")
    var maxRejects: Int?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Set a key of a pipeline's input or identity section.", valueName: "key=value"))
    var settings: [String] = []

    /// The settings, and what reads and writes by them.
    func rewriting(name: String, further: [(key: String, value: String)] = []) throws -> (
        settings: PipelineSettings, rewriting: RowRewriting
    ) {
        let settings = try InputOptions.settings(
            name: name, input: input, overrides: settings,
            further: [("output", "[{path: \(yamlText(output))}]")] + further)
        return (settings, RowRewriting(settings: settings, output: output, rejects: rejects, maxRejects: maxRejects))
    }

    /// The last line: what was read, and what could not be.
    func done(_ summary: RowRewriting.Summary, _ more: String = "") {
        let rejected =
            summary.rejected > 0 ? ", \(summary.rejected) rejected\(rejects.map { " (see \($0))" } ?? "")" : ""
        Endings.say("done: \(summary.rows) rows\(more)\(rejected)")
    }
}

enum InputOptions {
    /// The settings of a command that has no pipeline file.
    static func settings(
        name: String, input: [String], overrides: [String], further: [(key: String, value: String)] = []
    ) throws -> PipelineSettings {
        try PipelineFile.make(
            name: name,
            overrides: overrides.map(parseSetting) + [(key: "input.paths", value: yamlList(input))] + further,
            environment: ProcessInfo.processInfo.environment)
    }
}
