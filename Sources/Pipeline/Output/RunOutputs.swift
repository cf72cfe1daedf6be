import Foundation
import Identity
import Input
import Ledger
import Records

/// All files that a run writes row by row; they grow together and are cut back together.
final class RunOutputs {
    private let outputs: [(file: OutputFile, format: OutputSettings.Format)]
    private let rejects: RejectWriter?
    let formats: [OutputSettings.Format]

    /// Opens the files, anew or cut back to where an earlier attempt stood.
    init(_ settings: PipelineSettings, columns: [String], keeping lengths: [String: Int]?) throws {
        formats = settings.output.compactMap(\.format)
        outputs = try zip(settings.output, formats).map { output, format in
            let kept = lengths?[output.path]
            let file = try OutputFile(output.path, keeping: kept)
            if format == .csv, kept == nil {
                try file.write(CSVText().row(columns + EnrichmentColumns(settings.enrich).names(besides: columns)))
            }
            return (file, format)
        }
        rejects =
            try settings.rejects.isEmpty ? nil : RejectWriter(settings.rejects, keeping: lengths?[settings.rejects])
    }

    func write(_ batch: RenderedBatch) throws {
        for (output, bytes) in zip(outputs, batch.bytes) { try output.file.write(bytes) }
        try rejects?.write(batch.rejects)
    }

    /// Puts everything on the disk and says how long each file is.
    func sync() throws -> [String: Int] {
        var lengths: [String: Int] = [:]
        for file in files {
            try file.sync()
            lengths[file.path] = file.length
        }
        return lengths
    }

    private var files: [OutputFile] { outputs.map(\.file) + (rejects.map { [$0.file] } ?? []) }
}

/// A batch as it goes into the files.
struct RenderedBatch: Sendable {
    /// One piece for each output.
    let bytes: [[UInt8]]
    let rejects: [Reject]
    let notes: RecordNotes
    let hints: HintNotes
    let rows: Int
    let tally: Tally
    /// Bytes of its file that were taken when it was read.
    let taken: Int
    let end: ExportStream.StreamPosition
}

/// Turns rows and what was found out about them into bytes.
struct RowRenderer: Sendable {
    private let originals: [OriginalRow]
    private let columns: EnrichmentColumns
    private let formats: [OutputSettings.Format]
    private let enrichmentKey: [UInt8]

    init(_ stream: ExportStream, _ settings: PipelineSettings, formats: [OutputSettings.Format]) {
        originals = stream.exports.indices.map { OriginalRow(stream, file: $0) }
        columns = EnrichmentColumns(settings.enrich)
        self.formats = formats
        let name = ColumnNames.distinct(stream.columns + ["enrichment"]).last ?? "enrichment"
        var key: [UInt8] = []
        JSONText.append(string: name.utf8, to: &key)
        enrichmentKey = key + [UInt8(ascii: ":")]
    }

    func render(_ planned: PlannedBatch, _ facts: [RowFacts], _ verdicts: [String: VerificationDesk.Answer])
        -> [[UInt8]]
    {
        let batch = planned.leads.batch
        let original = originals[planned.leads.file]
        return formats.map { format in
            var out: [UInt8] = []
            out.reserveCapacity(batch.byteCount * 2 + batch.rowCount * 64)
            batch.withCells { cells in
                for row in 0..<batch.rowCount {
                    switch format {
                    case .csv:
                        original.appendCSV(cells, row, to: &out)
                        columns.appendCSV(facts[row], verdicts, to: &out)
                        out.append(UInt8(ascii: "\n"))
                    case .jsonl:
                        if original.appendOpenJSON(batch, cells, row, to: &out) { out.append(UInt8(ascii: ",")) }
                        out.append(contentsOf: enrichmentKey)
                        columns.appendJSON(facts[row], verdicts, to: &out)
                        out.append(contentsOf: [UInt8(ascii: "}"), UInt8(ascii: "\n")])
                    }
                }
            }
            return out
        }
    }
}
