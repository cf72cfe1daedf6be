import EnrichmentAPI
import Ledger
import Records

/// Requests to the embedded engine.
extension Dispatcher {
    /// - Parameter width: batches that are asked for side by side.
    func workInside(width: Int) async {
        await withTaskGroup(of: Bool.self) { group in
            var running = 0, isSpent = false
            for await requests in lanes.inside {
                if running >= width, await group.next() == true { isSpent = true }
                running = min(running + 1, width)
                let isOver = isSpent
                group.addTask {
                    enricher.asksOthers ? await askOneByOne(requests, isSpent: isOver) : await askInside(requests)
                }
            }
        }
    }

    /// What one request brought is on the disk before the next is asked for, so that little is paid for twice where the
    /// run is killed, and nobody is paid for what the budget does not cover.
    ///
    /// - Parameter isSpent: whether the budget did not cover an earlier request.
    /// - Returns: whether it covers no more.
    private func askOneByOne(_ requests: [PendingRequest], isSpent: Bool) async -> Bool {
        var isSpent = isSpent
        for request in requests {
            guard isSpent || stop.stopped != nil else {
                isSpent = await askInside([request])
                continue
            }
            await settle(request) {
                try stop.check()
                if settings.whenExhausted.credits == .pause { throw gate.outOfBudget() }
                return AskedBatch(request).all(.notAsked(.budget))
            }
        }
        return isSpent
    }

    /// Nobody answers for the requests of a batch one by one, so all their intents and answers are one commit.
    ///
    /// - Returns: whether the budget did not cover all of them.
    @discardableResult
    private func askInside(_ requests: [PendingRequest]) async -> Bool {
        do {
            var asked: [(batch: AskedBatch, settlement: Settlement, seconds: Double)] = []
            for batch in requests.map(AskedBatch.init) {
                let left = clock.uptime().seconds
                guard let settlement = Settlement(await enricher.send(batch.request).reply) else {
                    throw Diagnostic(code: "internal", "the embedded engine gave no answer")
                }
                asked.append((batch, settlement, clock.uptime().seconds - left))
            }
            let recorded = try await ledger.record(
                asked.map { ($0.batch.intent(run: run.id, enricher), $0.settlement) }, budget: settings.budget,
                isDurable: enricher.asksOthers, now: clock.now())
            watch.passed(.settled)
            for (index, request) in requests.enumerated() {
                let (batch, settlement, seconds) = asked[index]
                await settle(request) { try recordedOutcomes(batch, settlement, first: recorded[index], seconds) }
            }
            return zip(asked, recorded).contains { $0.batch.asks.count > $1 }
        } catch {
            for request in requests { request.settle(.failure(error)) }
            return false
        }
    }

    /// - Parameter count: results from the first on that the run could afford.
    private func recordedOutcomes(
        _ batch: AskedBatch, _ settlement: Settlement, first count: Int, _ seconds: Double
    ) throws -> [AskOutcome] {
        if count < batch.asks.count, settings.whenExhausted.credits == .pause { throw gate.outOfBudget() }
        feed.tell(
            settlement.answered(
                batch.slice(0..<count), credits: settlement.credits(ofFirst: count), seconds: seconds))
        let failures = settlement.failures
        if !failures.isEmpty { feed.tell(.providersFailed(failures)) }
        let outcomes = AskOutcome.of(settlement)
        return outcomes[..<count] + outcomes[count...].map { _ in .notAsked(.budget) }
    }
}
