import Input
package import Records

/// `millrace convert`: any input as CSV or JSONL, values untouched.
package struct Conversion: Sendable {
    private let rewriting: RowRewriting

    package init(_ rewriting: RowRewriting) { self.rewriting = rewriting }

    package func run(noting: (Diagnostic) -> Void) async throws -> RowRewriting.Summary {
        try await rewriting.run(adding: [], noting: noting) { stream, format in
            let originals = stream.exports.indices.map { OriginalRow(stream, file: $0) }
            let isSingle = stream.columns.count == 1
            return { file, batch in
                RowRewriting.Rendered(bytes: Self.render(batch, originals[file], format, isSingle: isSingle))
            }
        }
    }

    private static func render(
        _ batch: RecordBatch, _ original: OriginalRow, _ format: OutputSettings.Format, isSingle: Bool
    ) -> [UInt8] {
        let csv = CSVText()
        var out: [UInt8] = []
        out.reserveCapacity(batch.byteCount * 2)
        batch.withCells { cells in
            for row in 0..<batch.rowCount {
                switch format {
                case .csv:
                    let start = out.count
                    original.appendCSV(cells, row, to: &out)
                    csv.endRow(&out, isSingleEmpty: isSingle && out.count == start)
                case .jsonl:
                    _ = original.appendOpenJSON(batch, cells, row, to: &out)
                    out.append(contentsOf: [UInt8(ascii: "}"), UInt8(ascii: "\n")])
                }
            }
        }
        return out
    }
}
