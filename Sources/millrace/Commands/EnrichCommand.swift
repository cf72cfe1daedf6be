import ArgumentParser
import Foundation
import Pipeline

struct EnrichCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrich", abstract: "Enriches files without a pipeline file.",
        discussion: """
            Example:
              millrace enrich contacts.csv -o enriched.csv --channels work_email,phone --rejects rejects.csv
            """)

    @Argument(help: "Files to read, or - for standard input.")
    var input: [String]

    @Option(name: .shortAndLong, help: "Where the rows go: .csv or .jsonl, or - for CSV on standard output.")
    var output: String

    @Option(help: "Where records go that could not be read.")
    var rejects: String?

    @Option(help: "Where the credit report goes, without ending.")
    var report: String?

    @Option(help: "Who is asked: embedded or api.")
    var engine: String?

    @Option(help: "Settings of the embedded waterfall.")
    var waterfall: String?

    @Option(help: "What is asked for, with commas between.")
    var channels: String?

    @Option(help: "Country for phone numbers without one.")
    var region: String?

    @Flag(help: "Check emails that are found with the built-in verification.")
    var verify = false

    @Flag(help: "Say what the run would do, cost and take; send nothing, write nothing.")
    var dryRun = false

    @OptionGroup var options: RunOptions

    func run() async throws {
        try await Endings.reporting {
            try options.watch.speak()
            var overrides: [(key: String, value: String)] = [
                ("input.paths", yamlList(input)), ("output", "[{path: \(yamlText(output))}]"),
            ]
            if let rejects { overrides.append(("rejects", yamlText(rejects))) }
            if let report { overrides.append(("report", yamlText(report))) }
            if let engine { overrides.append(("enrich.engine", yamlText(engine))) }
            if let waterfall { overrides.append(("enrich.waterfall", yamlText(waterfall))) }
            if let channels {
                overrides.append(("enrich.channels", yamlList(channels.split(separator: ",").map(String.init))))
            }
            if let region { overrides.append(("input.region", yamlText(region))) }
            if verify { overrides.append(("verify.builtin", "true")) }
            if engine == "api" {
                let environment = ProcessInfo.processInfo.environment
                for (key, variable) in [("enrich.api.url", "UNSTUCK_API_URL"), ("enrich.api.key", "UNSTUCK_API_KEY")] {
                    if let value = environment[variable] { overrides.append((key, yamlText(value))) }
                }
            }
            var settings = try PipelineFile.make(
                name: "enrich", overrides: overrides + (try options.overrides),
                environment: ProcessInfo.processInfo.environment)
            settings.maxRejects = options.maxRejects
            settings.explain = options.explain ?? ""
            if dryRun { return try await Planning(settings: settings, options: options, json: false).run() }
            try await Running(settings: settings, options: options, command: Endings.commandAgain).run()
        }
    }
}
