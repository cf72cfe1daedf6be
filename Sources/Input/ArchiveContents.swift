import Foundation
import Records

/// What a ZIP archive holds: a workbook, or files each of which is an export.
enum ArchiveContents: Equatable {
    case workbook
    /// Which are read, and which are passed over since they are no tables.
    case files([String], passedOver: [String])

    /// - Parameter patterns: which files are read, by name or `*.csv`; all where there are none.
    /// - Throws: ``Diagnostic`` where nothing in it can be read.
    init(of file: InputFile, patterns: [String], limits: RecordLimits) throws {
        let archive = try Archive(file.openSeekable(), kind: .zip, limits: limits, name: file.name)
        var names: [String] = []
        var empty: Set<String> = []
        while let entry = try archive.nextEntry() {
            guard names.count < Self.mostFiles else {
                throw Diagnostic(
                    code: "archive_too_large", "the archive holds more than \(Self.mostFiles) files", file: file.name)
            }
            if !entry.isFolder { names.append(entry.name) }
            if entry.size == 0 { empty.insert(entry.name) }
        }
        for (part, name) in Self.refused where names.contains(part) {
            throw Diagnostic(
                code: "unknown_format", "this is \(name), which is not read", file: file.name,
                hint: "open it in a spreadsheet and save it as XLSX or as CSV UTF-8")
        }
        if names.contains("[Content_Types].xml"), names.contains(where: { $0.hasSuffix("workbook.xml") }) {
            self = .workbook
            return
        }
        let shown = names.filter { !Self.isHidden($0) }
        let filled = shown.filter { !empty.contains($0) }
        // What lies beside tables, such as a read-me or a logo, is none; where nothing is called as one, all are tried.
        let tables = filled.filter(Self.isNamedAsTable)
        let all = tables.isEmpty ? filled.isEmpty ? shown : filled : tables
        let wanted = patterns.isEmpty ? all : names.filter { name in patterns.contains { Self.matches(name, $0) } }
        guard !wanted.isEmpty else {
            throw Diagnostic(
                code: "no_input",
                patterns.isEmpty ? "the archive holds no files" : "no file in the archive is called like this",
                file: file.name,
                hint: names.isEmpty ? "export it again" : "the files are: \(names.prefix(20).joined(separator: ", "))")
        }
        self = .files(wanted.sorted(), passedOver: patterns.isEmpty ? Set(shown).subtracting(wanted).sorted() : [])
    }

    private static func isNamedAsTable(_ name: String) -> Bool {
        let endings = [".gz", ".zst", ".xz", ".bz2"]
        var name = name.lowercased()[...]
        for ending in endings where name.hasSuffix(ending) { name = name.dropLast(ending.count) }
        return [".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".xml", ".xlsx", ".xls", ".htm", ".html"].contains
        {
            name.hasSuffix($0)
        }
    }

    private static let mostFiles = 10_000

    private static let refused = [
        ("xl/workbook.bin", "a binary Excel workbook (XLSB)"), ("content.xml", "an OpenDocument file"),
        ("word/document.xml", "a Word document"),
    ]

    /// What programs put beside the files for themselves.
    private static func isHidden(_ name: String) -> Bool {
        name.hasPrefix("__MACOSX/") || name.split(separator: "/").last?.hasPrefix(".") == true
    }

    /// Patterns without a slash match a file in any folder of the archive.
    private static func matches(_ name: String, _ pattern: String) -> Bool {
        let last = pattern.contains("/") ? name : name.split(separator: "/").last.map(String.init) ?? name
        return fnmatch(pattern, last, FNM_PERIOD) == 0
    }
}
