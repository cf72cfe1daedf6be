package import Connect
import Ledger
import Records
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
    package var changes: ChangeSettings?
    package var audience: [AudienceSettings] = []
    /// Warehouses that statements to load the outputs are written for.
    package var warehouse: [Warehouse] = []
    package var rejects = ""
    package var report = ""
    /// Who is told how the run has ended.
    package var notify: NotifySettings?
    /// How long runs, answers and verdicts are kept; nil for ever.
    package var retention: Duration?
    /// Whether a data package is written beside the outputs; no key.
    var describesOutputs = true
    /// All keys that are set, as YAML without keys and secrets, for those who want to know later.
    package var source = ""
    /// More rejects than this end the run; from the command line, so no key.
    package var maxRejects: Int?

    /// Where it is listed which rows are one person, and why; from the command line.
    package var explain = ""

    package init() {}

    /// Files that are written row by row.
    ///
    /// Audience files are among them under the name of their first part.
    var rowPaths: [String] {
        output.map(\.path) + [rejects, changes?.path ?? ""].filter { !$0.isEmpty } + audience.map(\.path)
    }

    /// Files that describe those, as far as their names are known.
    var describingPaths: [String] {
        let reports = report.isEmpty ? [] : ["json", "csv", "html", "disputed.csv"].map { "\(report).\($0)" }
        let scripts = output.filter { $0.format == .csv && $0.path != "-" }.flatMap { output in
            warehouse.map { WarehouseScript.path($0, of: output.path) }
        }
        return reports + scripts
    }

    /// Whether all rows are looked at before the first one is asked for.
    var looksThroughInput: Bool { identity.dedupe != .off || !identity.suppress.isEmpty || !explain.isEmpty }

    /// The same with the keys and secrets that are kept elsewhere, as far as the run itself needs them.
    ///
    /// - Throws: ``Diagnostic`` `no_secret`.
    package func withSecrets(_ environment: [String: String]) throws -> PipelineSettings {
        var settings = self
        if enrich.engine == .api {
            settings.enrich.api.key = try enrich.api.key.fetched(environment: environment, of: "enrich.api.key")
        }
        if let verify {
            settings.verify?.secret = try verify.secret.fetched(environment: environment, of: "verify.secret")
        }
        return settings
    }

    /// All keys for people and editors.
    package static var described: [SettingsDescription] { table.described(PipelineSettings()) }

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
            .value(
                "changes", \.changes, takes: "a path, or path and columns (\(ImportValue.takes))",
                "What is new since the last run, for an import."
            ) {
                ChangeSettings($0).map { .some($0) }
            },
            .sections("audience", \.audience, "Files for imports into CRMs.", start: AudienceSettings.init) {
                AudienceSettings.table
            },
            .value(
                "warehouse", \.warehouse,
                takes: "a list of \(Warehouse.allCases.map(\.rawValue).joined(separator: ", "))",
                "Statements to load the outputs with, beside them."
            ) { value in
                let names = value.text.map { [$0] } ?? value.entries?.compactMap(\.text)
                return names.flatMap { names in
                    let known = names.compactMap(Warehouse.init)
                    return known.count == names.count && !names.isEmpty ? known : nil
                }
            },
            .text("rejects", \.rejects, "Where records go that could not be read."),
            .text("report", \.report, "Where the credit report goes, without ending."),
            .optionalSection(
                "notify", \.notify, "A webhook that is told how a run has ended.", start: NotifySettings.init
            ) {
                NotifySettings.table
            },
            .value(
                "retention", \.retention, takes: "an age of at least 31d, such as 90d",
                "Runs, answers and verdicts that are older are taken out of the ledger after each run."
            ) { value in
                value.text.flatMap(Spelling.duration).flatMap { age in
                    age.inSeconds >= Ledger.youngestPruned ? .some(.some(age)) : nil
                }
            },
        ])
    }
}

extension PipelineSettings {
    /// The files that a run has written, for the person.
    package func written(_ report: CreditReport) -> [String] {
        let parts = audience.flatMap { audience in
            SplitFile.paths(
                audience.path, rows: report.imports[audience.path]?.rows ?? 0, rowsPerFile: audience.rowsPerFile)
        }
        let reports = self.report.isEmpty ? [] : ["json", "csv", "html"].map { "\(self.report).\($0)" }
        return (output.map(\.path) + [changes?.path ?? ""] + parts + [rejects] + reports).filter {
            !$0.isEmpty && $0 != "-"
        }
    }
}
