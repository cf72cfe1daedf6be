import Input
import Ledger
import Records

/// Everything that turns finished rows into bytes: one writer for each file.
struct RowWriters: Sendable {
    let outputs: [EnrichedRows]
    let changes: ChangeRows?
    let audiences: [AudienceRows]
    /// What the person should know before the first row is written.
    let notes: [Diagnostic]
    private let settings: PipelineSettings
    private let ledger: Ledger
    private let scope: Scope
    private let run: Run

    init(
        _ stream: ExportStream, _ settings: PipelineSettings, ledger: Ledger, scope: Scope, run: Run
    ) throws {
        let fields = try FieldColumns(stream, settings.input)
        outputs = settings.output.map { EnrichedRows($0, stream, settings, fields) }
        changes = try settings.changes.map { try ChangeRows($0, settings, fields) }
        notes = settings.changes.map { ChangeRows.notes($0, settings, fields) } ?? []
        audiences = try settings.audience.map { try AudienceRows($0, settings, fields) }
        self.settings = settings
        self.ledger = ledger
        self.scope = scope
        self.run = run
    }

    /// The name under which the ledger remembers what was exported.
    private var export: String {
        let changes = settings.changes
        return "\(settings.workspace)/\(settings.name)/\(changes?.history ?? changes?.path ?? "")"
    }

    func render(_ batch: FinishedBatch) async throws -> RenderedBatch {
        var rendered = RenderedBatch(end: batch.leads.end)
        rendered.outputs = try outputs.map { try $0.render(batch) }
        rendered.audiences = audiences.map { $0.render(batch) }
        if let changes {
            let (candidates, leftOut) = changes.candidates(batch)
            let marks = candidates.map { ledger.exportMark(record: $0.record, content: $0.content, in: scope) }
            let isNew = try await ledger.isNew(marks, export: export, run: run.id)
            rendered.changes = changes.render(zip(candidates, isNew).filter(\.1).map(\.0))
            rendered.changes?.leftOut = leftOut
            rendered.marks = zip(marks, isNew).filter(\.1).map(\.0)
        }
        return rendered
    }

    /// Keeps each person in an audience once; batches come in their order.
    func admit(_ batch: inout RenderedBatch) async throws {
        for index in batch.audiences.indices {
            let rows = batch.audiences[index]
            let isIn = try await ledger.admit(
                zip(rows.numbers, rows.keys).map { ($0, $1) }, to: settings.audience[index].path, run: run.id)
            batch.audiences[index] = rows.only(isIn)
        }
    }

    /// Remembers what was exported, before a checkpoint says that it was.
    func remember(_ batch: RenderedBatch) async throws {
        try await ledger.mark(batch.marks, export: export, run: run.id)
        try await ledger.add(notAsked: batch.notAsked, run: run.id)
    }
}
