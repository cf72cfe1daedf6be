package import Identity
package import Input
package import Records
import Settings

/// What is read, and how (contract, section 3, `input`).
package struct InputSettings: Sendable {
    package var paths: [String] = []
    package var export = ExportSettings()
    package var columns: [Field: String] = [:]
    package var region = Region("US")
    /// Whether rows get a column `source_file`.
    package var namesSourceFile = false
    package var limits = RecordLimits()

    static var table: SettingsTable<InputSettings> {
        SettingsTable([
            .texts("paths", \.paths, "Files, folders, patterns or \"-\"; several are one stream."),
            .choice("format", \.export.format, "What the files are; found out where it is auto."),
            .value(
                "encoding", \.export.encoding, takes: "auto, or a name such as utf-8, windows-1252 or shift_jis",
                "How text is encoded."
            ) { value in
                switch value.text {
                case "auto": .some(nil)
                case let text: text.flatMap { TextEncoding($0) }.map { .some($0) }
                }
            },
            .section("csv", \.export.csv, "How CSV is written, where it is not found out.") { CSVSettings.table },
            .section("xml", \.export.xml, "How XML is read, where it is not found out.") { XMLSettings.table },
            .section("xlsx", \.export.xlsx, "How workbooks are read.") { XLSXSettings.table },
            .section("html", \.export.html, "How tables in web pages are read.") { HTMLSettings.table },
            .texts("members", \.export.members, "Which files of a ZIP archive are read, by name or pattern."),
            .choice("long_rows", \.export.rules.longRows, "What becomes of rows with more cells than the header."),
            .choice("invalid_text", \.export.rules.invalidText, "What becomes of bytes that are no text."),
            .flag("source_file", \.namesSourceFile, "Whether rows get a column with the name of their file."),
            .section("limits", \.limits, "What a file may hold at most.") { RecordLimits.table },
            .value(
                "columns", \.columns, takes: "field: column", "Which column holds which field, where names do not tell."
            ) { value in
                value.members.flatMap { members in
                    let pairs = members.compactMap { key, column in
                        Field(rawValue: key.text).flatMap { field in column.text.map { (field, $0) } }
                    }
                    return pairs.count == members.count ? Dictionary(pairs, uniquingKeysWith: { $1 }) : nil
                }
            },
            .value("region", \.region, takes: "a country", "For phone numbers without a country.") { value in
                value.text.flatMap { Region($0) }
            },
        ])
    }

    /// Looks at all files.
    ///
    /// - Parameters:
    ///   - noting: takes what the person should know about how they are read.
    ///   - keepingPipes: whether pipes have to be read more than once.
    func open(noting: (Diagnostic) -> Void, keepingPipes: Bool = false) throws -> [Export] {
        let exports = try ExportStream.open(paths, settings: export, limits: limits, keepingPipes: keepingPipes)
        for export in exports { export.notes.forEach(noting) }
        return exports
    }
}

/// When two rows are one person (contract, section 3, `identity`).
package struct IdentitySettings: Sendable {
    package enum Dedupe: String, Sendable, CaseIterable {
        case alias, exact, off
    }

    package var dedupe = Dedupe.alias
    package var collapsesSubaddress = true
    package var suppress: [String] = []

    static var table: SettingsTable<IdentitySettings> {
        SettingsTable([
            .choice("dedupe", \.dedupe, "Whether rows that share any hint, all hints, or nothing are one person."),
            .flag("collapse_subaddress", \.collapsesSubaddress, "Whether a+tag@x.com is the same person as a@x.com."),
            .texts("suppress", \.suppress, "Lists of people and companies that are never sent anywhere."),
        ])
    }
}
