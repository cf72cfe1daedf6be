import ArgumentParser
import Foundation
import Pipeline
import Server
import Settings
import Waterfall

struct SchemaCommand: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case json, markdown
    }

    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Prints the JSON Schema of pipelines, waterfalls or the service's settings, for editors.",
        discussion: """
            Example:
              millrace schema > pipeline.schema.json
              millrace schema waterfall > waterfall.schema.json
              # at the top of a pipeline:  # yaml-language-server: $schema=pipeline.schema.json
            """)

    @Argument(help: "Which files: pipeline, waterfall or serve.")
    var file = SettingsReferencePage.pipeline

    @Option(help: "json: the schema (2020-12); markdown: the reference of all keys.")
    var format = Format.json

    func run() throws {
        switch format {
        case .json:
            let schema = SettingsSchema.schema(title: "Millrace \(file.rawValue)", file.keys)
            let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            FileHandle.standardOutput.write(
                try JSONSerialization.data(withJSONObject: schema, options: options) + Data("\n".utf8))
        case .markdown: print(file.page, terminator: "")
        }
    }
}

/// A page that is kept as `docs/NAME-reference.md`.
enum SettingsReferencePage: String, CaseIterable, ExpressibleByArgument {
    case pipeline, waterfall, serve

    var keys: [SettingsDescription] {
        switch self {
        case .pipeline: PipelineSettings.described
        case .waterfall: WaterfallSettings.described
        case .serve: ServeSettings.described
        }
    }

    private var title: String {
        switch self {
        case .pipeline: "The pipeline file"
        case .waterfall: "The waterfall file"
        case .serve: "The service's settings"
        }
    }

    private var introduction: String {
        let command = "millrace schema \(self == .pipeline ? "" : rawValue + " ")--format markdown"
        let start =
            "Made by `\(command)`; a test holds it to the code. Unknown keys are refused. `${NAME}` takes an environment variable wherever a value stands"
        return switch self {
        case .pipeline: start + "; `--set SECTION.KEY=VALUE` and `MILLRACE_SECTION_KEY` are stronger than the file."
        case .waterfall: start + ". [PROVIDERS.md](PROVIDERS.md) says how they belong together."
        case .serve: start + ". [SERVE.md](SERVE.md) says what the service does with them."
        }
    }

    var page: String {
        """
        # \(title), key by key
        \(introduction)

        \(SettingsReference.markdown(keys))

        """
    }
}
