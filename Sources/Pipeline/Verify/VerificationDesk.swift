import Connect
import EnrichmentAPI
import Ledger
import Records
import Synchronization

/// Gets a verdict for each distinct email: out of the ledger where it is fresh, else from the verifier, once.
final class VerificationDesk: Sendable {
    private let verifier: any EmailVerifier
    private let settings: VerifySettings
    private let ledger: Ledger
    private let workspace: String
    private let run: Run
    private let clock: RunClock
    private let stop: StopSignal
    private let gate: Gate
    /// Emails that are being asked about, with those who wait for the same verdict.
    private let underWay = Mutex<[String: Task<Verdict, Never>]>([:])

    init(
        _ verifier: any EmailVerifier, settings: VerifySettings, ledger: Ledger, workspace: String, run: Run,
        clock: RunClock, stop: StopSignal
    ) {
        self.verifier = verifier
        self.settings = settings
        self.ledger = ledger
        self.workspace = workspace
        self.run = run
        self.clock = clock
        self.stop = stop
        gate = Gate(settings.concurrency)
    }

    /// A verdict, and whether it was known before this run.
    struct Answer: Sendable {
        var verdict: Verdict
        var isCached: Bool
    }

    func verdicts(on emails: Set<EmailToCheck>) async throws -> [String: Answer] {
        guard !emails.isEmpty else { return [:] }
        let known = try await ledger.verdicts(on: emails.map(\.email), workspace: workspace)
        var answers: [String: Answer] = [:]
        var open: [String: EmailToCheck] = [:]
        for email in emails.sorted(by: { ($0.email, $0.channel) < ($1.email, $1.channel) }) {
            if let verdict = known[email.email], isGood(verdict) {
                answers[email.email] = Answer(verdict: verdict.verdict, isCached: verdict.run != run.id)
            } else if open[email.email] == nil {
                open[email.email] = email
            }
        }
        let asked = await ask(Array(open.values))
        // Some were not asked then; a run that is taken up again asks.
        try stop.check()
        try await ledger.record(verdicts: asked, workspace: workspace, run: run.id, now: clock.now())
        underWay.withLock { underWay in for email in asked.keys { underWay[email] = nil } }
        for (email, verdict) in asked { answers[email] = Answer(verdict: verdict, isCached: false) }
        return answers
    }

    /// A verdict that is not known is asked for again by the next run, but not by this one.
    private func isGood(_ known: KnownVerdict) -> Bool {
        if known.run == run.id { return true }
        return known.verdict != .unknown && known.checkedAt + settings.refreshAfter.inSeconds > run.startedAt
    }

    private func ask(_ emails: [EmailToCheck]) async -> [String: Verdict] {
        let tasks = emails.map { email in
            underWay.withLock { underWay in
                if let task = underWay[email.email] { return (email.email, task) }
                let task = Task { [gate, stop, verifier] in
                    await gate.pass { stop.stopped == nil ? await verifier.check(email) : .unknown }
                }
                underWay[email.email] = task
                return (email.email, task)
            }
        }
        var verdicts: [String: Verdict] = [:]
        for (email, task) in tasks { verdicts[email] = await task.value }
        return verdicts
    }
}

/// Lets so many through at once; the others wait in line.
actor Gate {
    private var free: Int
    private var line: [CheckedContinuation<Void, Never>] = []

    init(_ width: Int) { free = width }

    func pass<Value: Sendable>(_ work: @Sendable () async -> Value) async -> Value {
        await enter()
        let value = await work()
        leave()
        return value
    }

    private func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { line.append($0) }
        }
    }

    private func leave() {
        if line.isEmpty { free += 1 } else { line.removeFirst().resume() }
    }
}
