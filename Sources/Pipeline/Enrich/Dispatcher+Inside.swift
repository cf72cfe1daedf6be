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
        var failure: (any Error)?
        for request in requests {
            if let failure {
                request.settle(.failure(failure))
                continue
            }
            do {
                let outcomes = try await askInPieces(AskedBatch(request), most: most, isSpent: &isSpent)
                request.settle(.success(outcomes))
            } catch {
                failure = error
                request.settle(.failure(error))
            }
        }
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
    private func askInPieces(_ whole: AskedBatch, most: Int, isSpent: inout Bool) async throws -> [AskOutcome] {
        var outcomes: [AskOutcome] = []
        let needsOthers = await enricher.needsOthers(whole.request)
        while outcomes.count < whole.asks.count {
            try stop.check()
            try Task.checkCancellation()
            let range = try await affordable(
                Self.piece(of: needsOthers, from: outcomes.count, most: most), whole, needsOthers)
            isSpent = isSpent || range.isEmpty
            if isSpent, settings.whenExhausted.credits == .pause { throw gate.outOfBudget() }
            guard !isSpent else {
                return outcomes + whole.slice(outcomes.count..<whole.asks.count).all(.notAsked(.budget))
            }
            let piece = whole.slice(range)
            // From here on somebody may be paid, so it is seen through even where the run is being stopped.
            let (asked, count) = try await Task {
                let asked = try await send(piece)
                return (asked, try await patiently { try await record([asked])[0] })
            }.value
            isSpent = count < range.count
            outcomes += try self.outcomes(asked, first: count)
            // Whom nobody was asked for because of that is nobody to write down.
            if asked.settlement.isCutShort { try stop.check() }
        }
        return outcomes
    }

    /// The next records of a request that are asked for together.
    ///
    /// - Parameter needsOthers: for which of all of them somebody outside is asked; a piece holds so many of these at most.
    static func piece(of needsOthers: [Bool], from start: Int, most: Int) -> Range<Int> {
        var others = 0
        let end = needsOthers[start...].firstIndex { needs in
            others += needs ? 1 : 0
            return others > most
        }
        return start..<(end ?? needsOthers.count)
    }

    /// The part of a piece that what is left of the budget covers; empty where that is nobody.
    ///
    /// Whom tables know costs what it costs; somebody outside is paid for whomever they are asked for, so there the worst
    /// must be covered.
    private func affordable(
        _ range: Range<Int>, _ whole: AskedBatch, _ needsOthers: [Bool]
    ) async throws -> Range<Int> {
        let worst = enricher.worst(whole.request.channels, endpoint: whole.request.endpoint)
        guard let first = needsOthers[range].firstIndex(of: true), worst > .zero,
            let left = try await ledger.budgetLeft(
                settings.budget, run: run.id, workspace: workspace, engine: settings.engine.rawValue,
                now: clock.now())
        else { return range }
        let most = left.thousandths / worst.thousandths
        if most >= range.count { return range }
        return first > range.lowerBound ? range.lowerBound..<first : range.prefix(most)
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
        let failures = settlement.failures
        if !failures.isEmpty { feed.tell(.providersFailed(failures)) }
        if count < batch.asks.count, settings.whenExhausted.credits == .pause { throw gate.outOfBudget() }
        feed.tell(
            settlement.answered(
                batch.slice(0..<count), credits: settlement.credits(ofFirst: count), seconds: asked.seconds))
        let outcomes = AskOutcome.of(settlement)
        return outcomes[..<count] + outcomes[count...].map { _ in .notAsked(.budget) }
    }
}
