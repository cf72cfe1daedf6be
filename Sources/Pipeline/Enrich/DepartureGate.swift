import EnrichmentAPI
import Foundation
import Ledger
import Records

/// Where requests wait until circuit, quota and budget let them leave.
struct DepartureGate: Sendable {
    let ledger: Ledger
    let enricher: any Enricher
    let workspace: String
    let settings: EnrichSettings
    let circuit: SharedCircuit
    let lanes: Lanes
    let clock: RunClock
    let stop: StopSignal
    let feed: RunFeed

    enum Departure: Sendable {
        /// - Parameter isProbe: whether it tries if a service is back that was down.
        case opened(Int64, isProbe: Bool)
        /// Another run has had answers for the records at these places meanwhile.
        case answeredMeanwhile(places: [Int])
        /// The day's quota is used up, and the run goes on without.
        case noQuota
        /// The budget covers only so many records.
        case budget(fitting: Int)
    }

    /// How long to wait before looking again whether an answer has freed a slot, in seconds; it doubles up to the second.
    private static let glance = (first: 0.005, most: 0.1)
    /// Longest sleep at once, since another process may be told meanwhile that there is room.
    private static let nap = 1.0
    /// A service that wants to be left alone for longer than this has its day's limit in mind, in seconds.
    private static let longHold = 3600.0
    /// How long a workspace without credits is left alone before it is asked again.
    static let creditPause = Duration.seconds(600)

    /// Waits until a request may leave, and takes its intent and its slot.
    ///
    /// - Parameter isNew: whether it is the request's first call; what follows upon another call holds up a place that
    ///   those behind it wait for, and lets nobody go first.
    func leave(_ batch: AskedBatch, run: Int64, isNew: Bool) async throws -> Departure {
        let intent = batch.intent(run: run, enricher)
        let perRecord = enricher.worst(intent.channels, endpoint: intent.endpoint)
        return try await wait(records: batch.asks.count) {
            try await ledger.open(
                intent, workspace: workspace, quota: Quota(settings.limits), budget: settings.budget,
                perRecord: perRecord, now: clock.moment, patience: settings.api.patience.inSeconds,
                ahead: isNew ? lanes.ahead(of: intent.endpoint) : 0)
        }
    }

    /// The same for a request that was turned away; its budget is reserved already.
    func leaveAgain(_ chunk: Int64, _ intent: Intent) async throws -> Departure {
        let perRecord = enricher.worst(intent.channels, endpoint: intent.endpoint)
        return try await wait(records: intent.asks.count) {
            try await ledger.reopen(
                chunk: chunk, intent, workspace: workspace, quota: Quota(settings.limits), budget: settings.budget,
                perRecord: perRecord, now: clock.moment, patience: settings.api.patience.inSeconds)
        }
    }

    private func wait(records: Int, _ open: () async throws -> Opening) async throws -> Departure {
        var glance = Self.glance.first
        while true {
            try stop.check()
            let now = clock.uptime().seconds
            let admission = circuit.with { $0.admit(now: now) }
            if admission == .wait {
                try await clock.sleep(Self.glance.most)
                continue
            }
            let opening: Opening
            do {
                opening = try await open()
            } catch {
                circuit.with { $0.withdraw(admission) }
                throw error
            }
            if case .opened(let chunk) = opening { return .opened(chunk, isProbe: admission == .probe) }
            circuit.with { $0.withdraw(admission) }
            switch opening {
            case .opened: break
            case .answeredMeanwhile(let places): return .answeredMeanwhile(places: places)
            case .overBudget(let fitting, let renewedAt):
                guard fitting == 0 else { return .budget(fitting: min(fitting, records)) }
                switch settings.whenExhausted.credits {
                case .finish: return .budget(fitting: 0)
                case .pause: throw outOfBudget()
                case .wait:
                    guard let renewedAt else { throw outOfBudget() }
                    try await sleep(renewedAt - clock.now())
                }
            case .waitForAnswer:
                try await clock.sleep(glance)
                glance = min(glance * 2, Self.glance.most)
            case .wait(let seconds, let reason):
                if reason == .day || reason == .service && seconds > Self.longHold {
                    switch settings.whenExhausted.day {
                    case .wait: break
                    case .finish: return .noQuota
                    case .pause:
                        let time = ProgressMeter.spelled(seconds)
                        throw stop.end(
                            .exhausted(
                                reason == .day
                                    ? "the day's quota is used up; a call is free again in \(time)"
                                    : "the service wants to be left alone for \(time)"))
                    }
                }
                try await sleep(seconds)
            }
        }
    }

    /// One nap of a longer wait, and what the person sees of it.
    private func sleep(_ seconds: Double) async throws {
        feed.tell(.waiting(until: clock.now() + seconds))
        try await clock.sleep(min(seconds, Self.nap) + 0.001)
    }

    /// Sleeps in short steps, so that a stop is noticed.
    func rest(for seconds: Double) async throws {
        feed.tell(.waiting(until: clock.now() + seconds))
        let end = clock.uptime().seconds + seconds
        while true {
            let left = end - clock.uptime().seconds
            guard left > 0 else { return }
            try await clock.sleep(min(left, Self.nap))
            try stop.check()
        }
    }

    func outOfBudget() -> RunStop {
        stop.end(
            .exhausted(
                [("max_credits", settings.maxCredits), ("max_credits_per_month", settings.maxCreditsPerMonth)]
                    .compactMap { name, most in most.map { "\(name) (\($0))" } }.joined(separator: " or ")
                    + " does not cover what is left; a larger one lets the run go on, and when_exhausted.credits: finish writes the rest without it"
            ))
    }
}
