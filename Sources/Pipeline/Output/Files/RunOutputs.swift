import Foundation
import Identity
import Input
import Ledger
import Records

/// All files that a run writes row by row; they grow together and are cut back together.
final class RunOutputs {
    private let outputs: [OutputFile]
    private let changes: OutputFile?
    private let audiences: [SplitFile]
    private let rejects: RejectWriter?

    /// Opens the files, anew or cut back to where an earlier attempt stood.
    init(_ settings: PipelineSettings, _ writers: RowWriters, from start: ResumePoint) throws {
        let lengths = start.lengths
        let isHashed = settings.describesOutputs
        func opened(_ path: String, head: () throws -> [UInt8]) throws -> OutputFile {
            if let lengths, lengths[path] == nil {
                throw Diagnostic(
                    code: "output_changed", "an earlier attempt at the run wrote no such file", file: path,
                    hint: "start over with --fresh; answers that were paid for stay known")
            }
            let file = try OutputFile(path, keeping: lengths?[path], isHashed: isHashed)
            if lengths?[path] == nil { try file.write(head()) }
            return file
        }
        outputs = try zip(settings.output, writers.outputs).map { output, rows in
            try opened(output.path) { try rows.head() }
        }
        changes = try settings.changes.flatMap { changes in
            try writers.changes.map { rows in try opened(changes.path) { rows.head } }
        }
        audiences = try zip(settings.audience, writers.audiences).map { audience, rows in
            try SplitFile(
                audience.path, head: rows.head, rowsPerFile: audience.rowsPerFile, keeping: lengths,
                rows: start.progress.imports[audience.path]?.rows ?? 0)
        }
        rejects =
            try settings.rejects.isEmpty ? nil : RejectWriter(settings.rejects, keeping: lengths?[settings.rejects])
    }

    func write(_ batch: RenderedBatch) throws {
        for (output, bytes) in zip(outputs, batch.outputs) { try output.write(bytes) }
        if let rows = batch.changes { try changes?.write(rows.bytes) }
        for (audience, rows) in zip(audiences, batch.audiences) { try audience.write(rows) }
        try rejects?.write(batch.rejects)
    }

    /// What files are known again by that this attempt wrote from their beginning, by their paths.
    var digests: [String: FileDigest] {
        (outputs + [changes].compactMap { $0 }).reduce(into: [:]) { $0[$1.path] = $1.digest }
    }

    /// Puts everything on the disk and says how long each file is.
    func sync() throws -> [String: Int] {
        var lengths: [String: Int] = [:]
        for file in outputs + [changes, rejects?.file].compactMap({ $0 }) + audiences.flatMap(\.files) {
            try file.sync()
            lengths[file.path] = file.length
        }
        for audience in audiences { audience.synced() }
        return lengths
    }
}

/// A batch as it goes into the files.
struct RenderedBatch: Sendable {
    /// One piece for each output.
    var outputs: [[UInt8]] = []
    var changes: ImportedRows?
    /// What the changes export, to be remembered.
    var marks: [ExportMark] = []
    var audiences: [ImportedRows] = []
    var rejects: [Reject] = []
    var notes = RecordNotes()
    var hints = HintNotes()
    var rows = 0
    var tally = Tally()
    /// Rows that were not asked for, by their numbers in the run.
    var notAsked: [NotAsked] = []
    /// Bytes of its file that were taken when it was read.
    var taken = 0
    let end: ExportStream.StreamPosition
}
