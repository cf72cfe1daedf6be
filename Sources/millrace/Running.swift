import ArgumentParser
import Connect
import Foundation
import Ledger
import Pipeline
import Records
import Server
import Synchronization
import Waterfall

/// Puts a pipeline together from its settings, runs it, and says how it ended.
struct Running {
    let settings: PipelineSettings
    let options: RunOptions
    /// The command that goes on after a stop.
    let command: String

    func run() async throws {
        let clock = RunClock.wall
        let deadline = try options.watch.chosenDeadline(now: clock.now())
        let metrics = options.watch.chosenMetrics.map { RunMetrics(path: $0, settings: settings) }
        let meter = ProgressMeter(
            Voice.standard.isLog && options.watch.progress != .json ? .off : options.watch.progress)
        Voice.standard.share { meter.finish() }
        let name = RunName()
        var watchers: [any RunWatcher] = [name, meter, ProviderWatch()]
        if Voice.standard.isLog { watchers.append(RunLog(Voice.standard)) }
        if let metrics { watchers.append(metrics) }
        let ending = RunEnding(
            settings: settings, command: command, ledger: options.state.ledgerPath, metrics: metrics, clock: clock)
        do {
            let report = try await attempt(watchers, deadline, clock)
            meter.finish()
            await ending.done(report)
        } catch {
            meter.finish()
            throw await ending.failed(error, run: name.run)
        }
    }

    private func attempt(
        _ watchers: [any RunWatcher], _ deadline: Deadline?, _ clock: RunClock
    ) async throws -> CreditReport {
        let ledger = try Ledger(path: options.state.ledgerPath)
        let ready = try settings.withSecrets(environment)
        let pipeline = Running(settings: ready, options: options, command: command)
        let stop = StopSignal()
        let signals = Signals(stop)
        defer { signals.restore() }
        let watch = deadline.map { deadline in
            Task { try await pipeline.stop(stop, before: deadline, clock) }
        }
        defer { watch?.cancel() }
        return try await pipeline.withVerifier { asked in
            let verifier = asked.map { RememberingVerifier($0) }
            return try await pipeline.withEnricher(ledger, verifier?.ofCandidates, stop) { enricher in
                try await Pipeline(
                    settings: ready, ledger: ledger, enricher: enricher, verifier: verifier, stop: stop,
                    watch: KillPoint.watch(environment)
                ).run(fresh: options.fresh, watchers: watchers, noting: Endings.note)
            }
        }
    }

    /// Ends the run early enough for what is in the air to have come by its deadline.
    private func stop(_ stop: StopSignal, before deadline: Deadline, _ clock: RunClock) async throws {
        try await clock.sleep(deadline.time - settings.secondsToEnd - clock.now())
        stop.stop(.deadline("the deadline is near (\(options.watch.deadline ?? "")), so nothing new is asked"))
    }

    private var environment: [String: String] { ProcessInfo.processInfo.environment }

    private func withEnricher<Value: Sendable>(
        _ ledger: Ledger, _ verifier: (any EmailVerifier)?, _ stop: StopSignal,
        _ work: (any Enricher) async throws -> Value
    ) async throws -> Value {
        switch settings.enrich.engine {
        case .embedded:
            let service = try ServiceLedger(beside: ledger.path)
            let opening = WaterfallOpening(
                settings: try WaterfallSettings.read(settings.enrich.waterfall, environment: environment),
                ledger: ledger.path, environment: environment,
                // The built-in verifier does not know which mailboxes are there.
                verifier: settings.verify?.builtin == true ? nil : verifier, evidence: try await service.evidence(),
                goesOn: { stop.stopped == nil })
            return try await opening.with { waterfall in
                let result: Result<Value, any Error>
                do {
                    let enricher = EmbeddedEnricher(waterfall, minConfidence: settings.enrich.minConfidence)
                    result = .success(try await work(enricher))
                } catch {
                    result = .failure(error)
                }
                try await service.add(waterfall.use.take())
                return try result.get()
            }
        case .api:
            return try await HTTPConnection(settings.enrich.api).with(environment: environment) { client in
                try await work(APIEnricher(client, settings: settings.enrich, clock: .wall))
            }
        }
    }

    private func withVerifier<Value: Sendable>(
        _ work: @escaping @Sendable ((any EmailVerifier)?) async throws -> Value
    ) async throws -> Value {
        guard let verify = settings.verify else { return try await work(nil) }
        return try await VerifyCommand.withVerifier(verify) { try await work($0) }
    }
}

/// Keeps what the run is called.
private final class RunName: RunWatcher {
    private let name = Mutex("")

    var run: String { name.withLock { $0 } }

    func saw(_ event: RunEvent, _ counts: RunCounts, now: Double) {
        if case .began(let start) = event { name.withLock { $0 = start.run } }
    }
}

/// Turns the first SIGINT or SIGTERM into an orderly stop; a second one ends the program at once, and says how to go on.
final class Signals {
    private var sources: [any DispatchSourceSignal] = []

    init(_ stop: StopSignal) {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if stop.stopped != nil {
                    Endings.say(
                        "stopped at once; saved: all but what was in the air; go on with: \(Endings.commandAgain)")
                    _exit(130)
                }
                stop.stop(.interrupted)
                Endings.say("stopping: what is in the air is finished first; press again to end at once")
            }
            source.resume()
            sources.append(source)
        }
    }

    func restore() {
        for source in sources { source.cancel() }
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
    }
}
