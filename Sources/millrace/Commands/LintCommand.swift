import ArgumentParser
import Connect
import Foundation
import Pipeline
import Records
import Server
import Settings
import Waterfall

struct LintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract:
            "Says everything that is wrong with pipelines, waterfalls and settings of the service, with file, line and column.",
        discussion: """
            Reads no input and asks for nothing. Ends with 78 where something is wrong; what works and is hardly meant is a
            warning: keys without effect, keys and secrets in the clear, runs that ask a service without a limit.

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
                Endings.tell(error)
                worst = max(worst, Endings.code(error))
            }
        }
        if worst > 0 { throw ExitCode(worst) }
    }

    private func check(_ file: String) throws {
        let environment = ProcessInfo.processInfo.environment
        let note = Endings.note
        let keys = SettingsFile.keys(file)
        if !keys.isDisjoint(with: ["providers", "order", "accounts"]) {
            try checkWaterfall(file, environment, asksWebhook: true)
            return
        }
        if !keys.contains("input"), !keys.isDisjoint(with: ["listen", "waterfall", "mx", "max_body"]) {
            let settings = try ServeSettings.read(file, environment: environment, noting: note)
            if !settings.waterfall.isEmpty {
                try checkWaterfall(settings.waterfall, environment, asksWebhook: settings.verify != nil)
            }
            return
        }
        let settings = try PipelineFile.read(file, overrides: [], environment: environment, noting: note)
        let missing =
            ([settings.enrich.engine == .embedded ? settings.enrich.waterfall : ""] + settings.identity.suppress)
            .filter {
                !$0.isEmpty && !$0.contains { "*?[".contains($0) } && !FileManager.default.fileExists(atPath: $0)
            }
        guard missing.isEmpty else {
            throw InvalidSettings(
                missing.map {
                    Diagnostic(
                        code: "invalid_settings", "'\($0)' is not there", file: file,
                        hint: "check the path; it is relative to the current folder")
                })
        }
        if settings.enrich.engine == .embedded {
            let asksWebhook = settings.verify.map { !$0.builtin && !$0.url.isEmpty } ?? false
            try checkWaterfall(settings.enrich.waterfall, environment, asksWebhook: asksWebhook)
        }
    }

    /// Settings of a waterfall, and the headers of its tables.
    ///
    /// - Parameter asksWebhook: whether somebody says which mailboxes are there, as far as the file tells.
    private func checkWaterfall(_ file: String, _ environment: [String: String], asksWebhook: Bool) throws {
        var checks = WaterfallSettings.Checks()
        (checks.opensTables, checks.hasWebhook) = (true, asksWebhook)
        _ = try WaterfallSettings.read(file, environment: environment, checks: checks, noting: Endings.note)
    }
}
