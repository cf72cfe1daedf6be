import ArgumentParser
import Foundation
import Pipeline

/// A pipeline file, and what is read and written in place of what it says.
struct PipelineOptions: ParsableArguments {
    @Argument(help: "The pipeline file.")
    var pipeline: String

    @Option(help: "Read this instead of the pipeline's input; may be given several times.")
    var input: [String] = []

    @Option(help: "Write this instead of the pipeline's output; may be given several times.")
    var output: [String] = []

    /// - Throws: ``InvalidSettings`` with everything that is wrong.
    func settings(_ options: RunOptions) throws -> PipelineSettings {
        var overrides = try options.overrides
        if !input.isEmpty { overrides.append(("input.paths", yamlList(input))) }
        if !output.isEmpty {
            overrides.append(("output", "[" + output.map { "{path: \(yamlText($0))}" }.joined(separator: ", ") + "]"))
        }
        var settings = try PipelineFile.read(
            pipeline, overrides: overrides, environment: ProcessInfo.processInfo.environment)
        settings.maxRejects = options.maxRejects
        settings.explain = options.explain ?? ""
        return settings
    }
}
