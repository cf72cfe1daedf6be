import ArgumentParser
import Pipeline

struct ConvertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Writes any input as CSV or JSONL in UTF-8, values untouched.",
        discussion: """
            Example:
              millrace convert contacts.xlsx -o contacts.csv
              millrace convert weekly-export.zip -o - --set input.members=Lead.csv --set input.source_file=true
            """)

    @OptionGroup var options: ReadingOptions

    func run() async throws {
        try await Endings.reporting {
            let (_, rewriting) = try options.rewriting(name: "convert")
            options.done(try await Conversion(rewriting).run(noting: Endings.note))
        }
    }
}
