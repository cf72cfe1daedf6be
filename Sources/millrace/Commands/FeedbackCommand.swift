import ArgumentParser
import Foundation
import Ledger
import Waterfall

struct FeedbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feedback", abstract: "Takes in what came of contacts, to rank providers by reply rate.",
        discussion: """
            Example:
              millrace feedback outcomes.csv --waterfall pipelines/waterfall.yaml

            The file has a column email or phone, a column outcome (replied, bounced, no_reply, meeting …) and, where there
            is one, a date. Contacts are found in the ledger, so the file need not say which provider gave them.
            """)

    @Argument(help: "The outcomes: CSV, JSONL or any other export.")
    var outcomes: String

    @Option(help: "A waterfall whose tables of companies tell country and size where the file does not.")
    var waterfall: String?

    @OptionGroup var state: StateOptions

    func run() async throws {
        try await Endings.reporting {
            let file = try OutcomeFile(outcomes)
            let ledger = try Ledger(path: state.ledgerPath)
            let service = try ServiceLedger(beside: state.ledgerPath)
            let environment = ProcessInfo.processInfo.environment
            let taken: OutcomeFile.Import
            if let waterfall {
                var settings = try WaterfallSettings.read(waterfall, environment: environment)
                // Only companies are looked up, and only where that costs nothing.
                (settings.providers, settings.order) = ([], OrderSettings())
                settings.accounts.removeAll { $0.kind != .table }
                let opening = WaterfallOpening(settings: settings, ledger: ledger.path, environment: environment)
                taken = try await opening.with { try await file.take(into: service, from: ledger, waterfall: $0) }
            } else {
                taken = try await file.take(into: service, from: ledger, waterfall: nil)
            }
            if file.withoutContact > 0 {
                Endings.say("\(Self.rows(file.withoutContact)) cannot be read, or without a contact")
            }
            if file.withoutOutcome > 0 {
                let words = OutcomeFile.words.replied + OutcomeFile.words.silent
                Endings.say(
                    "\(Self.rows(file.withoutOutcome)) whose outcome is not known; known are: \(words.joined(separator: ", "))"
                )
            }
            if taken.unknown > 0 { Endings.say("\(taken.unknown) contacts came from no provider that is known") }
            Endings.say("done: \(taken.contacts) contacts, \(taken.new) of them new, \(taken.replies) replies")
        }
    }

    private static func rows(_ count: Int) -> String { count == 1 ? "1 row" : "\(count) rows" }
}
