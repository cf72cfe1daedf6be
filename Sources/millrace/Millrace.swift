import ArgumentParser
import Pipeline
import Records

/// The command line: options, one call, an exit code.
@main
struct MillraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "millrace",
        abstract: "Enriches lead exports: contacts and firmographics, within limits, each paid for once.",
        discussion: """
            Examples:
              millrace inspect contacts.csv
              millrace plan pipelines/quickstart.yaml
              millrace run pipelines/quickstart.yaml
              millrace lint pipelines/quickstart.yaml
              millrace report --format html -o report.html
              millrace verify contacts.csv -o verified.csv
              millrace quota
              millrace runs
              millrace serve --waterfall pipelines/waterfall.yaml
              millrace providers pipelines/waterfall.yaml
              millrace enrich contacts.csv -o enriched.csv --waterfall pipelines/waterfall.yaml
              millrace normalize contacts.csv -o - | head
              millrace convert contacts.xlsx -o contacts.csv

            Exit codes: 0 done, 64 usage, 65 too many rejects, 66 input unreadable, 69 service unavailable, 70 our fault,
            73 output cannot be made, 74 input or output failed, 75 paused by quota or budget, 77 key refused,
            78 pipeline invalid, 130 interrupted. After 69, 74, 75 and 130 the same command goes on where it stopped.
            """,
        version: Millrace.version,
        subcommands: [
            RunCommand.self, PlanCommand.self, EnrichCommand.self, NormalizeCommand.self, ConvertCommand.self,
            InspectCommand.self,
            VerifyCommand.self, SchemaCommand.self,
            LintCommand.self, RunsCommand.self, ShowCommand.self, ReportCommand.self, ReplayCommand.self,
            QuotaCommand.self, ServeCommand.self, KeysCommand.self,
            ProvidersCommand.self, FeedbackCommand.self, ForgetCommand.self, ManualCommand.self,
        ])
}
