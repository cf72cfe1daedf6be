import EnrichmentAPI
import Foundation
import Identity
import Input
import Ledger
import Records
import Settings

/// The file of a table of people or companies: any export that can be read, or SQLite.
struct TableFile {
    let path: String
    let columns: [String]
    let emptyColumns: Set<Int>
    /// Changes when the file does.
    let stamp: String
    /// When it was last written to, ISO 8601; empty where that is not known.
    let modified: String
    private let source: Source

    private enum Source {
        case export(Export)
        case sqlite(SQLiteTable)
    }

    /// - Parameter table: of a SQLite file with several.
    /// - Throws: ``Diagnostic`` where the file is missing or is nothing that can be read.
    init(_ path: String, table: String) throws {
        self.path = path
        let fingerprint = try FileFingerprint.of(path)
        stamp = Self.stamp(of: path)
        modified =
            fingerprint.map { Date(timeIntervalSince1970: Double($0.modified) / 1e9).formatted(.iso8601) } ?? ""
        if try Self.isSQLite(path) {
            let sqlite = try SQLiteTable(path, table: table)
            (source, columns, emptyColumns) = (.sqlite(sqlite), sqlite.columns, [])
        } else {
            let export = try Export(path)
            (source, columns, emptyColumns) = (.export(export), export.columns, export.emptyColumns)
        }
    }

    /// What a file looks like: another text when it has changed; of blanks where it is not there.
    static func stamp(of path: String) -> String {
        // What is in a database but not yet in its file lies beside it.
        [path, path + "-wal"].map { path in
            // An empty one comes and goes with whoever reads.
            (try? FileFingerprint.of(path)).flatMap(\.self).map { $0.size == 0 ? "" : "\($0.size) \($0.modified)" }
                ?? ""
        }.joined(separator: " ")
    }

    func forEachBatch(_ body: (RecordBatch) throws -> Void) throws {
        switch source {
        case .sqlite(let table): try table.forEachBatch(body)
        case .export(let export):
            let records = try export.records()
            while let batch = try records.next() { try body(batch) }
        }
    }

    /// Where a column stands that settings name; nil for none.
    ///
    /// - Throws: ``Diagnostic`` `no_column`.
    func column(_ wanted: String, of provider: String) throws -> Int? {
        guard !wanted.isEmpty else { return nil }
        guard let found = columns.firstIndex(of: wanted) else {
            throw Diagnostic(
                code: "no_column", "provider '\(provider)' names a column '\(wanted)' that its table lacks", file: path,
                hint: (Spelling.nearest(to: wanted, among: columns).map { "did you mean '\($0)'? " } ?? "")
                    + "the columns are: \(columns.joined(separator: ", "))")
        }
        return found
    }

    private static func isSQLite(_ path: String) throws -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? file.close() }
        return try file.read(upToCount: 16) == Data("SQLite format 3\0".utf8)
    }
}
