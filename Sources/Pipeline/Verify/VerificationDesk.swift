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
    /// Emails that are being asked about, with those who wait for the same answer.
    private let underWay = Mutex<[String: Task<[String: VerifierReply], Never>]>([:])
    /// Why emails have no verdict, and how many.
    private let silence = Mutex<(count: Int, why: String)>((0, ""))

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
        for email in emails.sorted(by: { ($0.email, $0.channel?.number ?? -1) < ($1.email, $1.channel?.number ?? -1) })
        {
            if let verdict = known[email.email], isGood(verdict) {
                answers[email.email] = Answer(verdict: verdict.verdict, isCached: verdict.run != run.id)
            } else if open[email.email] == nil {
                open[email.email] = email
            }
        }
        let replies = await ask(open.values.sorted { $0.email < $1.email })
        // Some were not asked then; a run that is taken up again asks.
        try stop.check()
        let asked = try replies.mapValues(verdict)
        try await ledger.record(verdicts: asked, workspace: workspace, run: run.id, now: clock.now())
        underWay.withLock { underWay in for email in asked.keys { underWay[email] = nil } }
        for (email, verdict) in asked { answers[email] = Answer(verdict: verdict, isCached: false) }
        return answers
    }

    /// - Throws: ``RunStop`` where there is no answer, and there has to be one.
    private func verdict(_ reply: VerifierReply) throws -> Verdict {
        switch reply {
        case .said(let verdict): return verdict
        case .silent(let why):
            if settings.required {
                throw stop.end(.unavailable("the verification webhook gives no verdict: \(why)"))
            }
            silence.withLock { $0 = ($0.count + 1, why) }
            return .unknown
        }
    }

    /// What the person should know of emails without an answer; nil where there are none.
    var note: Diagnostic? {
        let (count, why) = silence.withLock { $0 }
        guard count > 0 else { return nil }
        return Diagnostic(
            .warning, code: "unverified",
            "\(count) emails have no verdict: the verification webhook gave none (\(why))",
            hint: "the next run asks again; verify.required: true stops a run instead")
    }

    /// A verdict that is not known is asked for again by the next run, but not by this one.
    private func isGood(_ known: KnownVerdict) -> Bool {
        if known.run == run.id { return true }
        return known.verdict != .unknown && known.checkedAt + settings.refreshAfter.inSeconds > run.startedAt
    }

    private func ask(_ emails: [EmailToCheck]) async -> [String: VerifierReply] {
        let tasks = underWay.withLock { underWay in
            let new = emails.filter { underWay[$0.email] == nil }
            for start in stride(from: 0, to: new.count, by: verifier.emailsPerRequest) {
                let group = Array(new[start..<min(start + verifier.emailsPerRequest, new.count)])
                let task = Task { [gate, stop, verifier] in
                    let replies = await gate.pass {
                        stop.stopped == nil
                            ? await verifier.replies(to: group)
                            : group.map { _ in .silent(why: "the run is being stopped") }
                    }
                    return Dictionary(uniqueKeysWithValues: zip(group.map(\.email), replies))
                }
                for email in group { underWay[email.email] = task }
            }
            return emails.map { ($0.email, underWay[$0.email]) }
        }
        var replies: [String: VerifierReply] = [:]
        for (email, task) in tasks { replies[email] = await task?.value[email] }
        return replies
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
