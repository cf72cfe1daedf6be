package import Connect
import EnrichmentAPI
import Foundation
import Identity
import Input
package import Ledger
package import Records

/// The way of a row, from top to bottom.
///
///     exports ──▶ InputScan           all rows, once: who they are, which are one person   IdentityGroups
///             ──▶ KnownPeople         whom earlier runs know, and who is never asked for
///
///     exports ──▶ ExportStream        files become batches of rows                    RecordBatch
///             ──▶ LeadReader          rows get their canonical hints                  IdentifiedBatch
///             ──▶ Recollection        what is known of rows that have not changed     Known
///             ──▶ Resolution          rows are somebody, in their order               ResolvedBatch
///             ──▶ Planner             known, duplicate, nothing to ask, or to ask     PlannedBatch
///             ──▶ RequestBook         records to ask for gather to full requests      PendingRequest
///             ──▶ DepartureGate       circuit, quota and budget let it leave          Opening
///             ──▶ Dispatcher          intent, answer: on the disk before it is used   AskOutcome
///             ──▶ RowFacts            what came of it, row by row
///             ──▶ VerificationDesk    emails that were found get a verdict            Verdict
///             ──▶ RowWriters          rows become bytes again, in the order they came RenderedBatch
///             ──▶ RunOutputs          flushed, then the run's position is committed   Checkpoint
///             ──▶ CreditReport
///
/// Reading and naming, asking, and writing run side by side. What waits, waits for a bounded window of batches, so memory
/// depends on the window and never on the file. A run that is killed anywhere goes on where its last checkpoint stands.
package struct Pipeline: Sendable {
    private var settings: PipelineSettings
    private let ledger: Ledger
    private let enricher: any Enricher
    private let verifier: (any EmailVerifier)?
    private let clock: RunClock
    private let stop: StopSignal
    private let watch: StepWatch
    /// The journal of the run that is only written again; nil where there is somebody to ask.
    private let replaying: ReplayJournal?

    /// Batches that may wait at once: for the answers of a service, whose requests want to be full; or for the next stage.
    static let windows = (external: 16, embedded: 3)
    /// Batches that are read ahead of the one that is looked up: as many as are worked on at once.
    private static let readAhead = max(2, ProcessInfo.processInfo.activeProcessorCount)
    /// Seconds between checkpoints while rows are being written.
    private static let checkpointInterval = 0.5

    package init(
        settings: PipelineSettings, ledger: Ledger, enricher: any Enricher, verifier: (any EmailVerifier)?,
        clock: RunClock = .wall, stop: StopSignal = StopSignal(), watch: StepWatch = .none
    ) {
        self.init(
            settings: settings, ledger: ledger, enricher: enricher, verifier: verifier, clock: clock, stop: stop,
            watch: watch, replaying: nil)
    }

    init(
        settings: PipelineSettings, ledger: Ledger, enricher: any Enricher, verifier: (any EmailVerifier)?,
        clock: RunClock = .wall, stop: StopSignal = StopSignal(), watch: StepWatch = .none, replaying: ReplayJournal?
    ) {
        self.replaying = replaying
        self.settings = settings
        self.ledger = ledger
        self.enricher = enricher
        self.verifier = verifier
        self.clock = clock
        self.stop = stop
        self.watch = watch
    }

    /// Runs to the end, or takes up the unfinished run of the same pipeline on the same inputs.
    ///
    /// - Parameters:
    ///   - fresh: start over instead.
    ///   - watchers: are told what happens.
    ///   - noting: takes what the person should know about how their files are read.
    /// - Throws: ``RunStop`` where the run was stopped and can be taken up again; ``Diagnostic`` where something is wrong
    ///   with a file.
    package func run(
        fresh: Bool = false, watchers: [any RunWatcher] = [],
        noting: @Sendable (Diagnostic) -> Void = { _ in }
    ) async throws -> CreditReport {
        let attemptStart = clock.now()
        let lock = try RunLock(ledger: ledger.path, key: settings.runKey, pipeline: settings.name)
        defer { withExtendedLifetime(lock) {} }
        let scope = try await ledger.scope(workspace: settings.workspace, engine: settings.enrich.engine.rawValue)
        // Nobody is forgotten from here on until the run has ended.
        let suppressed = try SuppressionList(
            settings, forgotten: try await ledger.forgotten(), noting: noting)
        let exports = try settings.input.open(
            noting: noting, keepingPipes: settings.looksThroughInput || !suppressed.isEmpty)
        let inputs = try InputList(exports)
        let run = try await ledger.begin(
            settings.runIdentity(inputs), fresh: fresh, now: attemptStart, change: inputs.change)
        watch.passed(.begun)
        var named = self
        // Before a run has begun nobody knows its name.
        named.settings = settings.named(run: run.name, startedAt: run.startedAt)
        try PipelineFile.check(named.settings.rowPaths + named.settings.describingPaths, keep: exports.map(\.path))
        return try await named.complete(
            run, exports, scope: scope, suppressed, RunFeed(watchers, clock: clock), since: attemptStart,
            noting: noting)
    }

    /// Writes what is missing of a run that has begun, gives the files their names, and reports.
    private func complete(
        _ run: Run, _ exports: [Export], scope: Scope, _ suppressed: SuppressionList, _ feed: RunFeed,
        since attemptStart: Double, noting: @Sendable (Diagnostic) -> Void
    ) async throws -> CreditReport {
        let start = try ResumePoint(
            run.checkpoint,
            canGoOn: !settings.rowPaths.contains("-") && exports.allSatisfy { $0.fingerprint != nil })
        feed.tell(
            .began(
                RunStart(
                    run: run.name, isResumed: run.isResumed, rowsBefore: start.rows,
                    bytes: RowLedger.bytes(of: exports), limits: settings.enrich.limits)))
        let reporting = Reporting(
            settings: settings, ledger: ledger, enricher: enricher, run: run, attemptStart: attemptStart,
            rowsBefore: start.progress.tally.read)
        var (written, digests) = (start.progress, [String: FileDigest]())
        if !run.isWhole || start.lengths == nil {
            (written, digests) = try await writeRows(
                exports, run: run, scope: scope, from: start, suppressed, feed, reporting, noting: noting)
            try await ledger.end(run.id, .whole, now: clock.now())
            watch.passed(.whole)
        }
        written.diagnostics(exports).forEach(noting)
        let writers = try RowWriters(
            ExportStream(exports, namesSource: settings.input.namesSourceFile), settings, ledger: ledger, scope: scope,
            run: run)
        try Publication(
            settings: settings, writers: writers, progress: written, digests: digests, run: run,
            earlier: try await ledger.outputs(before: run.id), watch: watch
        ).publish().forEach(noting)
        let (report, audit) = try await reporting.report(
            written, written.inputs(exports), .done, waited: feed.waited, now: clock.now())
        try reporting.write(report, audit)
        watch.passed(.reported)
        if !settings.audience.isEmpty { try await ledger.forgetAdmitted(run: run.id, after: 0) }
        try await ledger.end(run.id, .done, now: clock.now())
        watch.passed(.done)
        return report
    }

    /// Writes the rows that are missing and says what all of them came to.
    private func writeRows(
        _ exports: [Export], run: Run, scope: Scope, from start: ResumePoint, _ suppressed: SuppressionList,
        _ feed: RunFeed, _ reporting: Reporting, noting: @Sendable (Diagnostic) -> Void
    ) async throws -> (RowProgress, digests: [String: FileDigest]) {
        let stream = ExportStream(exports, from: start.position, namesSource: settings.input.namesSourceFile)
        let writers = try RowWriters(stream, settings, ledger: ledger, scope: scope, run: run)
        writers.notes.forEach(noting)
        if !settings.audience.isEmpty { try await ledger.forgetAdmitted(run: run.id, after: start.rows) }
        let outputs = try RunOutputs(settings, writers, from: start)
        let rows = RowLedger(
            run: run, start: start, ledger: ledger, outputs: outputs, writers: writers, settings: settings,
            exports: exports, clock: clock, watch: watch)
        do {
            try rows.checkRejects(most: settings.maxRejects)
            try await flow(
                stream, suppressed, run: run, scope: scope, rows: rows, writers: writers, feed: feed,
                noting: noting)
            _ = try outputs.sync()
            try await rows.checkpoint()
            try await ledger.takeInNewKeys()
            return (rows.progress, outputs.digests)
        } catch {
            try? await rows.checkpoint()
            let ending = stop.stopped ?? error
            let status = ending is RunStop ? Run.Status.paused : .failed
            try? await ledger.end(run.id, status, now: clock.now())
            _ = try? await reporting.report(
                rows.progress, rows.progress.inputs(exports), status, waited: feed.waited, now: clock.now())
            throw ending
        }
    }

    /// The stages side by side: reading and planning, the requests in the air, and everything behind an answer.
    private func flow(
        _ stream: ExportStream, _ list: SuppressionList, run: Run, scope: Scope, rows: RowLedger,
        writers: RowWriters, feed: RunFeed, noting: @Sendable (Diagnostic) -> Void
    ) async throws {
        if !enricher.isExternal { try await ledger.expectManyWrites() }
        let lanes = Lanes(isExternal: enricher.isExternal)
        let book = RequestBook(enricher) { request in
            lanes.begin(request)
            feed.tell(.opened(request.endpoint))
        } send: {
            lanes.send($0)
        }
        let dispatcher = Dispatcher(
            enricher, ledger: ledger, run: run, hasSucceeded: try await ledger.hasAnswers(of: run.id), lanes: lanes,
            all: settings, clock: clock, stop: stop, feed: feed, watch: watch)
        let keys = RowKeys(
            hasAccounts: settings.enrich.account, dedupe: settings.identity.dedupe, ledger: ledger, scope: scope)
        let people = try await KnownPeople(settings, list, keys: keys, run: run, feed: feed, stop: stop) {
            try LeadReader(ExportStream(stream.exports), settings, spool: $0)
        }
        let reader = try LeadReader(stream, settings, rowsDone: rows.rows, spool: people.spool)
        let recollection = Recollection(keys: keys, people: people)
        var planner = try await Planner(
            settings: settings, ledger: ledger, scope: scope, run: run, people: people, book: book, rowsDone: rows.rows,
            isExternal: enricher.isExternal)
        let desk = settings.verify.flatMap { verify in
            (replaying == nil ? verifier : SilentVerifier()).map {
                VerificationDesk(
                    $0, settings: verify, ledger: ledger, workspace: settings.workspace, run: run, clock: clock,
                    stop: stop)
            }
        }
        let finisher = RowFinisher(
            settings: settings, run: run, desk: desk, writers: writers, groups: people.groups, suppressed: list)
        defer { if let note = desk?.note { noting(note) } }
        var ahead = ResolveAhead(
            ReadAhead(reader, width: Self.readAhead, work: recollection.recalling),
            Resolution(
                settings: settings, register: ledger, scope: scope, run: run, people: people, book: book))

        do {
            try await withThrowingTaskGroup { group in
                group.addTask {
                    if let replaying { await lanes.answer(from: replaying) } else { await dispatcher.work() }
                }
                defer { lanes.finish() }
                let windows = Self.windows
                try await inOrder(width: enricher.isExternal ? windows.external : windows.embedded) {
                    try stop.check()
                    guard let batch = try await ahead.next() else {
                        book.closeAll()
                        lanes.release(isStalled: true)
                        return nil
                    }
                    let planned = try await planner.plan(batch)
                    watch.passed(.planned)
                    feed.tell(
                        .planned(
                            bytes: RowLedger.bytes(
                                of: stream.exports, upTo: batch.leads.end.file, taken: batch.leads.batch.taken)))
                    // A request that costs nothing to send gains nothing by waiting for more records.
                    if !enricher.isExternal { book.closeAll() }
                    lanes.release(isStalled: false)
                    return planned
                } whenFull: { oldest in
                    for request in oldest.requests { book.close(request) }
                    lanes.release(isStalled: true)
                } transform: { planned in
                    try await finisher.finish(planned)
                } take: { rendered in
                    try await rows.write(rendered, every: Self.checkpointInterval)
                    feed.tell(.wrote(rows: rendered.rows, bytes: rows.bytesRead))
                    try rows.checkRejects(most: settings.maxRejects)
                }
            }
        } catch {
            // Nothing writes to the ledger any more when a run says that it has ended.
            await ahead.end()
            throw error
        }
    }
}
