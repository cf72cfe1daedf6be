import ArgumentParser
import EnrichmentAPI
import Foundation
import Ledger
import Pipeline

struct QuotaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quota", abstract: "What is left of each limit and when it frees, and what was spent.",
        discussion: """
            Examples:
              millrace quota
              millrace quota pipelines/nightly.yaml --json

            Limits and workspace are those of the pipeline; without one, the service's documented limits and "default".
            """)

    @Argument(help: "The pipeline file.")
    var pipeline: String?

    @Option(help: "The workspace, where no pipeline is given.")
    var workspace = "default"

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var state: StateOptions

    func run() async throws {
        try await Endings.reporting {
            var limits = ServiceLimits()
            var workspace = workspace
            if let pipeline {
                let settings = try PipelineFile.read(
                    pipeline, overrides: [], environment: ProcessInfo.processInfo.environment)
                (limits, workspace) = (settings.enrich.limits, settings.workspace)
            }
            let use = try await Ledger(path: state.ledgerPath).quotaUse(
                workspace: workspace, quota: Quota(limits), now: RunClock.wall.moment)
            if json { try printJSON(Entry(use, workspace)) } else { show(use, workspace) }
        }
    }

    private func show(_ use: QuotaUse, _ workspace: String) {
        var rows = [["limit", "allowed", "used", "left", "next call"]]
        for limit in use.limits {
            let next: String =
                switch limit.freesIn {
                case nil: "when an answer comes"
                case let seconds? where seconds > 0: "in \(ProgressMeter.spelled(seconds))"
                default: "now"
                }
            rows.append([
                limit.name, "\(limit.allowed)", "\(limit.used)", "\(max(0, limit.allowed - limit.used))", next,
            ])
        }
        print("workspace \(workspace)\n")
        print(TextTable(rows: rows).text)
        if use.heldFor > 0 { print("the service wants to be left alone for \(ProgressMeter.spelled(use.heldFor))\n") }
        let engines = use.spentThisMonth.keys.sorted()
        guard !engines.isEmpty else { return print("no credits spent this month") }
        let spent = engines.map { engine in
            [engine, "\(use.spentToday[engine] ?? .zero)", "\(use.spentThisMonth[engine] ?? .zero)"]
        }
        print(TextTable(rows: [["credits", "today", "this month"]] + spent).text, terminator: "")
    }

    private struct Entry: Encodable {
        struct Limit: Encodable {
            let allowed, used, left: Int
            /// Null where it depends on calls in the air.
            let frees_in: Double?
        }

        let workspace: String
        let limits: [String: Limit]
        let held_for: Double
        let credits_today, credits_this_month: [String: Credits]

        init(_ use: QuotaUse, _ workspace: String) {
            self.workspace = workspace
            limits = Dictionary(
                uniqueKeysWithValues: use.limits.map {
                    (
                        $0.name,
                        Limit(
                            allowed: $0.allowed, used: $0.used, left: max(0, $0.allowed - $0.used),
                            frees_in: $0.freesIn)
                    )
                })
            held_for = use.heldFor
            (credits_today, credits_this_month) = (use.spentToday, use.spentThisMonth)
        }
    }
}
