package import EnrichmentAPI
import Foundation
import Input
package import Ledger
package import Records
import Synchronization

/// A run without its second half: rows are read, named and planned as in a run, and nothing is sent or written.
package struct OutlookRun: Sendable {
    private let settings: PipelineSettings
    private let ledger: Ledger
    private let enricher: PricedEnricher
    private let clock: RunClock

    /// - Parameters:
    ///   - ledger: is read only.
    ///   - price: what one record costs at most.
    package init(
        settings: PipelineSettings, ledger: Ledger, clock: RunClock = .wall,
        price: @escaping @Sendable (ChannelSet, Endpoint) -> Credits
    ) {
        self.settings = settings
        self.ledger = ledger
        self.clock = clock
        enricher = PricedEnricher(settings.enrich, price: price)
    }

    /// - Parameters:
    ///   - fresh: as if an unfinished run were started over.
    ///   - watchers: are told how far reading is.
    /// - Throws: ``Diagnostic`` where a file cannot be read.
    package func look(
        fresh: Bool = false, watchers: [any RunWatcher] = [], noting: @Sendable (Diagnostic) -> Void
    ) async throws -> RunOutlook {
        let now = clock.now()
        let scope = try await ledger.knownScope(
            workspace: settings.workspace, engine: settings.enrich.engine.rawValue)
        let list = try SuppressionList(settings, forgotten: try await ledger.forgotten(), noting: noting)
        let exports = try settings.input.open(
            noting: noting, keepingPipes: settings.looksThroughInput || !list.isEmpty)
        let inputs = try InputList(exports)
        let run = try await ledger.foresee(
            settings.runIdentity(inputs), fresh: fresh, now: now, change: inputs.change)
        let named = settings.named(run: run.name, startedAt: run.startedAt)
        try PipelineFile.check(named.rowPaths + named.describingPaths, keep: exports.map(\.path))
        let start = try ResumePoint(
            run.checkpoint,
            canGoOn: !settings.rowPaths.contains("-") && exports.allSatisfy { $0.fingerprint != nil })
        let feed = RunFeed(watchers, clock: clock)
        feed.tell(
            .began(
                RunStart(
                    run: run.name, isResumed: run.isResumed, rowsBefore: start.rows,
                    bytes: RowLedger.bytes(of: exports), limits: settings.enrich.limits)))
        var files = [Int: (rows: Int, rejected: Int)]()
        let count = try await count(exports, list, scope, run, start, feed) { file, rows, rejected in
            files[file, default: (0, 0)].rows += rows
            files[file, default: (0, 0)].rejected += rejected
        }
        var outlook = RunOutlook(
            pipeline: settings.name, workspace: settings.workspace, engine: settings.enrich.engine.rawValue,
            goesOn: run.isResumed ? run.name : nil, rows: count.rows, requests: count.requests,
            accounts: count.accounts,
            credits: RunOutlook.CreditsPart(
                forecast: Forecast([]), budget: nil, cutOff: 0, cutOffAtMost: 0, records: 0))
        outlook.rows.writtenBefore = start.rows
        outlook.inputs = exports.enumerated().map { number, export in
            RunOutlook.InputPart(
                path: export.name, rows: files[number]?.rows ?? 0, rejected: files[number]?.rejected ?? 0)
        }
        try await estimate(&outlook, count, run, now: now)
        return outlook
    }

    /// Reads and plans all rows.
    private func count(
        _ exports: [Export], _ list: SuppressionList, _ scope: Scope, _ run: Run, _ start: ResumePoint,
        _ feed: RunFeed, file: (Int, Int, Int) -> Void
    ) async throws -> OutlookCount {
        let counted = Mutex(OutlookCount())
        let register = UnwrittenPeople(ledger: ledger, run: run)
        let book = RequestBook(enricher) { request in
            register.take(request)
            counted.withLock { $0.add(request) }
            // Nobody waits for it; who comes later finds it answered.
            request.settle(.success(request.asks.map { _ in .notAsked(.budget) }))
        }
        let keys = RowKeys(
            hasAccounts: settings.enrich.account, dedupe: settings.identity.dedupe, ledger: ledger, scope: scope)
        let people = try await KnownPeople(settings, list, keys: keys, run: run, feed: feed, stop: StopSignal()) {
            try LeadReader(
                ExportStream(exports, namesSource: settings.input.namesSourceFile), settings, spool: $0)
        }
        let stream = ExportStream(exports, from: start.position, namesSource: settings.input.namesSourceFile)
        let reader = try LeadReader(stream, settings, rowsDone: start.rows, spool: people.spool)
        let recollection = Recollection(keys: keys, people: people)
        var planner = try await Planner(
            settings: settings, ledger: ledger, scope: scope, run: run, people: people, book: book,
            rowsDone: start.rows, isExternal: enricher.isExternal)
        let resolution = Resolution(
            settings: settings, register: register, scope: scope, run: run, people: people, book: book)
        var ahead = ReadAhead(reader, width: 2, work: recollection.recalling)
        // A run holds so many batches; then the oldest one's requests leave as full as they are.
        var held: [PlannedBatch] = []
        while let leads = try await ahead.next() {
            let planned = try await planner.plan(resolution.resolved(leads))
            counted.withLock { $0.add(planned, rejected: leads.batch.rejects.count, run: run.id) }
            file(leads.file, leads.batch.rowCount, leads.batch.rejects.count)
            guard enricher.isExternal else {
                book.closeAll()
                continue
            }
            held.append(planned)
            if held.count >= Pipeline.windows.external {
                for request in held.removeFirst().requests { book.close(request) }
            }
        }
        book.closeAll()
        return counted.withLock { $0 }
    }

    /// What the requests cost and how long they take, by prices, limits and what earlier runs tell.
    private func estimate(_ outlook: inout RunOutlook, _ count: OutlookCount, _ run: Run, now: Double) async throws {
        let engine = settings.enrich.engine.rawValue
        let history = try await ledger.history(workspace: settings.workspace, engine: engine)
        let accounts = try await ledger.accountHistory(workspace: settings.workspace, engine: engine)
        let prices = OutlookPrices(history: history, accounts: accounts, worst: enricher.price)
        for channel in settings.enrich.channels {
            let toAsk = count.asked.values.reduce(0) { $0 + ($1[channel] ?? 0) }
            let past = history[channel.number]
            outlook.channels[channel.rawValue] = RunOutlook.ChannelPart(
                toAsk: toAsk, earlierAnswers: past.known,
                hitRate: past.known > 0 ? (Double(past.found) / Double(past.known) * 1000).rounded() / 1000 : nil)
        }
        var forecast = Forecast(prices.questions(count))
        let worst = count.sent.reduce(0) { $0 + enricher.price($1.channels, $1.endpoint).thousandths * $1.records }
        forecast.worst = max(Credits(thousandths: worst), forecast.high)
        outlook.credits.forecast = forecast
        outlook.credits.records = count.sent.reduce(0) { $0 + $1.records }
        try await addBudget(&outlook, prices.parts(count), run, now: now)
        guard enricher.isExternal else { return }
        let use = try await ledger.quotaUse(
            workspace: settings.workspace, quota: Quota(settings.enrich.limits), now: clock.moment)
        let requests = count.requests
        let quota = QuotaOutlook(
            bulk: requests.bulk, single: requests.all - requests.bulk, limits: settings.enrich.limits,
            earlier: use.calls, heldFor: use.heldFor)
        func date(_ seconds: Double) -> Date { Date(timeIntervalSince1970: now + seconds) }
        outlook.time = RunOutlook.TimePart(
            seconds: quota.seconds.rounded(), pausesAt: quota.dayEndsIn.map(date),
            callsUntilThen: quota.dayEndsIn.map { _ in quota.callsUntilThen }, resumesAt: quota.resumesIn.map(date),
            endsAt: date(quota.seconds))
    }

    private func addBudget(
        _ outlook: inout RunOutlook, _ parts: [BudgetOutlook.Part], _ run: Run, now: Double
    ) async throws {
        let left = try await ledger.budgetLeft(
            settings.enrich.budget, run: run.id, workspace: settings.workspace,
            engine: settings.enrich.engine.rawValue, now: now)
        guard let left else { return }
        let budget = BudgetOutlook(parts, most: left)
        outlook.credits.budget = left
        outlook.credits.cutOff = outlook.credits.records - budget.expected
        outlook.credits.cutOffAtMost = outlook.credits.records - budget.fewest
    }
}
