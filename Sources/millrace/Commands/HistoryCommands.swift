import ArgumentParser
import Foundation
import Ledger
import Pipeline
import Records

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows a run: how it ended, what it wrote, and what it came to.",
        discussion: """
            Example:
              millrace show crm-refresh-20261123-093000
            """)

    @Argument(help: "The run, by its name in millrace runs; without one, the last.")
    var run: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var state: StateOptions

    func run() async throws {
        try await Endings.reporting {
            let past = try await PastReport.find(run, in: Ledger(path: state.ledgerPath))
            if json { return FileHandle.standardOutput.write(try past.report.json()) }
            var rows = [
                ["run", past.summary.name], ["pipeline", past.summary.pipeline],
                ["status", past.summary.status.rawValue],
                ["engine", past.summary.engine], ["workspace", past.summary.workspace],
                ["started", timeText(past.summary.startedAt)], ["finished", timeText(past.summary.finishedAt)],
                ["taken up again", "\(past.summary.resumed) times"],
            ]
            rows += past.outputs.map { ["output", "\($0.path) (\($0.length) bytes)"] }
            print(rows.map { $0[0].padding(toLength: 16, withPad: " ", startingAt: 0) + $0[1] }.joined(separator: "\n"))
            print("")
            print(ReportText.render(past.report), terminator: "")
        }
    }
}

struct ReportCommand: AsyncParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json, csv, html
    }

    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Writes the credit report of a past run again.",
        discussion: """
            Example:
              millrace report crm-refresh-20261123-093000 --format html -o report.html
            """)

    @Argument(help: "The run, by its name in millrace runs; without one, the last.")
    var run: String?

    @Option(help: "text, json, csv or html; else what the output's ending says.")
    var format: Format?

    @Option(name: [.short, .long], help: "Where it goes; else standard output.")
    var output: String?

    @OptionGroup var state: StateOptions

    func run() async throws {
        try await Endings.reporting {
            let report = try await PastReport.find(run, in: Ledger(path: state.ledgerPath)).report
            let ending = (output?.split(separator: ".").last).flatMap { Format(rawValue: String($0)) }
            let bytes: [UInt8] =
                switch format ?? ending ?? .text {
                case .text: Array(ReportText.render(report).utf8)
                case .json: Array(try report.json())
                case .csv: ReportTable(report).csv
                case .html: Array(ReportPage(report).html.utf8)
                }
            guard let output, output != "-" else { return FileHandle.standardOutput.write(Data(bytes)) }
            do {
                try Data(bytes).write(to: URL(fileURLWithPath: output), options: .atomic)
            } catch {
                throw Diagnostic(code: "cannot_create_output", "this file cannot be written", file: output)
            }
            Endings.say("wrote \(output)")
        }
    }
}

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Writes the outputs of a past run again, byte for byte, and asks nobody.",
        discussion: """
            Needs the ledger, and the input as it was; run it in the folder in which the run was made.

            Example:
              millrace replay crm-refresh-20261123-093000 -o again.csv
            """)

    @Argument(help: "The run, by its name in millrace runs.")
    var run: String

    @Option(
        name: [.short, .long],
        help: "Where an output goes; given several times, in the order of the pipeline's outputs.")
    var output: [String]

    @OptionGroup var state: StateOptions

    func run() async throws {
        try await Endings.reporting {
            let rows = try await Replay.write(
                run, to: output, from: Ledger(path: state.ledgerPath), noting: { _ in })
            Endings.say("done: \(rows) rows, no request was sent")
        }
    }
}

/// A run of the ledger with its report.
private struct PastReport {
    let summary: RunSummary
    let report: CreditReport
    let outputs: [(path: String, length: Int)]

    /// - Throws: ``Diagnostic`` `no_run`.
    static func find(_ name: String?, in ledger: Ledger) async throws -> PastReport {
        let runs = try await ledger.runs(most: name == nil ? 1 : .max)
        guard let summary = name == nil ? runs.first : runs.first(where: { $0.name == name }) else {
            throw Diagnostic(
                code: "no_run", name.map { "there is no run '\($0)'" } ?? "there is no run yet", file: ledger.path,
                hint: "list them: millrace runs")
        }
        guard let kept = try await ledger.report(ofRun: summary.name), let report = CreditReport(archived: kept) else {
            throw Diagnostic(
                code: "no_run", "no report is kept of this run: it was cut off, or another version made it",
                file: summary.name, hint: "run its pipeline again, so that it goes on or is done anew")
        }
        return PastReport(
            summary: summary, report: report, outputs: try await ledger.outputs(ofRun: summary.name))
    }
}
