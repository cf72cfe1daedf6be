import ArgumentParser
import Foundation
import Pipeline

struct NormalizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "normalize",
        abstract: "Adds canonical emails, names, domains, profiles, phones and an identity key.",
        discussion: """
            Example:
              millrace normalize contacts.csv -o normalized.csv
              cat contacts.jsonl | millrace normalize - -o - --set input.region=DE
            """)

    @Argument(help: "Files to read, or - for standard input.")
    var input: [String]

    @Option(name: .shortAndLong, help: "Where the rows go: .csv or .jsonl, or - for CSV on standard output.")
    var output: String

    @Option(help: "Where records go that could not be read.")
    var rejects: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Set a key of a pipeline's input or identity section.", valueName: "key=value"))
    var settings: [String] = []

    func run() async throws {
        try await Endings.reporting {
            let overrides =
                try settings.map(parseSetting) + [
                    (key: "input.paths", value: yamlList(input)),
                    (key: "output", value: "[{path: \(yamlText(output))}]"),
                ]
            let settings = try PipelineFile.make(
                name: "normalize", overrides: overrides, environment: ProcessInfo.processInfo.environment)
            let summary = try await Normalization(settings: settings, output: output, rejects: rejects).run()
            Endings.say(
                "done: \(summary.rows) rows, \(summary.identified) with an identity"
                    + (summary.rejected > 0
                        ? ", \(summary.rejected) rejected\(rejects.map { " (see \($0))" } ?? "")" : ""))
        }
    }
}
