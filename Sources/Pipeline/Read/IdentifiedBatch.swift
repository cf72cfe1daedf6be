import Identity
import Input
import Records

/// A batch of rows with who they are.
struct IdentifiedBatch: Sendable {
    /// The number of its file, 0-based.
    let file: Int
    let batch: RecordBatch
    let people: IdentityBatch
    /// Where the stream stands behind it.
    let end: ExportStream.StreamPosition
}

/// Reads batches and says who their rows are.
struct LeadReader {
    let stream: ExportStream
    private let normalizers: [Normalizer]

    /// - Throws: ``Diagnostic`` for a file without a column to find a person by.
    init(_ stream: ExportStream, _ all: PipelineSettings) throws {
        self.stream = stream
        let input = all.input
        let settings = Normalizer.Settings(
            region: input.region, collapsesSubaddress: all.identity.collapsesSubaddress)
        normalizers = try stream.exports.map { export in
            Normalizer(
                try HeaderMapping(
                    header: export.columns, empty: export.emptyColumns, chosen: input.columns, file: export.name),
                settings: settings)
        }
    }

    /// A batch that is read and not looked into yet.
    struct Part: Sendable {
        let file: Int
        let batch: RecordBatch
        let normalizer: Normalizer

        func identified() -> IdentifiedBatch {
            IdentifiedBatch(
                file: file, batch: batch, people: normalizer.identify(batch),
                end: ExportStream.StreamPosition(file: file, position: batch.end))
        }
    }

    func next() throws -> Part? {
        try stream.next().map { Part(file: $0.file, batch: $0.batch, normalizer: normalizers[$0.file]) }
    }
}
