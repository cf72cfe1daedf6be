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
    /// Where emails wait, so that those which wait when a run is stopped are not asked about.
    private let line: CallPacer
    /// Emails that somebody looks after, with the work that will know.
    private let underWay = Mutex<[String: Task<[String: Outcome], any Error>]>([:])
    /// Why emails have no verdict, and how many.
    private let silence = Mutex<(count: Int, why: String)>((0, ""))

    /// Verdicts that are written down together, and seconds for which one waits for others.
    private static let together = (count: 256, seconds: 1.0)

    private enum Outcome: Sendable {
        case known(Verdict, isCached: Bool)
        /// The run is being stopped, or needs a verdict that nobody gives.
        case open(why: String)
    }

    init(
        _ verifier: any EmailVerifier, settings: VerifySettings, ledger: Ledger, workspace: String, run: Run,
        clock: RunClock, stop: StopSignal
    ) {
        self.verifier = verifier
        self.settings = settings
        self.ledger = ledger
        // The ledger keeps no addresses: they may hold a key.
        self.workspace = "\(workspace)#\(settings.service)"
        self.run = run
        self.clock = clock
        self.stop = stop
        line = CallPacer(width: settings.concurrency, perMinute: 0)
    }

    /// A verdict, and whether it was known before this run.
    struct Answer: Sendable {
        var verdict: Verdict
        var isCached: Bool
    }

    /// - Throws: ``RunStop`` where the run is being stopped, or a verdict is required and there is none.
    func verdicts(on emails: Set<EmailToCheck>) async throws -> [String: Answer] {
        var distinct: [String: EmailToCheck] = [:]
        for email in emails.sorted(by: { ($0.channel?.number ?? -1) < ($1.channel?.number ?? -1) })
        where distinct[email.email] == nil {
            distinct[email.email] = email
        }
        let tasks = claim(distinct.values.sorted { $0.email < $1.email })
        var answers: [String: Answer] = [:]
        for (email, task) in tasks {
            switch try await task.value[email] {
            case .known(let verdict, let isCached): answers[email] = Answer(verdict: verdict, isCached: isCached)
            case .open(let why):
                // Some were not asked then; a run that is taken up again asks.
                try stop.check()
                throw stop.end(.unavailable("the verification webhook gives no verdict: \(why)"))
            case nil: break
            }
        }
        return answers
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

    /// Each email is looked after by one task at a time, which looks into the ledger first: whoever comes later finds there
    /// what it has written.
    private func claim(_ emails: [EmailToCheck]) -> [(String, Task<[String: Outcome], any Error>)] {
        underWay.withLock { underWay in
            let new = emails.filter { underWay[$0.email] == nil }
            let task = Task {
                defer { self.underWay.withLock { for email in new { $0[email.email] = nil } } }
                return try await self.outcomes(of: new)
            }
            for email in new { underWay[email.email] = task }
            return emails.map { ($0.email, underWay[$0.email] ?? task) }
        }
    }

    private func outcomes(of emails: [EmailToCheck]) async throws -> [String: Outcome] {
        guard !emails.isEmpty else { return [:] }
        let known = try await ledger.verdicts(on: emails.map(\.email), workspace: workspace)
        var outcomes: [String: Outcome] = [:]
        for (email, verdict) in known where isGood(verdict) {
            outcomes[email] = .known(verdict.verdict, isCached: verdict.run != run.id)
        }
        let open = emails.filter { outcomes[$0.email] == nil }
        let groups = stride(from: 0, to: open.count, by: verifier.emailsPerRequest).map {
            Array(open[$0..<min($0 + verifier.emailsPerRequest, open.count)])
        }
        var unwritten: [String: Verdict] = [:]
        var lastWrite = clock.uptime().seconds
        try await withThrowingTaskGroup(of: [(String, Outcome)].self) { tasks in
            for group in groups { tasks.addTask { await self.ask(group) } }
            for try await answered in tasks {
                for (email, outcome) in answered {
                    outcomes[email] = outcome
                    if case .known(let verdict, _) = outcome { unwritten[email] = verdict }
                }
                // What was said is kept whatever becomes of the others.
                let now = clock.uptime().seconds
                if unwritten.count >= Self.together.count || now - lastWrite >= Self.together.seconds {
                    try await write(&unwritten)
                    lastWrite = now
                }
            }
        }
        try await write(&unwritten)
        return outcomes
    }

    private func write(_ verdicts: inout [String: Verdict]) async throws {
        try await ledger.record(verdicts: verdicts, workspace: workspace, run: run.id, now: clock.now())
        verdicts = [:]
    }

    private func ask(_ group: [EmailToCheck]) async -> [(String, Outcome)] {
        let replies = await line.pass {
            stop.stopped == nil ? await verifier.replies(to: group) : group.map { _ in .silent(why: "") }
        }
        return zip(group, replies ?? []).map { email, reply in
            switch reply {
            case .said(let verdict): return (email.email, .known(verdict, isCached: false))
            case .silent(let why):
                if settings.required || stop.stopped != nil { return (email.email, .open(why: why)) }
                silence.withLock { $0 = ($0.count + 1, why) }
                return (email.email, .known(.unknown, isCached: false))
            }
        }
    }

    /// A verdict that is not known is asked for again by the next run, but not by this one.
    private func isGood(_ known: KnownVerdict) -> Bool {
        if known.run == run.id { return true }
        return known.verdict != .unknown && known.checkedAt + settings.refreshAfter.inSeconds > run.startedAt
    }
}
