import EnrichmentAPI
import Foundation
import Ledger
import Records

/// What becomes of a request that came back without its answer.
extension Dispatcher {
    /// Nothing was charged, so the same request may leave again.
    func turnedAway(
        _ call: Call, _ asked: Duration?, _ why: EnrichmentReply.Refusal, _ text: String, _ allowance: Allowance?,
        attempt: Int
    ) async throws -> Step {
        let is429 = why == .tooMany
        // A service that counts calls is not down.
        if is429 { circuit.with { $0.succeeded() } } else { failed(call) }
        try await turnAway(call, hold: asked, allowance, is429: is429)
        feed.tell(.turnedAway(call.batch.request.endpoint, isTooMany: is429, why: text))
        if let pause = RetryPolicy(settings.retries).pause(afterAttempt: attempt, random: .random(in: 0..<1)) {
            if circuit.with(\.isGivenUp) { throw stop.end(.unavailable("the service is not there: \(text)")) }
            return .after(pause, counts: true)
        }
        if is429 { throw stop.end(.exhausted("the service takes no more calls for now (429, \(attempt) times)")) }
        if isDown(call) {
            throw stop.end(.unavailable("the service is not there after \(attempt) tries: \(text)"))
        }
        // Others get through, so it is this request.
        try await settle(call, .unavailable, nil)
        return .done(call.batch.all(.failed(.unavailable)))
    }

    /// It may have been charged (DESIGN, "A lost answer"): only `/enrichment` is known to charge the same question once.
    func lost(_ call: Call, _ why: String, _ allowance: Allowance?) async throws -> Step {
        failed(call)
        try await settle(call, .lost, allowance)
        feed.tell(.lost(call.batch.request.endpoint, records: call.batch.asks.count, why: why))
        let tries = call.losses + 1
        guard tries < settings.retries.attempts, !circuit.with(\.isGivenUp) else {
            if isDown(call) {
                throw stop.end(
                    .unavailable(
                        tries == 1
                            ? "the answer to a request was lost: \(why)"
                            : "the answers to \(tries) tries of a request were lost, the last one with: \(why)"))
            }
            return .done(call.batch.all(.failed(.answerLost)))
        }
        return switch LostAnswer.next(after: call.batch.request.endpoint, settings.whenAnswerLost) {
        case nil: .done(call.batch.all(.failed(.answerLost)))
        case call.batch.request.endpoint: .again
        default: .oneByOne
        }
    }

    private func failed(_ call: Call) {
        let policy = RetryPolicy(settings.retries)
        let now = clock.uptime().seconds
        circuit.with { circuit in
            circuit.failed(isProbe: call.isProbe, now: now) {
                policy.pause($0 + 1, random: .random(in: 0..<1)).inSeconds
            }
        }
    }

    private func isDown(_ call: Call) -> Bool { circuit.with { $0.isDown(records: call.batch.asks.count) } }

    func oneByOne(_ batch: AskedBatch) async throws -> [AskOutcome] {
        var outcomes: [AskOutcome] = []
        for index in batch.asks.indices {
            outcomes += try await ask(batch.slice(index..<(index + 1), endpoint: .single)).map(\.afterLoss)
        }
        return outcomes
    }

    func halves(of batch: AskedBatch) async throws -> [AskOutcome] {
        let middle = batch.asks.count / 2
        return try await ask(batch.slice(0..<middle)) + ask(batch.slice(middle..<batch.asks.count))
    }
}
