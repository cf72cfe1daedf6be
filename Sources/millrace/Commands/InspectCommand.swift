import ArgumentParser
import Foundation
import Pipeline

struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Says what a file is, which column holds what, how many people it names and what asking would cost.",
        discussion: """
            Example:
              millrace inspect contacts.csv
              millrace inspect contacts.csv --json | jq .hints
              millrace inspect contacts.csv --write contacts.yaml && millrace run contacts.yaml
            """)

    @Argument(help: "The file to look at, or - for standard input.")
    var input: String

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: ArgumentHelp("Write a pipeline to start from.", valueName: "pipeline"))
    var write: String?

    @Flag(help: "Write over a pipeline that is there.")
    var force = false

    @Option(
        name: .customLong("set"), help: ArgumentHelp("Set a key of a pipeline's input section.", valueName: "key=value")
    )
    var settings: [String] = []

    func run() async throws {
        try await Endings.reporting {
            let settings = try InputOptions.settings(name: "inspect", input: [input], overrides: settings)
            let inspections = try Inspection.all(settings)
            if let write {
                try StarterPipeline(inspections, path: input, settings: self.settings).write(to: write, force: force)
                Endings.say("wrote \(write); look it over, then: millrace run \(write)")
            }
            guard json else { return print(inspections.map(\.text).joined(separator: "\n"), terminator: "") }
            print(try Inspection.json(inspections))
        }
    }
}
