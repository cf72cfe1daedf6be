import ArgumentParser
import Foundation
import Pipeline
import Settings

struct SchemaCommand: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case json, markdown
    }

    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Prints the JSON Schema of pipeline files, for editors.",
        discussion: """
            Example:
              millrace schema > pipeline.schema.json
              # at the top of a pipeline:  # yaml-language-server: $schema=pipeline.schema.json
            """)

    @Option(help: "json: the schema (2020-12); markdown: the reference of all keys.")
    var format = Format.json

    func run() throws {
        let keys = PipelineSettings.described
        switch format {
        case .json:
            let schema = SettingsSchema.schema(title: "Millrace pipeline", keys)
            let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            FileHandle.standardOutput.write(
                try JSONSerialization.data(withJSONObject: schema, options: options) + Data("\n".utf8))
        case .markdown: print(PipelineReference.page, terminator: "")
        }
    }
}

/// The page that is kept as `docs/pipeline-reference.md`.
enum PipelineReference {
    static var page: String {
        """
        # The pipeline file, key by key
        Made by `millrace schema --format markdown`; a test holds it to the code. Unknown keys are refused. `${NAME}` takes an environment variable wherever a value stands; `--set SECTION.KEY=VALUE` and `MILLRACE_SECTION_KEY` are stronger than the file.

        \(SettingsReference.markdown(PipelineSettings.described))

        """
    }
}
