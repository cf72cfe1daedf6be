import Identity
import Input
import Ledger
import Records

/// A batch of rows with who they are.
struct IdentifiedBatch: Sendable {
    /// The number of its file, 0-based.
    let file: Int
    /// Number of the first row in the run, 1-based.
    let firstRow: Int
    let batch: RecordBatch
    let people: IdentityBatch
    /// Where the stream stands behind it.
    let end: ExportStream.StreamPosition
    /// What earlier runs know of each row, found by the row as a whole; empty where that was not looked for.
    var recalled: [Known?] = []
    /// The same of companies, by their aliases.
    var recalledCompanies: [String: Known] = [:]
    /// The keys of its rows as a whole; empty where rows are not known by them.
    var keys: [AliasHash?] = []
}

/// Reads batches and says who their rows are.
final class LeadReader {
    let stream: ExportStream
    private let normalizers: [Normalizer]
    private let spool: IdentitySpool?
    private var nextRow: Int

    /// - Parameters:
    ///   - rowsDone: rows before the place where the stream begins.
    ///   - spool: who the rows are, where that is known.
    /// - Throws: ``Diagnostic`` for a file without a column to find a person by.
    init(_ stream: ExportStream, _ all: PipelineSettings, rowsDone: Int = 0, spool: IdentitySpool? = nil) throws {
        self.stream = stream
        self.spool = spool
        nextRow = rowsDone + 1
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
        let firstRow: Int
        let batch: RecordBatch
        let normalizer: Normalizer
        let spool: IdentitySpool?

        /// - Throws: ``Diagnostic`` where the spool cannot be read.
        func identified() throws -> IdentifiedBatch {
            var people = try spool?.people(firstRow: firstRow, rowCount: batch.rowCount)
            people?.note(lines: batch.positions.map(\.line))
            return IdentifiedBatch(
                file: file, firstRow: firstRow, batch: batch, people: people ?? normalizer.identify(batch),
                end: ExportStream.StreamPosition(file: file, position: batch.end))
        }
    }

    func next() throws -> Part? {
        guard let (file, batch) = try stream.next() else { return nil }
        defer { nextRow += batch.rowCount }
        return Part(file: file, firstRow: nextRow, batch: batch, normalizer: normalizers[file], spool: spool)
    }
}
