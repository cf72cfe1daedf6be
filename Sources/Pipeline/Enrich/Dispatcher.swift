import EnrichmentAPI
import Foundation
import Ledger
import Records

/// Takes complete requests to the enricher and their outcomes into the ledger: intent, answer, and what lies between.
struct Dispatcher: Sendable {
    let enricher: any Enricher
    let ledger: Ledger
    let run: Run
    let workspace: String
    let settings: EnrichSettings
    let clock: RunClock
    let stop: StopSignal
    let progress: ProgressMeter

    /// Requests in the air at once.
    static let concurrency = 8
    /// How long to wait before looking again whether an answer has freed a slot, in seconds.
    private static let glance = 0.02

    /// Works until no more requests come and all have an outcome.
    func work(_ requests: AsyncStream<PendingRequest>) async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await request in requests {
                if running >= concurrency {
                    await group.next()
                    running -= 1
                }
                running += 1
                group.addTask {
                    do {
                        request.settle(.success(try await perform(request)))
                    } catch {
                        request.settle(.failure(error))
                    }
                }
            }
        }
    }

    /// Inside, a budget is spent in the order of the requests.
    private var concurrency: Int { enricher.isExternal ? Self.concurrency : settings.budget.isUnlimited ? 2 : 1 }

    private func perform(_ request: PendingRequest) async throws -> [AskOutcome] {
        let batch = AskedBatch(
            request: EnrichmentRequest(
                endpoint: request.endpoint, channels: request.channels, records: request.records),
            asks: request.asks)
        return enricher.isExternal ? try await ask(batch) : try await askInside(batch)
    }

    // MARK: The embedded engine

    /// Nothing outside sees the request, so intent and answer are one commit.
    private func askInside(_ batch: AskedBatch) async throws -> [AskOutcome] {
        let reply = await enricher.send(batch.request)
        guard let settlement = Settlement(reply) else {
            throw Diagnostic(code: "internal", "the embedded engine gave no answer")
        }
        let recorded = try await ledger.record(
            batch.intent(run: run.id, enricher), settlement, budget: settings.budget, now: clock.now())
        if recorded < batch.asks.count, settings.whenExhausted.credits == .pause { throw outOfBudget() }
        progress.answered(batch.slice(0..<recorded), credits: settlement.credits(ofFirst: recorded))
        let outcomes = AskOutcome.of(settlement)
        return outcomes[..<recorded] + outcomes[recorded...].map { _ in .notAsked(.budget) }
    }

    // MARK: A service

    /// Asks once quota and budget allow it, tries again what was turned away, and comes back with an outcome for each record.
    private func ask(_ batch: AskedBatch, losses: Int = 0) async throws -> [AskOutcome] {
        let intent = batch.intent(run: run.id, enricher)
        let chunk: Int64
        switch try await leave({ try await open(intent) }) {
        case .opened(let opened): chunk = opened
        case .noQuota: return batch.all(.notAsked(.quota))
        case .budget(let fitting):
            if settings.whenExhausted.credits == .pause { throw outOfBudget() }
            if fitting == 0 { return batch.all(.notAsked(.budget)) }
            // What these cost less than their worst may do for some of the others.
            return try await ask(batch.slice(0..<fitting)) + ask(batch.slice(fitting..<batch.asks.count))
        }
        var attempt = 1
        while true {
            // From here on the request may be charged, so it is seen through even where the run is being stopped.
            let current = attempt
            let step = try await Task { try await send(batch, intent, chunk: chunk, attempt: current, losses: losses) }
                .value
            switch step {
            case .done(let outcomes): return outcomes
            case .split: return try await halves(of: batch)
            case .oneByOne: return try await oneByOne(batch)
            case .again: return try await ask(batch, losses: losses + 1)
            case .after(let pause):
                attempt += 1
                progress.waiting(until: clock.now() + pause.inSeconds)
                try await rest(until: clock.now() + pause.inSeconds)
                if case .noQuota = try await leave({ try await reopen(chunk, batch.request.endpoint) }) {
                    try await ledger.settle(chunk: chunk, intent, .split, now: clock.now())
                    return batch.all(.notAsked(.quota))
                }
            }
        }
    }

    private func outOfBudget() -> RunStop {
        let end = RunStop.exhausted(
            [("max_credits", settings.maxCredits), ("max_credits_per_month", settings.maxCreditsPerMonth)]
                .compactMap { name, most in most.map { "\(name) (\($0))" } }.joined(separator: " or ")
                + " does not cover what is left")
        stop.stop(end)
        return end
    }

    private enum Step: Sendable {
        case done([AskOutcome])
        case split, oneByOne, again
        case after(Duration)
    }

    private func send(_ batch: AskedBatch, _ intent: Intent, chunk: Int64, attempt: Int, losses: Int) async throws
        -> Step
    {
        let reply = await enricher.send(batch.request)
        let now = clock.now()
        if let settlement = Settlement(reply), settlement.count == batch.asks.count {
            try await ledger.settle(chunk: chunk, intent, settlement, now: now)
            progress.answered(batch, credits: settlement.credits)
            return .done(AskOutcome.of(settlement))
        }
        switch reply {
        case .refused where batch.asks.count > 1:
            try await ledger.settle(chunk: chunk, intent, .split, now: now)
            return .split
        case .refused:
            try await ledger.settle(chunk: chunk, intent, .refused, now: now)
            return .done(batch.all(.failed(.refused)))
        case .turnedAway(let asked, let is429, let why):
            let pause = RetryPolicy(settings.retries).pause(
                afterAttempt: attempt, asked: asked, random: .random(in: 0..<1))
            try await ledger.turnedAway(
                chunk: chunk, workspace: workspace, hold: asked.map { now + $0.inSeconds }, is429: is429, now: now)
            if is429 { progress.refused() }
            guard let pause else {
                stop.stop(.unavailable("the service turned \(attempt) tries away, the last one with: \(why)"))
                throw stop.stopped ?? RunStop.unavailable(why)
            }
            return .after(pause)
        case .persons, .accounts, .lost:
            // Another number of results than of records is an answer that cannot be trusted.
            try await ledger.settle(chunk: chunk, intent, .lost, now: now)
            guard losses + 1 < settings.retries.attempts else {
                let end = RunStop.unavailable("answers to \(losses + 1) tries of one request were lost")
                stop.stop(end)
                throw end
            }
            return afterLoss(of: batch)
        case .keyRefused:
            try await ledger.turnedAway(chunk: chunk, workspace: workspace, hold: nil, is429: false, now: now)
            stop.stop(.keyRefused)
            throw RunStop.keyRefused
        case .outOfCredits:
            try await ledger.turnedAway(chunk: chunk, workspace: workspace, hold: nil, is429: false, now: now)
            let end = RunStop.exhausted("the service says that the workspace has no credits left")
            stop.stop(end)
            throw end
        }
    }

    /// DESIGN, "A lost answer": only `/enrichment` is known to charge the same question once.
    private func afterLoss(of batch: AskedBatch) -> Step {
        switch LostAnswer.next(after: batch.request.endpoint, settings.whenAnswerLost) {
        case nil: .done(batch.all(.failed(.answerLost)))
        case batch.request.endpoint: .again
        default: .oneByOne
        }
    }

    private func oneByOne(_ batch: AskedBatch) async throws -> [AskOutcome] {
        var outcomes: [AskOutcome] = []
        for index in batch.asks.indices {
            outcomes += try await ask(batch.slice(index..<(index + 1), endpoint: .single))
        }
        return outcomes
    }

    private func halves(of batch: AskedBatch) async throws -> [AskOutcome] {
        let middle = batch.asks.count / 2
        return try await ask(batch.slice(0..<middle)) + ask(batch.slice(middle..<batch.asks.count))
    }

    // MARK: Quota and budget

    private enum Leave {
        case opened(Int64)
        /// The day's quota is used up, and the run goes on without.
        case noQuota
        /// The budget covers only so many records.
        case budget(fitting: Int)
    }

    /// Waits until the request may leave.
    private func leave(_ open: () async throws -> Opening) async throws -> Leave {
        while true {
            try stop.check()
            switch try await open() {
            case .opened(let chunk): return .opened(chunk)
            case .overBudget(let fitting): return .budget(fitting: fitting)
            case .waitForAnswer: try await clock.sleep(Self.glance)
            case .wait(let until, let reason):
                if reason == .day {
                    switch settings.whenExhausted.day {
                    case .wait: break
                    case .finish: return .noQuota
                    case .pause:
                        let end = RunStop.exhausted("the day's quota is used up")
                        stop.stop(end)
                        throw end
                    }
                }
                progress.waiting(until: until)
                // In short steps, since another process may be told meanwhile to wait longer.
                try await clock.sleep(min(until - clock.now(), 1) + 0.001)
            }
        }
    }

    /// Sleeps in short steps, so that a stop is noticed.
    private func rest(until time: Double) async throws {
        while clock.now() < time {
            try await clock.sleep(min(time - clock.now(), 1))
            try stop.check()
        }
    }

    private func open(_ intent: Intent) async throws -> Opening {
        try await ledger.open(
            intent, workspace: workspace, quota: Quota(settings.limits),
            budget: settings.budget, perRecord: enricher.worst(intent.channels, endpoint: intent.endpoint),
            now: clock.now(), patience: settings.api.timeout.inSeconds)
    }

    private func reopen(_ chunk: Int64, _ endpoint: Endpoint) async throws -> Opening {
        try await ledger.reopen(
            chunk: chunk, endpoint: endpoint, workspace: workspace, quota: Quota(settings.limits), now: clock.now(),
            patience: settings.api.timeout.inSeconds)
    }
}
