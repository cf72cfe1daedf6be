import EnrichmentAPI
import Foundation
import Settings

/// One file that every row is written to (contract, section 3, `output`).
package struct OutputSettings: Sendable {
    package enum Format: Sendable {
        case csv, jsonl
    }

    package enum FormatChoice: String, Sendable, CaseIterable {
        case auto, csv, jsonl
    }

    package enum Dialect: String, Sendable, CaseIterable {
        /// Commas, line feeds, no byte order mark.
        case standard
        /// Delimiter, line ends and byte order mark of the first CSV export.
        case input
    }

    /// What becomes of values in the columns that the export has for them.
    package enum Write: String, Sendable, CaseIterable {
        /// Originals stay as they are.
        case append
        /// What was found goes into cells that are empty.
        case fillEmpty = "fill_empty"
        /// And into cells whose own value is not valid, or less sure.
        case overwriteIfBetter = "overwrite_if_better"
    }

    package var path = ""
    var chosenFormat = FormatChoice.auto
    /// Where that is not by the path's ending.
    var chosenPacking: Packing?
    package var excel = false
    package var dialect = Dialect.standard
    package var write = Write.append
    package var columns = ColumnTemplates()

    package init() {}

    package init(path: String) { self.path = path }

    /// By the path's ending, where it is not chosen; nil where that is none that is written.
    ///
    /// Standard output is CSV.
    package var format: Format? {
        switch chosenFormat {
        case .csv: return .csv
        case .jsonl: return .jsonl
        case .auto: break
        }
        let name = packing.unpackedName(path)
        if path == "-" || name.hasSuffix(".csv") { return .csv }
        return name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") ? .jsonl : nil
    }

    var packing: Packing { chosenPacking ?? Packing(path: path) }

    static var table: SettingsTable<OutputSettings> {
        SettingsTable([
            .text(
                "path", \.path, "Where it goes; .csv or .jsonl says how it is written, .gz or .zst how it is packed."),
            .choice("format", \.chosenFormat, "How it is written, where the path does not say."),
            .flag("excel", \.excel, "For spreadsheets: a byte order mark, and no cell that is taken for a formula."),
            .choice("dialect", \.dialect, "Commas and line feeds, or what the export has."),
            .choice("write", \.write, "Whether what was found goes into the columns that the export has for it."),
            .section("columns", \.columns, "What the columns are called; an empty name leaves one out.") {
                ColumnTemplates.table
            },
        ])
    }
}

/// What the columns that a run adds are called (contract, section 5); an empty template leaves a column out.
package struct ColumnTemplates: Sendable, Equatable {
    var status = "enrichment_status"
    var reason = "enrichment_reason"
    var origin = "enrichment_origin"
    var recordID = "enrichment_record_id"
    var credits = "credits_used"
    var value = "enriched_{channel}"
    var source = "enriched_{channel}_source"
    var confidence = "enriched_{channel}_confidence"
    var time = "enriched_{channel}_at"
    var verified = "enriched_{channel}_verified"
    var inputVerified = "input_email_verified"
    var accountID = "account_id"
    var account = "account_{field}"

    static var table: SettingsTable<ColumnTemplates> {
        SettingsTable([
            .text("status", \.status, "enriched, unmatched, skipped or failed."),
            .text("reason", \.reason, "Why a row was skipped or failed."),
            .text("origin", \.origin, "api, cache or duplicate."),
            .text("record_id", \.recordID, "The service's own number of the record."),
            .text("credits_used", \.credits, "What the row cost."),
            template("value", \.value, "channel", "What was found."),
            template("source", \.source, "channel", "Who found it."),
            template("confidence", \.confidence, "channel", "How sure it is."),
            template("at", \.time, "channel", "When it was last confirmed."),
            template("verified", \.verified, "channel", "What the verification said."),
            .text("input_verified", \.inputVerified, "What the verification said of the row's own email."),
            .text("account_id", \.accountID, "The company."),
            template("account", \.account, "field", "What is known of the company."),
        ])
    }

    /// Without its placeholder, all channels would have one name.
    private static func template(
        _ key: String, _ place: WritableKeyPath<ColumnTemplates, String>, _ placeholder: String, _ about: String
    ) -> SettingsField<ColumnTemplates> {
        .value(key, place, takes: "a name with {\(placeholder)} or {\(placeholder.capitalized)}, or nothing", about) {
            $0.text.flatMap { text in
                text.isEmpty || text.contains("{\(placeholder)}") || text.contains("{\(placeholder.capitalized)}")
                    ? text : nil
            }
        }
    }

    /// A template for a channel or a field: `{channel}` is `work_email`, `{Channel}` is `Work Email`.
    static func filled(_ template: String, _ placeholder: String, _ name: String) -> String {
        let spelled = name.split(separator: "_").map { word in
            switch word {
            case "linkedin": "LinkedIn"
            case "url", "usd", "id", "hq": word.uppercased()
            default: word.capitalized
            }
        }
        return template.replacing("{\(placeholder)}", with: name)
            .replacing("{\(placeholder.capitalized)}", with: spelled.joined(separator: " "))
    }
}
