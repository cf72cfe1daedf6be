import ArgumentParser
import Foundation
import Pipeline

struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Says what a file is, which column holds what, and how many people it names.",
        discussion: """
            Example:
              millrace inspect contacts.csv
              millrace inspect contacts.csv --json | jq .hints
            """)

    @Argument(help: "The file to look at, or - for standard input.")
    var input: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        try await Endings.reporting {
            let inspection = try Inspection(input)
            print(json ? try inspection.json() : inspection.text, terminator: json ? "\n" : "")
        }
    }
}
