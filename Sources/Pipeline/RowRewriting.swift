import Foundation
import Identity
import Input
import Records

/// Reads exports and writes each row once, in order, to one file: what `convert` and `normalize` share.
package struct RowRewriting: Sendable {
    let input: InputSettings
    let output: OutputSettings
    let rejects: String?
    let maxRejects: Int?

    package init(settings: PipelineSettings, output: String, rejects: String?, maxRejects: Int?) {
        input = settings.input
        self.output = OutputSettings(path: output)
        self.rejects = rejects
        self.maxRejects = maxRejects
    }

    package struct Summary: Sendable {
        package var rows = 0
        package var rejected = 0
        /// Rows that say who they are, where that was looked at.
        package var identified = 0
        /// Rows that are the person of an earlier row, where that was looked at.
        package var merged: Int?
    }

    /// A batch as it is written.
    struct Rendered: Sendable {
        var bytes: [UInt8]
        var identified = 0
        var hints = HintNotes()
    }

    /// Batches that are worked on at once: one more than there are cores, so that none waits for the writer.
    private static let width = max(2, ProcessInfo.processInfo.activeProcessorCount) + 1

    /// - Parameters:
    ///   - added: columns behind those of the files.
    ///   - keepingPipes: whether pipes have to be read more than once.
    ///   - then: looks at the files once more.
    ///   - renderer: makes what turns a file's batches into bytes.
    /// - Throws: ``Diagnostic``; what was written until then stays under `NAME.partial`.
    func run(
        adding added: [String], noting: (Diagnostic) -> Void, keepingPipes: Bool = false,
        then: ([Export]) async throws -> Int? = { _ in nil },
        renderer: (ExportStream, OutputSettings.Format) throws ->
            @Sendable (_ file: Int, RecordBatch) async throws ->
            Rendered
    ) async throws -> Summary {
        let exports = try input.open(noting: noting, keepingPipes: keepingPipes)
        let stream = ExportStream(exports, namesSource: input.namesSourceFile)
        let format = output.format ?? .csv
        let render = try renderer(stream, format)
        let file = try OutputFile(output.path)
        let rejects = try rejects.map { try RejectWriter($0) }
        let packing = output.packing
        if format == .csv {
            let own = stream.columns
            let names = own + ColumnNames.distinct(own + added).suffix(added.count)
            try file.write(packing.pack(CSVText().row(names)))
        }

        var summary = Summary()
        var notes = [RecordNotes](repeating: RecordNotes(), count: exports.count)
        var refused = [RejectNotes](repeating: RejectNotes(), count: exports.count)
        var hints = [HintNotes](repeating: HintNotes(), count: exports.count)
        try await inOrder(width: Self.width) {
            try stream.next()
        } transform: { part in
            var rendered = try await render(part.file, part.batch)
            rendered.bytes = try packing.pack(rendered.bytes)
            return (rendered, part.file, part.batch.rowCount, part.batch.rejects, part.batch.notes)
        } take: { rendered, part, rows, rejected, found in
            try file.write(rendered.bytes)
            try rejects?.write(rejected)
            summary.rows += rows
            summary.rejected += rejected.count
            summary.identified += rendered.identified
            notes[part].add(found)
            refused[part].add(rejected)
            hints[part].add(rendered.hints)
            try checkRejects(summary.rejected)
        }
        for (index, export) in exports.enumerated() {
            refused[index].diagnostics(file: export.name).forEach(noting)
            notes[index].diagnostics(file: export.name).forEach(noting)
            hints[index].diagnostics(file: export.name).forEach(noting)
        }
        for written in [file, rejects?.file].compactMap({ $0 }) {
            try written.sync()
            try OutputFile.publish(written.path)
        }
        summary.merged = try await then(exports)
        return summary
    }

    private func checkRejects(_ count: Int) throws {
        if let maxRejects, count > maxRejects { throw RowLedger.tooManyRejects(count, most: maxRejects) }
    }
}
