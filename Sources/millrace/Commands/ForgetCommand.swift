import ArgumentParser
import Foundation
import Ledger
import Pipeline

struct ForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "Erases people from the ledger, and never asks for them again.",
        discussion: """
            Takes emails, LinkedIn profiles, phone numbers with their country, or "First Last, company.example". What was
            found for them goes as well: answers, verdicts, hints; what they cost stays in the books without a name. Keys of
            all their hints go on the suppression list of the ledger, so that no pipeline asks for them again. A phone
            number or a name alone may lead to nobody: give an email or a profile where you have one. Exports, outputs and
            provider tables are files of yours: take them out there.

            Examples:
              millrace forget zelda@acme.example
              millrace forget https://www.linkedin.com/in/zelda-quist "Zelda Quist, acme.example"
              millrace forget - < people.txt
            """)

    @Argument(help: "Hints of the people, or - for one a line on standard input.")
    var hints: [String]

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var state: StateOptions

    func run() async throws {
        try await Endings.reporting {
            var texts = hints
            if hints == ["-"] {
                texts = []
                while let line = readLine() { if !line.allSatisfy(\.isWhitespace) { texts.append(line) } }
            }
            let people = try texts.enumerated().map { number, text in
                // What was given may be somebody's data, so only its place is named.
                guard let hint = ForgottenHint(text) else {
                    throw ValidationError(
                        "hint \(number + 1) is no email, no LinkedIn profile, no phone number with its country and no 'First Last, company.example'; nothing was erased"
                    )
                }
                return hint
            }
            let path = state.ledgerPath
            let service =
                FileManager.default.fileExists(atPath: path + ".service") ? try ServiceLedger(beside: path) : nil
            let erasure = try await Forget.erase(people, from: Ledger(path: path), service: service)
            guard !json else { return try printJSON(erasure) }
            Endings.say(Self.text(erasure))
            Endings.say(
                "\(erasure.suppressed) keys are new on the suppression list; exports, outputs and provider tables are not touched"
            )
        }
    }

    private static func text(_ erasure: Erasure) -> String {
        guard erasure.people > 0 else {
            return erasure.answers > 0
                ? "no run knew them; of what the service had answered about them \(erasure.answers) answers are erased"
                : "nobody of them was found in the ledger; an email or a profile leads to more than a phone or a name"
        }
        return
            "forgot \(erasure.people) \(erasure.people == 1 ? "person" : "people"): \(erasure.answers) answers and \(erasure.verdicts) verdicts erased, \(erasure.records) records in the journal without a name"
    }
}
