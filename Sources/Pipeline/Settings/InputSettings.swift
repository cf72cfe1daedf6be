package import Identity
package import Input
import Settings

/// What is read, and how (contract, section 3, `input`).
package struct InputSettings: Sendable {
    package var paths: [String] = []
    package var export = ExportSettings()
    package var columns: [Field: String] = [:]
    package var region = Region("US")

    static var table: SettingsTable<InputSettings> {
        SettingsTable([
            .texts("paths", \.paths, "Files, patterns or \"-\"; several are one stream."),
            .choice("format", \.export.format, "What the files are; found out where it is auto."),
            .value("encoding", \.encoding, takes: "auto | utf-8", "How text is encoded.") { value in
                ["auto", "utf-8"].contains(value.text?.lowercased()) ? () : nil
            },
            .section("csv", \.export.csv, "How CSV is written, where it is not found out.") { CSVSettings.table },
            .notYet("xml", "Reading XML."),
            .notYet("xlsx", "Reading XLSX."),
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

    /// UTF-8 is the only encoding yet, so nothing is kept.
    private var encoding: Void {
        get { () }
        set {}
    }
}

extension CSVSettings {
    static var table: SettingsTable<CSVSettings> {
        SettingsTable([
            .value("delimiter", \.delimiter, takes: "auto, tab, or one character", "What stands between cells.") {
                value in
                switch value.text {
                case "auto": .some(nil)
                case "tab", "\\t": .some(UInt8(ascii: "\t"))
                case let text?: text.utf8.count == 1 ? .some(text.utf8.first) : nil
                case nil: nil
                }
            },
            .value("quote", \.quote, takes: "one character", "What stands around cells with delimiters.") { value in
                value.text.flatMap { $0.utf8.count == 1 ? $0.utf8.first : nil }
            },
            .value("header_row", \.headerRow, takes: "auto, none or a line's number", "Where the column names are.") {
                value in
                switch value.text {
                case "auto": .auto
                case "none": HeaderRow.none
                case let text: text.flatMap(Int.init).flatMap { $0 > 0 ? .line($0) : nil }
                }
            },
        ])
    }
}

/// When two rows are one person (contract, section 3, `identity`).
package struct IdentitySettings: Sendable {
    package enum Dedupe: String, Sendable, CaseIterable {
        case alias, exact, off
    }

    package var dedupe = Dedupe.alias
    package var collapsesSubaddress = true

    static var table: SettingsTable<IdentitySettings> {
        SettingsTable([
            .choice("dedupe", \.dedupe, "Whether rows that share any hint, all hints, or nothing are one person."),
            .flag("collapse_subaddress", \.collapsesSubaddress, "Whether a+tag@x.com is the same person as a@x.com."),
            .notYet("suppress", "Lists of identities that are never sent."),
        ])
    }
}
