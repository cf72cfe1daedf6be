import EnrichmentAPI
import Foundation
import Ledger
import Records

/// Takes complete requests to the enricher and their outcomes into the ledger: intent, answer, and what lies between.
struct Dispatcher: Sendable {
    let enricher: any Enricher
    let ledger: Ledger
    let run: Run
    let lanes: Lanes
    let gate: DepartureGate
    let settings: EnrichSettings
    let clock: RunClock
    let stop: StopSignal
    let feed: RunFeed
    let watch: StepWatch
    let circuit: SharedCircuit
    let workspace: String

    /// Requests of a lane in the air at once: 20 bulk calls a minute of up to 24 s each, 100 others of up to 9 s.
    private static let inTheAir = (bulk: 8, single: 16)

    /// - Parameter hasSucceeded: whether the run has had an answer before.
    init(
        _ enricher: any Enricher, ledger: Ledger, run: Run, hasSucceeded: Bool, lanes: Lanes, all: PipelineSettings,
        clock: RunClock, stop: StopSignal, feed: RunFeed, watch: StepWatch
    ) {
        self.enricher = enricher
        self.ledger = ledger
        self.run = run
        self.lanes = lanes
        settings = all.enrich
        workspace = all.workspace
        self.clock = clock
        self.stop = stop
        self.feed = feed
        self.watch = watch
        circuit = SharedCircuit(Circuit(attempts: all.enrich.retries.attempts, hasSucceeded: hasSucceeded))
        gate = DepartureGate(
            ledger: ledger, enricher: enricher, workspace: all.workspace, settings: all.enrich, circuit: circuit,
            lanes: lanes, clock: clock, stop: stop, feed: feed)
    }

    /// Works until no more requests come and all have an outcome.
    func work() async {
        guard enricher.isExternal else {
            // A budget is spent in the order of the requests.
            return await workInside(width: settings.budget.isUnlimited ? 2 : 1)
        }
        async let bulk: Void = work(lanes.bulk, width: Self.inTheAir.bulk)
        async let single: Void = work(lanes.single, width: Self.inTheAir.single)
        _ = await (bulk, single)
    }

    func settle(_ request: PendingRequest, _ work: () async throws -> [AskOutcome]) async {
        do {
            request.settle(.success(try await work()))
        } catch {
            request.settle(.failure(error))
        }
    }

    // MARK: A service

    /// Lets requests leave one after the other, and follows those that have left side by side.
    private func work(_ requests: AsyncStream<PendingRequest>, width: Int) async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await request in requests {
                if running >= width { await group.next() }
                running = min(running + 1, width)
                let batch = AskedBatch(request)
                let departure: Result<DepartureGate.Departure, any Error>
                do {
                    departure = .success(try await gate.leave(batch, run: run.id, isNew: true))
                } catch {
                    departure = .failure(error)
                }
                if Quota.Kind(request.endpoint) == .bulk { lanes.bulkLeft() }
                group.addTask {
                    await settle(request) { try await follow(batch, departure.get(), losses: 0) }
                }
            }
        }
    }

    /// Asks once quota and budget allow it, and comes back with an outcome for each record.
    func ask(_ batch: AskedBatch, losses: Int = 0) async throws -> [AskOutcome] {
        let outcomes = try await follow(batch, gate.leave(batch, run: run.id, isNew: false), losses: losses)
        return losses == 0 ? outcomes : outcomes.map(\.afterLoss)
    }

    /// Sees a request through that has left, or says what becomes of one that cannot.
    private func follow(_ batch: AskedBatch, _ departure: DepartureGate.Departure, losses: Int) async throws
        -> [AskOutcome]
    {
        switch departure {
        case .opened(let chunk, let isProbe):
            watch.passed(.intent)
            return try await follow(batch, chunk: chunk, losses: losses, isProbe: isProbe)
        case .answeredMeanwhile(let places): return try await recall(batch, places)
        case .noQuota: return batch.all(.notAsked(.quota))
        case .budget(let fitting):
            if fitting == 0 { return batch.all(.notAsked(.budget)) }
            // What these cost less than their worst may do for some of the others.
            return try await ask(batch.slice(0..<fitting)) + ask(batch.slice(fitting..<batch.asks.count))
        }
    }

    /// Takes the answers of another run for some records, and asks for the others.
    private func recall(_ batch: AskedBatch, _ places: [Int]) async throws -> [AskOutcome] {
        let known = try await ledger.recall(places.map { batch.asks[$0].identity })
        var outcomes = Dictionary(uniqueKeysWithValues: zip(places, known.map { $0.map(AskOutcome.known) }))
        let others = batch.asks.indices.filter { outcomes[$0] == nil }
        if !others.isEmpty {
            for (place, outcome) in zip(others, try await ask(batch.only(others))) { outcomes[place] = outcome }
        }
        return batch.asks.indices.map { outcomes[$0].flatMap(\.self) ?? .failed(.unavailable) }
    }

    private func follow(_ batch: AskedBatch, chunk: Int64, losses: Int, isProbe: Bool) async throws -> [AskOutcome] {
        var call = Call(
            batch: batch, intent: batch.intent(run: run.id, enricher), chunk: chunk, losses: losses, isProbe: isProbe)
        var attempt = 1
        while true {
            // From here on the request may be charged, so it is seen through even where the run is being stopped.
            let (current, leaving) = (attempt, call)
            switch try await Task(operation: { try await send(leaving, attempt: current) }).value {
            case .done(let outcomes): return outcomes
            case .split: return try await halves(of: batch)
            case .oneByOne: return try await oneByOne(batch)
            case .again: return try await ask(batch, losses: losses + 1)
            case .after(let pause, let counts):
                if counts { attempt += 1 }
                try await gate.rest(for: pause.inSeconds)
                guard case .opened(_, let isProbe) = try await gate.leaveAgain(chunk, call.intent) else {
                    try await settle(call, .split, nil)
                    return batch.all(.notAsked(.quota))
                }
                call.isProbe = isProbe
                watch.passed(.intent)
            }
        }
    }

    /// A request that has left.
    struct Call: Sendable {
        let batch: AskedBatch
        let intent: Intent
        let chunk: Int64
        /// Answers to it that were lost before.
        let losses: Int
        /// Whether it tries if a service is back that was down.
        var isProbe: Bool
    }

    enum Step: Sendable {
        case done([AskOutcome])
        case split, oneByOne, again
        /// - Parameter counts: whether it was a try that failed.
        case after(Duration, counts: Bool)
    }

    private func send(_ call: Call, attempt: Int) async throws -> Step {
        let left = clock.uptime().seconds
        let answer = await enricher.send(call.batch.request)
        let seconds = clock.uptime().seconds - left
        watch.passed(.answered)
        let batch = call.batch
        if let settlement = Settlement(answer.reply), settlement.count == batch.asks.count {
            circuit.with { $0.succeeded() }
            try await settle(call, settlement, answer.allowance, came: answer.came)
            feed.tell(settlement.answered(batch, credits: settlement.credits, seconds: seconds))
            return .done(AskOutcome.of(settlement))
        }
        switch answer.reply {
        case .refused:
            circuit.with { $0.succeeded() }
            let isAlone = batch.asks.count == 1
            try await settle(call, isAlone ? .refused : .split, answer.allowance)
            return isAlone ? .done(batch.all(.failed(.refused))) : .split
        case .turnedAway(let asked, let why, let text):
            return try await turnedAway(call, asked, why, text, answer.allowance, attempt: attempt)
        case .persons, .accounts:
            // Another number of results than of records is an answer that cannot be trusted.
            return try await lost(call, "another number of results than of records", answer.allowance)
        case .lost(let why): return try await lost(call, why, answer.allowance)
        case .keyRefused:
            try await turnAway(call, hold: nil, answer.allowance, is429: false)
            throw stop.end(.keyRefused)
        case .outOfCredits:
            circuit.with { $0.succeeded() }
            try await turnAway(call, hold: nil, answer.allowance, is429: false)
            if settings.whenExhausted.credits == .wait { return .after(DepartureGate.creditPause, counts: false) }
            throw stop.end(.exhausted("the service says that the workspace has no credits left"))
        }
    }

    /// - Parameter came: when the answer did; nil where none came, or what came is no answer.
    func settle(_ call: Call, _ settlement: Settlement, _ allowance: Allowance?, came: Moment? = nil) async throws {
        try await patiently {
            try await ledger.settle(
                chunk: call.chunk, call.intent, settlement, workspace: workspace, allowance: allowance, came: came,
                now: clock.moment)
        }
        watch.passed(.settled)
    }

    /// What was answered has been paid for, so it is kept in memory for as long as another process holds the ledger: five
    /// minutes, where each try waits for half of one.
    func patiently<Value>(_ work: () async throws -> Value) async throws -> Value {
        for _ in 1..<10 {
            do {
                return try await work()
            } catch let error as Diagnostic where error.code == "ledger_locked" {
                continue
            }
        }
        return try await work()
    }

    func turnAway(_ call: Call, hold: Duration?, _ allowance: Allowance?, is429: Bool) async throws {
        try await ledger.turnedAway(
            chunk: call.chunk, workspace: workspace, hold: hold?.inSeconds, allowance: allowance, is429: is429,
            now: clock.moment)
        watch.passed(.turnedAway)
    }
}
