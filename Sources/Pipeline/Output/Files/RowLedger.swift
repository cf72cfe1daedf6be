import Foundation
import Input
import Ledger
import Records

/// Writes rows, and commits from time to time how far they came: step 3 of the ledger's protocol.
final class RowLedger {
    private let run: Run
    private let ledger: Ledger
    private let outputs: RunOutputs
    private let writers: RowWriters
    private let settings: PipelineSettings
    private let exports: [Export]
    private let clock: RunClock
    private let watch: StepWatch
    private(set) var rows: Int
    private(set) var progress: RowProgress
    private var position: ExportStream.StreamPosition?
    private var lastCheckpoint: Double
    private var isDirty = true
    /// Whether a batch is in some outputs and perhaps not in all, or perhaps not on the disk; such a state must never be
    /// committed.
    private var isUncertain = false

    init(
        run: Run, start: ResumePoint, ledger: Ledger, outputs: RunOutputs, writers: RowWriters,
        settings: PipelineSettings, exports: [Export], clock: RunClock, watch: StepWatch
    ) {
        self.run = run
        self.ledger = ledger
        self.outputs = outputs
        self.writers = writers
        self.settings = settings
        self.exports = exports
        self.clock = clock
        self.watch = watch
        rows = start.rows
        progress = start.progress
        position = start.position
        lastCheckpoint = clock.now()
    }

    private var tally: Tally { progress.tally }

    /// Bytes of all files up to where the rows that are written end; the files of an archive share its bytes.
    private(set) var bytesRead = 0

    /// Bytes of the files that paths name, each counted once.
    static func bytes(of exports: some Sequence<Export>) -> Int {
        var seen: Set<String> = []
        return exports.reduce(0) { $0 + (seen.insert($1.path).inserted ? $1.fingerprint?.size ?? 0 : 0) }
    }

    /// Bytes of all files up to a place in one of them.
    static func bytes(of exports: [Export], upTo file: Int, taken: Int) -> Int {
        bytes(of: exports[..<file].filter { $0.path != exports[file].path }) + taken
    }

    /// - Parameter interval: seconds after which a commit is due.
    func write(_ batch: RenderedBatch, every interval: Double) async throws {
        isUncertain = true
        var batch = batch
        try await writers.admit(&batch)
        try outputs.write(batch)
        try await writers.remember(batch)
        isUncertain = false
        watch.passed(.written)
        rows += batch.rows
        progress.tally.add(batch.tally)
        if let changes = settings.changes, let rows = batch.changes {
            progress.imports[changes.path, default: RowProgress.ImportProgress()].add(rows)
        }
        for (audience, rows) in zip(settings.audience, batch.audiences) {
            progress.imports[audience.path, default: RowProgress.ImportProgress()].add(rows)
        }
        progress.files[batch.end.file, default: RowProgress.FileProgress()]
            .add(batch)
        bytesRead = Self.bytes(of: exports, upTo: batch.end.file, taken: batch.taken)
        position = batch.end
        isDirty = true
        if clock.now() - lastCheckpoint >= interval { try await checkpoint() }
    }

    /// - Throws: ``Diagnostic`` `too_many_rejects`.
    func checkRejects(most: Int?) throws {
        if let most, tally.rejected > most { throw Self.tooManyRejects(tally.rejected, most: most) }
    }

    static func tooManyRejects(_ count: Int, most: Int) -> Diagnostic {
        Diagnostic(
            code: "too_many_rejects", "\(count) records could not be read; at most \(most) are allowed",
            hint: "look at the rejects file, or allow more with --max-rejects")
    }

    func checkpoint() async throws {
        guard isDirty, !isUncertain, let position else { return }
        // The system tells of a failure once only: asked again it would say that all is well.
        isUncertain = true
        let lengths = try outputs.sync()
        isUncertain = false
        watch.passed(.synced)
        let encoder = JSONEncoder()
        try await ledger.checkpoint(
            run.id,
            Checkpoint(
                position: String(decoding: try encoder.encode(position), as: UTF8.self), rows: rows, lengths: lengths,
                tally: String(decoding: try encoder.encode(progress), as: UTF8.self)))
        watch.passed(.checkpoint)
        lastCheckpoint = clock.now()
        isDirty = false
    }
}
