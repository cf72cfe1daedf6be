import ArgumentParser
import Pipeline

struct NormalizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "normalize",
        abstract: "Adds canonical emails, names, domains, profiles, phones and an identity key.",
        discussion: """
            Example:
              millrace normalize contacts.csv -o normalized.csv
              millrace normalize contacts.csv -o normalized.csv --explain merges.csv
              cat contacts.jsonl | millrace normalize - -o - --set input.region=DE
            """)

    @OptionGroup var options: ReadingOptions

    @Option(help: ArgumentHelp("List as CSV which rows are one person, and why.", valueName: "path"))
    var explain: String?

    func run() async throws {
        try await Endings.reporting {
            var (settings, rewriting) = try options.rewriting(name: "normalize")
            settings.explain = explain ?? ""
            let summary = try await Normalization(rewriting, settings: settings).run(noting: Endings.note)
            let merged = summary.merged.map { ", \($0) of them a person of an earlier row" } ?? ""
            options.done(summary, ", \(summary.identified) with an identity\(merged)")
        }
    }
}
