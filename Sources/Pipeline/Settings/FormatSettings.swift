import Input
import Records
import Settings

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
            .value("quote", \.quote, takes: "auto, none or one character", "What stands around cells with delimiters.")
            {
                value in
                switch value.text {
                case "auto": .auto
                case "none": Quote.none
                case let text: text.flatMap { $0.utf8.count == 1 ? $0.utf8.first : nil }.map(Quote.character)
                }
            },
            .value("escape", \.escape, takes: "auto, doubled or backslash", "How a quote stands inside quotes.") {
                value in
                switch value.text {
                case "auto": .some(nil)
                case let text: text.flatMap(CSVDialect.Escape.init(rawValue:)).map { .some($0) }
                }
            },
            .headerRow(\.headerRow),
        ])
    }
}

extension XMLSettings {
    static var table: SettingsTable<XMLSettings> {
        SettingsTable([
            .value("record", \.record, takes: "auto, or an element's name or path", "The element that is one record.") {
                value in
                value.text.map { $0 == "auto" ? "" : $0 }
            },
            .choice("repeated", \.repeated, "Whether repeated elements are columns of their own or joined in one."),
        ])
    }
}

extension XLSXSettings {
    static var table: SettingsTable<XLSXSettings> {
        SettingsTable([
            .value("sheet", \.sheet, takes: "a number or a name", "The sheet that is read.") { value in
                value.text.flatMap { text in
                    guard !text.isEmpty else { return nil }
                    return Int(text).map { $0 > 0 ? .number($0) : nil } ?? .name(text)
                }
            },
            .headerRow(\.headerRow),
        ])
    }
}

extension HTMLSettings {
    static var table: SettingsTable<HTMLSettings> {
        SettingsTable([
            .value("table", \.number, takes: "auto or a number", "The table of the page that is read.") { value in
                switch value.text {
                case "auto": .some(nil)
                case let text: text.flatMap { Int($0) }.flatMap { $0 > 0 ? .some($0) : nil }
                }
            },
            .headerRow(\.headerRow),
        ])
    }
}

extension SettingsField {
    /// Where column names stand, for every format that has rows.
    static func headerRow(_ place: WritableKeyPath<Section, HeaderSetting>) -> Self {
        value(
            "header_row", place, takes: "auto, none, a line such as 3, or lines such as 3-4",
            "Where the column names are."
        ) {
            value in
            switch value.text {
            case "auto": return .auto
            case "none": return HeaderSetting.none
            default: break
            }
            let parts = (value.text ?? "").split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard (1...2).contains(parts.count), let first = parts[0], let last = parts[parts.count - 1], first > 0,
                last >= first
            else { return nil }
            return .lines(first...last)
        }
    }
}

extension RecordLimits {
    static var table: SettingsTable<RecordLimits> {
        SettingsTable([
            .value("cell", \.field, takes: "a size such as 1MiB", "Bytes in one cell, or in one JSON object.") {
                value in
                value.text.flatMap(Spelling.size).flatMap { (1...(1 << 27)).contains($0) ? $0 : nil }
            },
            .number("columns", \.columns, 1...100_000, "Columns of a file."),
            .number("depth", \.depth, 1...200, "Levels of JSON and XML."),
            .number("archive_ratio", \.ratio, 1...1_000_000, "How many times its size a compressed file may become."),
            .value(
                "archive_size", \.unpacked, takes: "a size such as 10GiB", "Bytes that a compressed file may become."
            ) {
                value in
                value.text.flatMap(Spelling.size).flatMap { $0 > 0 ? $0 : nil }
            },
        ])
    }
}
