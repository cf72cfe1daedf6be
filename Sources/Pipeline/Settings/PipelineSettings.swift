package import Connect
package import Settings

/// A pipeline file (contract, section 3) with every default filled in.
package struct PipelineSettings: Sendable {
    package var version = 1
    package var name = "millrace"
    package var workspace = "default"
    package var input = InputSettings()
    package var identity = IdentitySettings()
    package var enrich = EnrichSettings()
    package var verify: VerifySettings?
    package var output: [OutputSettings] = []
    package var rejects = ""
    package var report = ""
    /// More rejects than this end the run; from the command line, so no key.
    package var maxRejects: Int?

    /// Where it is listed which rows are one person, and why; from the command line.
    package var explain = ""

    package init() {}

    /// Files that are written row by row.
    var rowPaths: [String] { output.map(\.path) + (rejects.isEmpty ? [] : [rejects]) }

    /// Whether all rows are looked at before the first one is asked for.
    var looksThroughInput: Bool { identity.dedupe != .off || !identity.suppress.isEmpty || !explain.isEmpty }

    package static var table: SettingsTable<PipelineSettings> {
        SettingsTable([
            .number("version", \.version, 1...1, "Version of this format."),
            .text("name", \.name, "Name of the pipeline; runs are called after it."),
            .text("workspace", \.workspace, "Whose quota, cache and credits."),
            .section("input", \.input, "What is read.") { InputSettings.table },
            .section("identity", \.identity, "When two rows are one person.") { IdentitySettings.table },
            .section("enrich", \.enrich, "What is asked for, and of whom.") { EnrichSettings.table },
            .optionalSection("verify", \.verify, "The verification webhook.", start: VerifySettings.init) {
                VerifySettings.table
            },
            .sections("output", \.output, "The files that are written.", start: OutputSettings.init) {
                OutputSettings.table
            },
            .notYet("audience", "Files for imports into CRMs."),
            .text("rejects", \.rejects, "Where records go that could not be read."),
            .text("report", \.report, "Where the credit report goes, without ending."),
        ])
    }
}

package struct OutputSettings: Sendable {
    package enum Format: Sendable {
        case csv, jsonl
    }

    package var path = ""

    package init() {}

    package init(path: String) { self.path = path }

    /// By the path's ending; nil where it is none that is written.
    ///
    /// Standard output is CSV.
    package var format: Format? {
        if path == "-" || path.hasSuffix(".csv") { return .csv }
        return path.hasSuffix(".jsonl") || path.hasSuffix(".ndjson") ? .jsonl : nil
    }

    static var table: SettingsTable<OutputSettings> {
        SettingsTable([
            .text("path", \.path, "Where it goes; .csv or .jsonl says how it is written."),
            .value("excel", \.excel, takes: "false in this version", "Guards for spreadsheets.") {
                $0.flag == false ? () : nil
            },
        ])
    }

    /// Not done yet, so nothing is kept.
    private var excel: Void {
        get { () }
        set {}
    }
}
