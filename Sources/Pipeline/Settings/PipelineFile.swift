import Connect
import EnrichmentAPI
import Foundation
import Records
import Settings

/// Reading a pipeline: the file, what is set on the command line, and the rules between keys.
package enum PipelineFile {
    /// - Parameters:
    ///   - overrides: dotted keys and YAML values, from flags; stronger than `MILLRACE_*` variables, which are stronger
    ///     than the file.
    /// - Throws: ``InvalidSettings`` with everything that is wrong.
    package static func read(
        _ path: String, overrides: [(key: String, value: String)], environment: [String: String]
    ) throws -> PipelineSettings {
        var settings = PipelineSettings()
        settings.source = try SettingsFile.read(
            path, into: &settings, by: PipelineSettings.table, overrides: variables(environment) + overrides,
            environment: environment)
        settings.enrich.api.fillIn(environment)
        try check(settings, file: path)
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
            overrides: variables(environment) + overrides, environment: environment)
        settings.enrich.api.fillIn(environment)
        try check(settings, file: "command line")
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
            "input", "identity", "enrich", "verify", "enrich_api", "enrich_api_prices", "enrich_limits",
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
        "MILLRACE_STATE", "MILLRACE_WARNINGS", "MILLRACE_BINARY", "MILLRACE_KILL_AT",
    ]

    private static func check(_ output: OutputSettings, noting lint: inout Lint) {
        guard let format = output.format else {
            return lint.note(
                "'\(output.path)' does not say how it is written", hint: "let it end in .csv or .jsonl, or set format")
        }
        guard format == .jsonl else { return }
        if output.excel {
            lint.note("'\(output.path)' is JSON Lines, which no spreadsheet opens", hint: "remove excel")
        }
        if output.write != .append {
            lint.note("'\(output.path)' keeps its objects byte for byte", hint: "write applies to CSV; remove it")
        }
        if output.dialect == .input {
            lint.note("'\(output.path)' is JSON Lines, which has no dialect", hint: "remove dialect")
        }
    }

    private static func check(_ audience: AudienceSettings, noting lint: inout Lint) {
        if audience.path.isEmpty {
            lint.note("an audience lacks its path", hint: "audience: [{path: …, preset: hubspot}]")
        }
        if audience.path == "-" { lint.note("an audience cannot go to standard output", hint: "name a file") }
        if !audience.path.isEmpty, !audience.path.hasSuffix(".csv") {
            lint.note("'\(audience.path)' is written as CSV", hint: "let it end in .csv")
        }
        if audience.preset != nil, !audience.ownColumns.isEmpty {
            lint.note("'\(audience.path)' has both a preset and columns of its own", hint: "take one of them away")
        }
        if audience.preset == nil, audience.ownColumns.isEmpty {
            lint.note("'\(audience.path)' has no columns", hint: "name a preset, or columns of your own")
        }
    }

    private static func isAddress(_ text: String) -> Bool {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased() else { return false }
        return ["http", "https"].contains(scheme) && url.host()?.isEmpty == false
    }

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
    private static func standard(_ path: String) -> String {
        path == "-" ? path : URL(fileURLWithPath: path).standardizedFileURL.path
    }

    private static func check(_ settings: PipelineSettings, file: String) throws {
        var lint = Lint(file: file)
        if settings.input.paths.isEmpty {
            lint.note("input.paths is missing", hint: "name the files to read, or give --input")
        }
        if settings.input.paths.filter({ $0 == "-" }).count > 1 { lint.note("standard input can be read only once") }
        if settings.enrich.engine == .api, settings.enrich.api.url.isEmpty {
            lint.note(
                "enrich.api.url is missing", hint: "api: {url: \"${UNSTUCK_API_URL}\", key: \"${UNSTUCK_API_KEY}\"}")
        }
        if settings.enrich.engine == .api, !settings.enrich.api.url.isEmpty, !isAddress(settings.enrich.api.url) {
            lint.note("enrich.api.url is no address", hint: "it begins with https:// or http:// and names a host")
        }
        if settings.enrich.engine == .api, settings.enrich.api.key.isEmpty {
            lint.note(
                "enrich.api.key is missing",
                hint:
                    "set UNSTUCK_API_KEY, put the key into ~/.unstuck/credentials, or use --set enrich.engine=embedded")
        }
        if let verify = settings.verify {
            if verify.builtin == !verify.url.isEmpty {
                lint.note("verify needs either builtin: true or a url", hint: "verify: {builtin: true}")
            }
            verify.check(noting: &lint)
            if !verify.url.isEmpty, !isAddress(verify.url) {
                lint.note("verify.url is no address", hint: "it begins with https:// or http:// and names a host")
            }
        }
        if settings.enrich.whenExhausted.credits == .wait, settings.enrich.maxCredits != nil {
            lint.note(
                "when_exhausted.credits cannot be wait with max_credits: what a run has spent does not come back",
                hint: "finish or pause, or max_credits_per_month, which is there again with the next month")
        }
        for output in settings.output { check(output, noting: &lint) }
        for audience in settings.audience { check(audience, noting: &lint) }
        if let changes = settings.changes, !changes.path.hasSuffix(".csv") {
            lint.note("'\(changes.path)' is written as CSV", hint: "let it end in .csv")
        }
        let inputs = Set(settings.input.paths.filter { $0 != "-" }.map(standard))
        for output in settings.rowPaths where inputs.contains(standard(output)) {
            lint.note("'\(output)' is an input as well", hint: "write to another file; the export stays as it is")
        }
        let paths = (settings.rowPaths + settings.describingPaths).map(standard)
        for audience in settings.audience {
            for path in settings.rowPaths where SplitFile.isPart(path, of: audience.path) {
                lint.note("'\(path)' is what a further part of '\(audience.path)' is called", hint: "name it otherwise")
            }
        }
        for path in Set(paths) where paths.count(where: { $0 == path }) > 1 { lint.note("'\(path)' is written twice") }
        guard lint.found.isEmpty else { throw InvalidSettings(lint.found) }
    }
}
