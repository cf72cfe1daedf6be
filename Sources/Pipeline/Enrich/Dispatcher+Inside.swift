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
                let wasSpent = isSpent
                group.addTask { await askInside(requests, isSpent: wasSpent) }
            }
        }
    }

    /// - Parameter isSpent: whether the budget did not cover an earlier batch.
    /// - Returns: whether it covers no more.
    private func askInside(_ requests: [PendingRequest], isSpent: Bool) async -> Bool {
        guard let most = enricher.mostForOthers else { return await askTogether(requests) }
        var isSpent = isSpent
        for request in requests { isSpent = await askInPieces(request, most: most, isSpent: isSpent) }
        return isSpent
    }

    // MARK: Where nobody outside is asked

    /// Nobody answers for the requests of a batch one by one, so all their intents and answers are one commit.
    ///
    /// - Returns: whether the budget did not cover all of them.
    private func askTogether(_ requests: [PendingRequest]) async -> Bool {
        do {
            var asked: [Answered] = []
            for request in requests { asked.append(try await send(AskedBatch(request))) }
            let recorded = try await record(asked)
            for (index, request) in requests.enumerated() {
                await settle(request) { try outcomes(asked[index], first: recorded[index]) }
            }
            return zip(asked, recorded).contains { $0.batch.asks.count > $1 }
        } catch {
            for request in requests { request.settle(.failure(error)) }
            return false
        }
    }

    // MARK: Where vendors are

    /// What one piece of a request brought is on the disk before the next is asked for, so that little is paid for twice
    /// where the run is killed, and nobody is paid for what the budget does not cover.
    ///
    /// - Parameter most: records of a piece for which somebody outside is asked.
    private func askInPieces(_ request: PendingRequest, most: Int, isSpent: Bool) async -> Bool {
        var isSpent = isSpent
        let whole = AskedBatch(request)
        await settle(request) {
            var outcomes: [AskOutcome] = []
            for range in Self.pieces(await enricher.needsOthers(whole.request), most: most) {
                try stop.check()
                let piece = whole.slice(range)
                if isSpent, settings.whenExhausted.credits == .pause { throw gate.outOfBudget() }
                guard !isSpent else {
                    outcomes += piece.all(.notAsked(.budget))
                    continue
                }
                let asked = try await send(piece)
                let count = try await record([asked])[0]
                isSpent = count < range.count
                outcomes += try self.outcomes(asked, first: count)
            }
            return outcomes
        }
        return isSpent
    }

    /// Parts records into pieces, in their order.
    ///
    /// - Parameter needsOthers: for which of them somebody outside is asked; a piece holds so many of these at most.
    static func pieces(_ needsOthers: [Bool], most: Int) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = 0, others = 0
        for (index, needs) in needsOthers.enumerated() where needs {
            if others == most {
                pieces.append(start..<index)
                (start, others) = (index, 0)
            }
            others += 1
        }
        if start < needsOthers.count { pieces.append(start..<needsOthers.count) }
        return pieces
    }

    // MARK: Asking and recording

    private struct Answered: Sendable {
        let batch: AskedBatch
        let settlement: Settlement
        let seconds: Double
    }

    private func send(_ batch: AskedBatch) async throws -> Answered {
        let left = clock.uptime().seconds
        guard let settlement = Settlement(await enricher.send(batch.request).reply) else {
            throw Diagnostic(code: "internal", "the embedded engine gave no answer")
        }
        return Answered(batch: batch, settlement: settlement, seconds: clock.uptime().seconds - left)
    }

    /// - Returns: for each of them, how many results from the first on the run can afford.
    private func record(_ asked: [Answered]) async throws -> [Int] {
        let recorded = try await ledger.record(
            asked.map { ($0.batch.intent(run: run.id, enricher), $0.settlement) }, budget: settings.budget,
            isDurable: enricher.mostForOthers != nil, now: clock.now())
        watch.passed(.settled)
        return recorded
    }

    /// - Parameter count: results from the first on that the run could afford.
    private func outcomes(_ asked: Answered, first count: Int) throws -> [AskOutcome] {
        let (batch, settlement) = (asked.batch, asked.settlement)
        if count < batch.asks.count, settings.whenExhausted.credits == .pause { throw gate.outOfBudget() }
        feed.tell(
            settlement.answered(
                batch.slice(0..<count), credits: settlement.credits(ofFirst: count), seconds: asked.seconds))
        let failures = settlement.failures
        if !failures.isEmpty { feed.tell(.providersFailed(failures)) }
        let outcomes = AskOutcome.of(settlement)
        return outcomes[..<count] + outcomes[count...].map { _ in .notAsked(.budget) }
    }
}
