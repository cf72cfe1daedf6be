import ArgumentParser
import Pipeline

struct NormalizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "normalize",
        abstract: "Adds canonical emails, names, domains, profiles, phones and an identity key.",
        discussion: """
            Example:
              millrace normalize contacts.csv -o normalized.csv
              cat contacts.jsonl | millrace normalize - -o - --set input.region=DE
            """)

    @OptionGroup var options: ReadingOptions

    func run() async throws {
        try await Endings.reporting {
            let (settings, rewriting) = try options.rewriting(name: "normalize")
            let summary = try await Normalization(rewriting, settings: settings).run(noting: Endings.note)
            options.done(summary, ", \(summary.identified) with an identity")
        }
    }
}
