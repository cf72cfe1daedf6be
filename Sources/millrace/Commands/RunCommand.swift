import ArgumentParser
import Foundation
import Pipeline

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs a pipeline, or goes on with its unfinished run.",
        discussion: """
            Example:
              millrace run pipelines/quickstart.yaml --max-credits 500
            """)

    @Argument(help: "The pipeline file.")
    var pipeline: String

    @Option(help: "Read this instead of the pipeline's input; may be given several times.")
    var input: [String] = []

    @Option(help: "Write this instead of the pipeline's output; may be given several times.")
    var output: [String] = []

    @OptionGroup var options: RunOptions

    func run() async throws {
        try await Endings.reporting {
            var overrides = try options.overrides
            if !input.isEmpty { overrides.append(("input.paths", yamlList(input))) }
            if !output.isEmpty {
                overrides.append(
                    ("output", "[" + output.map { "{path: \(yamlText($0))}" }.joined(separator: ", ") + "]"))
            }
            var settings = try PipelineFile.read(
                pipeline, overrides: overrides, environment: ProcessInfo.processInfo.environment)
            settings.maxRejects = options.maxRejects
            settings.explain = options.explain ?? ""
            try await Running(
                settings: settings, options: options,
                command: Endings.commandAgain
            ).run()
        }
    }
}
