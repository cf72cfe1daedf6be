import ArgumentParser
import EnrichmentAPI
import Foundation
import Ledger
import Pipeline
import Records
import Settings

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Lists runs; checks the ledger, or takes old things out of it.",
        discussion: """
            Examples:
              millrace runs
              millrace runs --check
              millrace runs --prune 180d
            """)

    @Option(help: "List at most so many, the newest first.")
    var most = 50

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Look for damage in the ledger instead, and say what is wrong.")
    var check = false

    @Option(
        help: ArgumentHelp(
            "Take out ended runs, answers and verdicts older than this, at least 31d, and give the room back to the disk.",
            valueName: "age"))
    var prune: String?

    @OptionGroup var state: StateOptions

    func run() async throws {
        try await Endings.reporting {
            let ledger = try opened()
            if check {
                try await look(ledger)
            } else if let prune {
                try await take(older: prune, out: ledger)
            } else {
                try await list(ledger)
            }
        }
    }

    private func opened() throws -> Ledger {
        do {
            return try Ledger(path: state.ledgerPath)
        } catch let error as Diagnostic where check && error.code == "ledger_damaged" {
            throw damaged("its first pages are not those of a ledger")
        }
    }

    private func damaged(_ how: String) -> Diagnostic {
        Diagnostic(
            code: "ledger_damaged", "the ledger is damaged: \(how)", file: state.ledgerPath,
            hint: "stop all runs, and restore it from a backup or move it away; outputs are not affected")
    }

    private func look(_ ledger: Ledger) async throws {
        let problems: [String]
        do {
            problems = try await ledger.check()
        } catch let error as Diagnostic where error.code == "ledger_damaged" {
            throw damaged("some of its pages cannot be read")
        }
        guard problems.isEmpty else { throw damaged(problems.joined(separator: "; ")) }
        Endings.say("the ledger is whole: \(ledger.path)")
    }

    private func take(older age: String, out ledger: Ledger) async throws {
        guard let age = Spelling.duration(age), age.inSeconds >= Ledger.youngestPruned else {
            throw ValidationError("--prune takes an age of at least 31d, such as 180d")
        }
        let pruned = try await ledger.prune(before: Date().timeIntervalSince1970 - age.inSeconds)
        Endings.say(
            "took out \(pruned.runs) runs, \(pruned.answers) answers, \(pruned.verdicts) verdicts and \(pruned.identities) people and companies"
        )
    }

    private func list(_ ledger: Ledger) async throws {
        let runs = try await ledger.runs(most: most)
        guard !json else { return try printJSON(runs.map(Entry.init)) }
        var rows = [["run", "status", "started", "finished", "rows", "requests", "credits", "engine", "workspace"]]
        for run in runs {
            rows.append([
                run.name, run.status.rawValue, timeText(run.startedAt), timeText(run.finishedAt), "\(run.rows)",
                "\(run.requests)", "\(run.credits)", run.engine, run.workspace,
            ])
        }
        print(TextTable(rows: rows).text, terminator: "")
    }

    private struct Entry: Encodable {
        let run, pipeline, workspace, engine, status, started_at, finished_at: String
        let resumed, rows, requests: Int
        let credits: Credits

        init(_ summary: RunSummary) {
            (run, pipeline, workspace) = (summary.name, summary.pipeline, summary.workspace)
            (engine, status) = (summary.engine, summary.status.rawValue)
            (started_at, finished_at) = (timeText(summary.startedAt), timeText(summary.finishedAt))
            (resumed, rows, requests) = (summary.resumed, summary.rows, summary.requests)
            credits = summary.credits
        }
    }
}
