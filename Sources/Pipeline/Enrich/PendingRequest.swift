import EnrichmentAPI
import Ledger
import Synchronization

/// A request from its first record to its outcome; rows hold on to it and wait.
final class PendingRequest: Sendable {
    let endpoint: Endpoint
    let channels: ChannelSet
    private let settlements: Settlements

    private struct State {
        var asks: [Intent.Ask] = []
        var records: [PersonHints] = []
        var isSealed = false
        var outcome: Result<[AskOutcome], any Error>?
        /// Its place among the requests that are settled, from 1.
        var place = 0
        var waiters: [Int: CheckedContinuation<[AskOutcome], any Error>] = [:]
        var nextWaiter = 0
    }

    private let state = Mutex(State())

    init(_ endpoint: Endpoint, _ channels: ChannelSet, _ settlements: Settlements) {
        self.endpoint = endpoint
        self.channels = channels
        self.settlements = settlements
    }

    // MARK: Filling

    /// Adds a record and says its place; only while the request is not sealed.
    func add(_ ask: Intent.Ask, _ hints: PersonHints) -> Int {
        state.withLock {
            $0.asks.append(ask)
            $0.records.append(hints)
            return $0.asks.count - 1
        }
    }

    var count: Int { state.withLock { $0.asks.count } }
    var isSealed: Bool { state.withLock { $0.isSealed } }

    /// No more records from here on.
    ///
    /// True for the first caller, who has to send it.
    func seal() -> Bool {
        state.withLock { state in
            defer { state.isSealed = true }
            return !state.isSealed
        }
    }

    var asks: [Intent.Ask] { state.withLock { $0.asks } }
    var records: [PersonHints] { state.withLock { $0.records } }

    /// Channels that a record need not be told, see ``Intent/Ask/kept``.
    func kept(_ index: Int) -> ChannelSet { state.withLock { $0.asks[index].kept } }

    // MARK: Outcome

    /// The outcome, where it is among the first so many of its run.
    func settled(first count: Int) -> [AskOutcome]? {
        state.withLock { $0.place <= count ? try? $0.outcome?.get() : nil }
    }

    func settle(_ outcome: Result<[AskOutcome], any Error>) {
        let waiters = state.withLock { state in
            state.outcome = outcome
            state.place = settlements.next()
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume(with: outcome) }
    }

    /// Waits for the outcome of every record, in their order.
    func outcomes() async throws -> [AskOutcome] {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let ready: Result<[AskOutcome], any Error>? = state.withLock { state in
                    if let outcome = state.outcome { return outcome }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waiters[number] = continuation
                    return nil
                }
                if let ready { continuation.resume(with: ready) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume(throwing: CancellationError())
        }
    }
}

/// How many requests of a run are settled, in the order in which they were.
final class Settlements: Sendable {
    private let settled = Atomic(0)

    var count: Int { settled.load(ordering: .sequentiallyConsistent) }
    func next() -> Int { settled.add(1, ordering: .sequentiallyConsistent).newValue }
}

/// What came of asking for one identity.
enum AskOutcome: Sendable {
    case person(PersonResult, costs: ChannelMap<Credits>)
    case account(AccountAnswer)
    /// Another run has had the answer meanwhile, and paid for it.
    case known(Known)
    case failed(FailureReason)
    /// Never sent, for want of credits or quota; the row stays as it is.
    case notAsked(SkipReason)
}

/// Why a row is `failed` (contract, section 5).
enum FailureReason: String, Sendable {
    case refused
    case answerLost = "answer_lost"
    case unavailable
}

/// Why a row is `skipped` (contract, section 5).
enum SkipReason: String, Sendable {
    case noIdentity = "no_identity"
    case complete, suppressed, budget, quota
}

extension AskOutcome {
    /// The outcome of a call that follows upon a lost answer: what could not be asked again stays open, and only the call
    /// that charges once may settle it.
    var afterLoss: AskOutcome {
        if case .notAsked = self { .failed(.answerLost) } else { self }
    }
}
