import Identity
import Input
package import Records

/// `millrace normalize`: the identity columns behind the original ones, nothing sent anywhere.
package struct Normalization: Sendable {
    private let rewriting: RowRewriting
    private let settings: PipelineSettings

    package init(_ rewriting: RowRewriting, settings: PipelineSettings) {
        self.rewriting = rewriting
        self.settings = settings
    }

    package func run(noting: (Diagnostic) -> Void) async throws -> RowRewriting.Summary {
        let input = rewriting.input
        let normalizing = Normalizer.Settings(
            region: input.region, collapsesSubaddress: settings.identity.collapsesSubaddress)
        return try await rewriting.run(
            adding: Hint.columns, noting: noting, keepingPipes: !settings.explain.isEmpty, then: explain
        ) { stream, format in
            let normalizers = try stream.exports.map { export in
                Normalizer(
                    try HeaderMapping(
                        header: export.columns, empty: export.emptyColumns, chosen: input.columns, file: export.name),
                    settings: normalizing)
            }
            let rows = stream.exports.indices.map { NormalizedRows(OriginalRow(stream, file: $0), format: format) }
            return { file, batch in rows[file].render(batch, normalizers[file].identify(batch)) }
        }
    }
}

extension Normalization {
    /// Lists which rows are one person, where that is asked for.
    private func explain(_ exports: [Export]) async throws -> Int? {
        guard !settings.explain.isEmpty else { return nil }
        let reader = { (spool: IdentitySpool?) in try LeadReader(ExportStream(exports), settings, spool: spool) }
        let list = try SuppressionList(settings) { _ in }
        let scan = try await InputScan(settings, list, reader(nil), keys: nil, RunFeed([], clock: .wall), StopSignal())
        return try await MergeList.write(settings.explain, settings, scan.groups, reader(scan.spool))
    }
}

/// Renders rows with their identity columns.
private struct NormalizedRows: Sendable {
    private let original: OriginalRow
    private let format: OutputSettings.Format
    private let csv = CSVText()
    private static let keys: [[UInt8]] = Hint.columns.map { Array(",\"\($0)\":".utf8) }

    init(_ original: OriginalRow, format: OutputSettings.Format) {
        self.original = original
        self.format = format
    }

    func render(_ batch: RecordBatch, _ identities: IdentityBatch) -> RowRewriting.Rendered {
        var rendered = RowRewriting.Rendered(bytes: [], hints: identities.notes)
        rendered.bytes.reserveCapacity(batch.byteCount * 2)
        var key: [UInt8] = []
        batch.withCells { cells in
            for row in 0..<batch.rowCount {
                key.removeAll(keepingCapacity: true)
                identities.appendKey(row, to: &key)
                if !key.isEmpty { rendered.identified += 1 }
                switch format {
                case .csv:
                    original.appendCSV(cells, row, to: &rendered.bytes)
                    for hint in Hint.allCases where hint.column != nil {
                        rendered.bytes.append(csv.delimiter)
                        csv.append(cell: identities[row, hint], to: &rendered.bytes)
                    }
                    rendered.bytes.append(csv.delimiter)
                    csv.append(cell: key, to: &rendered.bytes)
                    csv.endRow(&rendered.bytes)
                case .jsonl:
                    let hasMembers = original.appendOpenJSON(batch, cells, row, to: &rendered.bytes)
                    var column = 0
                    for hint in Hint.allCases where hint.column != nil {
                        let isFirst = column == 0 && !hasMembers
                        appendMember(column, identities[row, hint], isFirst: isFirst, to: &rendered.bytes)
                        column += 1
                    }
                    appendMember(column, key[...], isFirst: false, to: &rendered.bytes)
                    rendered.bytes.append(contentsOf: [UInt8(ascii: "}"), UInt8(ascii: "\n")])
                }
            }
        }
        return rendered
    }

    private func appendMember(_ column: Int, _ value: ArraySlice<UInt8>, isFirst: Bool, to out: inout [UInt8]) {
        out.append(contentsOf: isFirst ? Self.keys[column].dropFirst() : Self.keys[column][...])
        JSONText.append(string: value, to: &out)
    }
}
