import ArgumentParser
import Foundation
import Pipeline
import Server
import Settings
import Waterfall

struct LintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract:
            "Says everything that is wrong with pipelines, waterfalls and settings of the service, with file, line and column.",
        discussion: """
            Reads no input and asks for nothing. Ends with 78 where something is wrong.

            Example:
              millrace lint pipelines/quickstart.yaml pipelines/serve.yaml
            """)

    @Argument(help: "Files of pipelines, waterfalls, or the service.")
    var files: [String]

    func run() async throws {
        var worst: Int32 = 0
        for file in files {
            do {
                try check(file)
                print("\(file): good")
            } catch {
                Endings.say(Endings.message(error))
                worst = max(worst, Endings.code(error))
            }
        }
        if worst > 0 { throw ExitCode(worst) }
    }

    private func check(_ file: String) throws {
        let environment = ProcessInfo.processInfo.environment
        let keys = SettingsFile.keys(file)
        if !keys.isDisjoint(with: ["providers", "order", "accounts"]) {
            _ = try WaterfallSettings.read(file, environment: environment)
            return
        }
        if !keys.contains("input"), !keys.isDisjoint(with: ["listen", "waterfall", "mx", "max_body"]) {
            let settings = try ServeSettings.read(file, environment: environment)
            if !settings.waterfall.isEmpty {
                _ = try WaterfallSettings.read(settings.waterfall, environment: environment)
            }
            return
        }
        let settings = try PipelineFile.read(file, overrides: [], environment: environment)
        if settings.enrich.engine == .embedded {
            _ = try WaterfallSettings.read(settings.enrich.waterfall, environment: environment)
        }
    }
}
