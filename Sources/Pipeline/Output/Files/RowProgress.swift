import Foundation
import Identity
import Input
import Ledger
import Records

/// Where an unfinished run goes on.
struct ResumePoint: Sendable {
    var position: ExportStream.StreamPosition?
    var rows = 0
    /// Bytes of each output that stand; nil starts the outputs anew.
    var lengths: [String: Int]?
    var progress = RowProgress()

    /// - Parameter canGoOn: whether every output is a file that can be cut back, and every input one that can be known
    ///   again. What went to standard output is gone, and a pipe may bring other rows; such a run is written again from the
    ///   first row, out of answers that are known.
    init(_ checkpoint: Checkpoint?, canGoOn: Bool) throws {
        // Where an earlier version counted otherwise, its rows are written again too.
        guard let checkpoint, canGoOn,
            let progress = try? JSONDecoder().decode(RowProgress.self, from: Data(checkpoint.tally.utf8))
        else { return }
        position = try JSONDecoder().decode(ExportStream.StreamPosition.self, from: Data(checkpoint.position.utf8))
        rows = checkpoint.rows
        lengths = checkpoint.lengths
        self.progress = progress
    }
}

/// What is counted over the rows of a run, as saved with a checkpoint.
struct RowProgress: Sendable, Codable {
    var tally = Tally()
    /// Rows and rejects of each file.
    var files: [Int: FileProgress] = [:]
    /// Rows of each file that is for an import, by its path, and why others were left out.
    var imports: [String: ImportProgress] = [:]

    struct ImportProgress: Sendable, Codable {
        var rows = 0
        var leftOut: [String: Int] = [:]

        mutating func add(_ more: ImportedRows) {
            rows += more.ends.count
            leftOut.merge(more.leftOut, uniquingKeysWith: +)
        }
    }

    func inputs(_ exports: [Export]) -> [CreditReport.InputPart] {
        exports.enumerated().map { index, export in
            let file = files[index] ?? FileProgress()
            return CreditReport.InputPart(
                path: export.name, bytes: export.fingerprint?.size, rows: file.rows, rejected: file.rejected,
                rejects: file.refused.map { refused in
                    refused.counts.map { reason, count in
                        CreditReport.RejectPart(
                            reason: reason, count: count, firstLine: refused.firstLines[reason] ?? 0)
                    }.sorted { ($0.firstLine, $0.reason) < ($1.firstLine, $1.reason) }
                } ?? [],
                notes: (file.notes?.counts ?? [:]).merging(file.hints?.counts ?? [:]) { $0 + $1 })
        }
    }

    /// What was remarkable in each file, for the person.
    func diagnostics(_ exports: [Export]) -> [Diagnostic] {
        exports.enumerated().flatMap { index, export in
            (files[index]?.refused?.diagnostics(file: export.name) ?? [])
                + (files[index]?.notes?.diagnostics(file: export.name) ?? [])
                + (files[index]?.hints?.diagnostics(file: export.name) ?? [])
        }
    }

    struct FileProgress: Sendable, Codable {
        var rows = 0
        var rejected = 0
        var notes: RecordNotes?
        var hints: HintNotes?
        var refused: RejectNotes?

        mutating func add(_ batch: RenderedBatch) {
            rows += batch.rows
            rejected += batch.rejects.count
            if !batch.rejects.isEmpty {
                var all = refused ?? RejectNotes()
                all.add(batch.rejects)
                refused = all
            }
            if !batch.hints.isEmpty {
                var all = hints ?? HintNotes()
                all.add(batch.hints)
                hints = all
            }
            guard !batch.notes.isEmpty else { return }
            var all = notes ?? RecordNotes()
            all.add(batch.notes)
            notes = all
        }
    }
}
