import Foundation
import Identity
import Input
import Records

/// `millrace normalize`: the identity columns behind the original ones, nothing sent anywhere.
package struct Normalization: Sendable {
    package var inputs: [String]
    package var output: OutputSettings
    package var rejects: String?
    package var input: InputSettings
    package var collapsesSubaddress: Bool

    package init(settings: PipelineSettings, output: String, rejects: String?) {
        inputs = settings.input.paths
        self.output = OutputSettings(path: output)
        self.rejects = rejects
        input = settings.input
        collapsesSubaddress = settings.identity.collapsesSubaddress
    }

    package struct Summary: Sendable {
        package var rows = 0
        package var rejected = 0
        /// Rows that say who they are.
        package var identified = 0
    }

    /// Batches that are worked on at once: one more than there are cores, so that none waits for the writer.
    private static let width = max(2, ProcessInfo.processInfo.activeProcessorCount) + 1

    /// - Throws: ``Diagnostic``; what was written until then stays under `NAME.partial`.
    package func run() async throws -> Summary {
        let exports = try ExportStream.open(inputs, settings: input.export)
        let stream = ExportStream(exports)
        let normalizers = try exports.map { export in
            Normalizer(
                try HeaderMapping(header: export.columns, chosen: input.columns, file: export.name),
                settings: Normalizer.Settings(region: input.region, collapsesSubaddress: collapsesSubaddress))
        }
        let originals = stream.places.map { OriginalRow(columns: stream.columns, places: $0) }
        let format = output.format ?? .csv
        let file = try OutputFile(output.path)
        let rejects = try rejects.map { try RejectWriter($0) }
        if format == .csv { try file.write(CSVText().row(stream.columns + Hint.columns)) }

        var summary = Summary()
        try await inOrder(width: Self.width) {
            try stream.next()
        } transform: { part in
            let identities = normalizers[part.file].identify(part.batch)
            let rendering = NormalizedRows(original: originals[part.file], format: format)
            return (rendering.render(part.batch, identities), part.batch.rowCount, part.batch.rejects)
        } take: { rendered, rows, rejected in
            try file.write(rendered.bytes)
            try rejects?.write(rejected)
            summary.rows += rows
            summary.rejected += rejected.count
            summary.identified += rendered.identified
        }
        for written in [file, rejects?.file].compactMap({ $0 }) {
            try written.sync()
            try OutputFile.publish(written.path)
        }
        return summary
    }
}

/// Renders rows with their identity columns.
private struct NormalizedRows {
    let original: OriginalRow
    let format: OutputSettings.Format
    private let csv = CSVText()
    private static let keys: [[UInt8]] = Hint.columns.map { Array(",\"\($0)\":".utf8) }

    init(original: OriginalRow, format: OutputSettings.Format) {
        self.original = original
        self.format = format
    }

    func render(_ batch: RecordBatch, _ identities: IdentityBatch) -> (bytes: [UInt8], identified: Int) {
        var out: [UInt8] = []
        out.reserveCapacity(batch.byteCount * 2)
        var identified = 0
        var key: [UInt8] = []
        for row in 0..<batch.rowCount {
            key.removeAll(keepingCapacity: true)
            identities.appendKey(row, to: &key)
            if !key.isEmpty { identified += 1 }
            switch format {
            case .csv:
                original.appendCSV(batch, row, to: &out)
                for hint in Hint.allCases where hint.column != nil {
                    out.append(csv.delimiter)
                    csv.append(cell: identities[row, hint], to: &out)
                }
                out.append(csv.delimiter)
                csv.append(cell: key, to: &out)
                csv.endRow(&out)
            case .jsonl:
                let hasMembers = original.appendOpenJSON(batch, row, to: &out)
                var column = 0
                for hint in Hint.allCases where hint.column != nil {
                    appendMember(column, identities[row, hint], isFirst: column == 0 && !hasMembers, to: &out)
                    column += 1
                }
                appendMember(column, key[...], isFirst: false, to: &out)
                out.append(contentsOf: [UInt8(ascii: "}"), UInt8(ascii: "\n")])
            }
        }
        return (out, identified)
    }

    private func appendMember(_ column: Int, _ value: ArraySlice<UInt8>, isFirst: Bool, to out: inout [UInt8]) {
        out.append(contentsOf: isFirst ? Self.keys[column].dropFirst() : Self.keys[column][...])
        JSONText.append(string: value, to: &out)
    }
}
