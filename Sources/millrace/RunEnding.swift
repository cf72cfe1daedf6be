import ArgumentParser
import Foundation
import Ledger
import Logging
import Pipeline
import Records
import Settings

/// Tells everybody how a run has ended: the person, the log, the metrics, the webhook.
struct RunEnding {
    let settings: PipelineSettings
    /// The command that goes on after a stop.
    let command: String
    /// Where the ledger lies.
    let ledger: String
    let metrics: RunMetrics?
    let clock: RunClock

    func done(_ report: CreditReport) async {
        let settings = settings.named(
            run: report.run.id, startedAt: report.run.startedAt.timeIntervalSince1970)
        let words = "done: \(report.records.read) rows, \(report.credits.used) credits"
        if Voice.standard.isLog {
            Voice.standard.say(
                words,
                [
                    "event": "done", "exit_code": .stringConvertible(0),
                    "rows": .stringConvertible(report.records.read),
                    "enriched": .stringConvertible(report.records.enriched),
                    "unmatched": .stringConvertible(report.records.unmatched),
                    "rejected": .stringConvertible(report.records.rejected),
                    "credits": .stringConvertible(report.credits.used),
                    "seconds": .stringConvertible(report.timing.seconds),
                    "outputs": "\(settings.written(report).joined(separator: ","))",
                ])
        } else {
            Endings.say(ReportText.render(report))
            for path in settings.written(report) { Endings.say("wrote \(path)") }
            Endings.say(words)
        }
        sayFailures(report)
        await keepRetention()
        await tell(.done, 0, words, run: report.run.id, report)
    }

    /// - Returns: the exit code, or what is said elsewhere.
    func failed(_ error: any Error, run: String) async -> any Error {
        if error is ValidationError || error is ExitCode { return error }
        let code = Endings.code(error)
        Endings.tell(error)
        // Who finds the pipeline running already is no run of it: its numbers are those of the other one.
        if !Self.isAnothersRun(error) {
            var report: CreditReport?
            if !run.isEmpty, let kept = try? await Ledger(path: ledger).report(ofRun: run) {
                report = CreditReport(archived: kept)
            }
            sayFailures(report)
            await tell([75, 130].contains(code) ? .paused : .failed, code, Endings.message(error), run: run, report)
        }
        let fields: Logger.Metadata = [
            "event": "\([75, 130].contains(code) ? "paused" : "failed")", "exit_code": .stringConvertible(Int(code)),
        ]
        if error is RunStop || code == 74 && !Self.needsSomebody(error) {
            Voice.standard.say("\(saved(error)); go on with: \(command)", level: .warning, fields)
        } else if Voice.standard.isLog {
            Voice.standard.say("the run failed", level: .error, fields)
        }
        return ExitCode(code)
    }

    /// Says which providers could not be asked.
    private func sayFailures(_ report: CreditReport?) {
        for failure in report?.providerFailures ?? [] {
            let text =
                "provider '\(failure.provider)' could not be asked for \(failure.count) record\(failure.count == 1 ? "" : "s") (\(failure.why))"
            guard Voice.standard.isLog else {
                Endings.note(
                    Diagnostic(
                        .warning, code: "provider_failed", text,
                        hint: "whom nobody else knows is not found this time, and asked for again by the next run"))
                continue
            }
            Voice.standard.say(
                text, level: .warning,
                [
                    "event": "provider_failed", "provider": "\(failure.provider)", "why": "\(failure.why)",
                    "records": .stringConvertible(failure.count),
                ])
        }
    }

    /// Whether the same command would end in the same way, whatever is done about the disk.
    private static func needsSomebody(_ error: any Error) -> Bool {
        ["output_changed", "ledger_damaged"].contains((error as? Diagnostic)?.code ?? "")
    }

    private static func isAnothersRun(_ error: any Error) -> Bool {
        ["already_running", "output_busy"].contains((error as? Diagnostic)?.code ?? "")
    }

    /// What is safe, as far as that can be said.
    private func saved(_ error: any Error) -> String {
        guard let code = (error as? Diagnostic)?.code, code.hasPrefix("ledger_") else {
            return "saved: every answer so far is in \(ledger)"
        }
        return
            "saved: what \(ledger) took; a request whose answer it could not take may have been charged, and is asked for again by the call that charges once"
    }

    private func tell(
        _ ending: NotifySettings.Ending, _ code: Int32, _ message: String, run: String, _ report: CreditReport?
    ) async {
        do {
            try metrics?.end(report, exitCode: code, now: clock.now())
        } catch {
            Endings.note((error as? Diagnostic)?.asWarning ?? Self.warning("the metrics could not be written"))
        }
        guard var notify = settings.notify, notify.on.contains(ending) else { return }
        let environment = ProcessInfo.processInfo.environment
        do {
            notify.secret = try notify.secret.fetched(environment: environment, of: "notify.secret")
        } catch {
            return Endings.note(
                Self.warning("the webhook was not told how the run ended: the secret to sign with could not be had"))
        }
        var page = settings.report
        if let part = report?.run {
            page = settings.named(run: part.id, startedAt: part.startedAt.timeIntervalSince1970).report
        }
        let notice = RunNotice(notify, pipeline: settings.name, workspace: settings.workspace, report: page)
        let why = await notice.post(
            RunNotice.Summary(ending: ending, exitCode: code, message: message, run: run, report: report),
            environment: environment, now: clock.now())
        if let why { Endings.note(Self.warning("the webhook was not told how the run ended: \(why)")) }
    }

    /// Takes out what is older than the pipeline keeps; another time, where other runs use the ledger.
    private func keepRetention() async {
        guard let age = settings.retention else { return }
        do {
            let pruned = try await Ledger(path: ledger).prune(
                before: clock.now() - age.inSeconds, workspace: settings.workspace, givingRoomBack: .whereMuch)
            if pruned.hasAny {
                Endings.say(
                    "retention: took out \(pruned.runs) runs, \(pruned.answers) answers and \(pruned.verdicts) verdicts"
                )
            }
        } catch {
            let why = (error as? Diagnostic)?.message ?? "the ledger could not be written"
            Endings.note(Self.warning("retention: nothing was taken out this time: \(why)"))
        }
    }

    private static func warning(_ text: String) -> Diagnostic { Diagnostic(.warning, code: "ending", text) }
}

extension Diagnostic {
    /// The same, where the run is done in spite of it.
    fileprivate var asWarning: Diagnostic {
        var warning = self
        warning.severity = .warning
        return warning
    }
}
