import Connect
import EnrichmentAPI
import Foundation
package import Records
import Settings

/// Reading a pipeline: the file, what is set on the command line, and the rules between keys.
package enum PipelineFile {
    /// - Parameters:
    ///   - overrides: dotted keys and YAML values, from flags; stronger than `MILLRACE_*` variables, which are stronger
    ///     than the file.
    ///   - noting: takes what works and is hardly what is meant.
    /// - Throws: ``InvalidSettings`` with everything that is wrong.
    package static func read(
        _ path: String, overrides: [(key: String, value: String)], environment: [String: String],
        noting: (Diagnostic) -> Void = { _ in }
    ) throws -> PipelineSettings {
        var settings = PipelineSettings()
        settings.source = try SettingsFile.read(
            path, into: &settings, by: PipelineSettings.table, overrides: variables(environment) + overrides,
            environment: environment, rules: { PipelineRules.apply(to: &$0, environment, noting: &$1) }, noting: noting)
        return settings
    }

    /// Settings for a run without a file.
    package static func make(
        name: String, overrides: [(key: String, value: String)], environment: [String: String]
    ) throws -> PipelineSettings {
        var settings = PipelineSettings()
        settings.name = name
        settings.source = try SettingsFile.read(
            "", name: "command line", into: &settings, by: PipelineSettings.table,
            overrides: variables(environment) + overrides, environment: environment,
            rules: { PipelineRules.apply(to: &$0, environment, noting: &$1) })
        return settings
    }

    /// Settings that a run kept, which lack keys and addresses: enough to write what it wrote, and to ask nobody.
    package static func kept(_ text: String, name: String) throws -> PipelineSettings {
        guard let kept = KeptSettings(text) else {
            throw Diagnostic(code: "no_replay", "the settings of the run cannot be read", file: name)
        }
        var settings = PipelineSettings()
        settings.name = name
        settings.source = try SettingsFile.read(
            kept.keys, name: "settings of the run", into: &settings, by: PipelineSettings.table)
        settings.verify?.keptService = kept.verifier
        return settings
    }

    /// `MILLRACE_ENRICH_MAX_CREDITS` sets `enrich.max_credits`: the keys of the table with underscores for dots.
    private static func variables(_ environment: [String: String]) -> [(key: String, value: String)] {
        let sections = [
            "input", "identity", "enrich", "verify", "notify", "enrich_api", "enrich_api_prices", "enrich_limits",
            "enrich_retries",
            "enrich_when_exhausted", "input_csv", "input_html", "input_limits", "input_xlsx", "input_xml",
        ]
        return environment.sorted { $0.key < $1.key }.compactMap { name, value in
            guard name.hasPrefix("MILLRACE_"), !own.contains(name) else { return nil }
            let key = name.dropFirst("MILLRACE_".count).lowercased()
            let section = sections.filter { key.hasPrefix($0 + "_") }.max { $0.count < $1.count }
            guard let section else { return (key, value) }
            let path = section == "enrich_when_exhausted" ? "enrich.when_exhausted" : section.replacing("_", with: ".")
            return (path + "." + key.dropFirst(section.count + 1), value)
        }
    }

    /// Variables that are no settings of a pipeline.
    private static let own: Set<String> = [
        "MILLRACE_STATE", "MILLRACE_LOG_FORMAT", "MILLRACE_METRICS", "MILLRACE_WARNINGS", "MILLRACE_BINARY",
        "MILLRACE_KILL_AT",
    ]

    /// A pattern may match what is written, and an export that is replaced is gone.
    ///
    /// - Parameter inputs: the files that are read.
    /// - Throws: ``Diagnostic`` `cannot_create_output` where an output would take the place of one of them.
    static func check(_ outputs: [String], keep inputs: [String]) throws {
        let written = Set(outputs.filter { $0 != "-" }.map(standard))
        guard let input = inputs.first(where: { written.contains(standard($0)) }) else { return }
        throw Diagnostic(
            code: "cannot_create_output", "this is read, and would be written to as well", file: input,
            hint: "write to another file, or in another folder; the export stays as it is")
    }

    /// One spelling for one file.
    static func standard(_ path: String) -> String {
        path == "-" ? path : URL(fileURLWithPath: path).standardizedFileURL.path
    }
}
