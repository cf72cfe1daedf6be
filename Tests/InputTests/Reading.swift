import Foundation
import Input
import Records
import TestSupport

/// Everything that comes out of an export.
struct Reading {
    var columns: [String] = []
    var rows: [[String]] = []
    var originals: [String] = []
    var rejects: [Reject] = []
    var notes = RecordNotes()
    /// Where each row starts.
    var starts: [Position] = []
    /// Where each batch ends, and how many rows came up to there.
    var ends: [(position: Position, rows: Int)] = []
    var diagnostics: [Diagnostic] = []
    var format = ""
    var encoding = ""

    init(
        _ path: String, _ settings: ExportSettings = ExportSettings(), limits: RecordLimits = RecordLimits(),
        from position: Position? = nil
    ) throws {
        try self.init(Export(path, settings: settings, limits: limits), from: position)
    }

    init(_ export: Export, from position: Position? = nil) throws {
        columns = export.columns
        diagnostics = export.notes
        format = export.format.name
        encoding = export.encoding.name
        let records = try export.records(from: position)
        while let batch = try records.next() {
            for row in 0..<batch.rowCount {
                rows.append((0..<batch.columnCount).map { batch.text(row, $0) })
                if let original = batch.original(row) { originals.append(String(decoding: original, as: UTF8.self)) }
            }
            starts += batch.positions
            rejects += batch.rejects
            notes.add(batch.notes)
            ends.append((batch.end, rows.count))
        }
    }

    static func of(
        _ data: Data, _ settings: ExportSettings = ExportSettings(), limits: RecordLimits = RecordLimits()
    ) throws -> Reading {
        let folder = try TemporaryFolder()
        return try Reading(folder.write("in", data), settings, limits: limits)
    }

    static func of(
        _ text: String, _ settings: ExportSettings = ExportSettings(), limits: RecordLimits = RecordLimits()
    ) throws -> Reading {
        try of(Data(text.utf8), settings, limits: limits)
    }

    /// The rows as dictionaries, without columns that the format adds.
    var objects: [[String: String]] {
        rows.map { row in
            Dictionary(zip(columns, row).filter { $0.0 != "other_fields" }, uniquingKeysWith: { $1 })
        }
    }
}

extension ExportSettings {
    /// Settings with a change.
    static func with(_ change: (inout ExportSettings) -> Void) -> ExportSettings {
        var settings = ExportSettings()
        change(&settings)
        return settings
    }
}
