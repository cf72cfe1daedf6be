import ArgumentParser
import Foundation
import Pipeline
import Waterfall

struct LintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Says everything that is wrong with pipelines and their waterfalls, with file, line and column.",
        discussion: """
            Reads no input and asks for nothing. Ends with 78 where something is wrong.

            Example:
              millrace lint pipelines/quickstart.yaml
            """)

    @Argument(help: "Pipeline files.")
    var pipelines: [String]

    func run() async throws {
        var worst: Int32 = 0
        for pipeline in pipelines {
            do {
                try check(pipeline)
                print("\(pipeline): good")
            } catch {
                Endings.say(Endings.message(error))
                worst = max(worst, Endings.code(error))
            }
        }
        if worst > 0 { throw ExitCode(worst) }
    }

    private func check(_ pipeline: String) throws {
        let environment = ProcessInfo.processInfo.environment
        let settings = try PipelineFile.read(pipeline, overrides: [], environment: environment)
        if settings.enrich.engine == .embedded {
            _ = try WaterfallSettings.read(settings.enrich.waterfall, environment: environment)
        }
    }
}
