import Input
import Records

/// Turns rows and what was found out about them into the bytes of one output.
struct EnrichedRows: Sendable {
    private let format: OutputSettings.Format
    private let packing: Packing
    let csv: CSVText
    private let originals: [OriginalRow]
    private let columns: EnrichmentColumns
    private let object: EnrichmentObject
    /// `"enrichment":`, or what it is called beside the file's own members.
    private let key: [UInt8]
    private let policy: WritePolicy?
    private let originalNames: [String]

    init(_ output: OutputSettings, _ stream: ExportStream, _ settings: PipelineSettings, _ fields: FieldColumns) {
        format = output.format ?? .csv
        packing = output.packing
        csv = CSVText(output, stream.exports)
        let csv = csv
        originals = stream.exports.indices.map { OriginalRow(stream, file: $0, csv: csv) }
        columns = EnrichmentColumns(settings, output.columns, csv: csv)
        object = EnrichmentObject(settings)
        policy =
            output.write == .append ? nil : WritePolicy(output, settings, fields, files: stream.exports.count)
        originalNames = policy?.names(stream.columns) ?? stream.columns
        var key: [UInt8] = []
        let name = ColumnNames.distinct(stream.columns + ["enrichment"]).last ?? "enrichment"
        JSONText.append(string: name.utf8, to: &key)
        self.key = key + [UInt8(ascii: ":")]
    }

    /// Names of all columns, with their types as Table Schema has them.
    var schema: [(name: String, type: String)] {
        originalNames.map { ($0, "string") }
            + zip(columns.names(besides: originalNames), columns.facts.map(\.type)).map { ($0, $1) }
    }

    /// What the file begins with.
    func head() throws -> [UInt8] { format == .jsonl ? [] : try packing.pack(csv.head(schema.map(\.name))) }

    func render(_ finished: FinishedBatch) throws -> [UInt8] {
        let batch = finished.batch
        let original = originals[finished.leads.file]
        var out: [UInt8] = []
        out.reserveCapacity(batch.byteCount * 2 + batch.rowCount * 64)
        finished.withRows { facts, cells in
            for row in 0..<batch.rowCount {
                if format == .jsonl {
                    if original.appendOpenJSON(batch, cells, row, to: &out) { out.append(UInt8(ascii: ",")) }
                    out.append(contentsOf: key)
                    object.append(facts[row], finished.verdicts, to: &out)
                    out.append(contentsOf: [UInt8(ascii: "}"), UInt8(ascii: "\n")])
                } else {
                    if let policy {
                        original.appendCSV(
                            cells, row, replacing: policy, by: Contact(batch: finished, row: row),
                            file: finished.leads.file, to: &out)
                    } else {
                        original.appendCSV(cells, row, to: &out)
                    }
                    columns.append(facts, row, finished.verdicts, to: &out)
                    csv.endRow(&out)
                }
            }
        }
        return try packing.pack(out)
    }
}

extension CSVText {
    /// As an output wants it, where need be after the first CSV export of its input.
    init(_ output: OutputSettings, _ exports: [Export]) {
        self.init()
        guardsFormulas = output.excel
        hasByteOrderMark = output.excel
        guard output.dialect == .input else { return }
        for export in exports {
            guard case .csv(let dialect) = export.format else { continue }
            delimiter = dialect.delimiter
            if export.hasCarriageReturns { lineEnd = [13, 10] }
            hasByteOrderMark = output.excel || export.hasByteOrderMark
            return
        }
    }
}
