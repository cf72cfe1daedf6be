import ArgumentParser
import Connect
import Foundation
import Ledger
import Pipeline
import Records
import Server
import Waterfall

/// Puts a pipeline together from its settings, runs it, and says how it ended.
struct Running {
    let settings: PipelineSettings
    let options: RunOptions
    /// The command that goes on after a stop.
    let command: String

    func run() async throws {
        let ledger = try Ledger(path: options.state.ledgerPath)
        let stop = StopSignal()
        let signals = Signals(stop)
        defer { signals.restore() }
        do {
            let report = try await withVerifier { verifier in
                try await withEnricher(ledger, verifier) { try await run(ledger, $0, verifier, stop) }
            }
            Endings.say(ReportText.render(report))
            for path in settings.written(report) { Endings.say("wrote \(path)") }
            Endings.say("done: \(report.records.read) rows, \(report.credits.used) credits")
        } catch {
            guard error is RunStop || Endings.code(error) == 74 else { throw error }
            Endings.say(Endings.message(error))
            Endings.say("\(saved(error)); go on with: \(command)")
            throw ExitCode(Endings.code(error))
        }
    }

    /// What is safe, as far as that can be said.
    private func saved(_ error: any Error) -> String {
        let path = options.state.ledgerPath
        guard let code = (error as? Diagnostic)?.code, code.hasPrefix("ledger_") else {
            return "saved: every answer so far is in \(path)"
        }
        return
            "saved: what \(path) took; a request whose answer it could not take may have been charged, and is asked for again by the call that charges once"
    }

    @Sendable
    private func run(
        _ ledger: Ledger, _ enricher: any Enricher, _ verifier: (any EmailVerifier)?, _ stop: StopSignal
    ) async throws -> CreditReport {
        try await Pipeline(
            settings: settings, ledger: ledger, enricher: enricher, verifier: verifier, stop: stop,
            watch: KillPoint.watch(environment)
        ).run(fresh: options.fresh, progress: options.progress, noting: Endings.note)
    }

    private var environment: [String: String] { ProcessInfo.processInfo.environment }

    private func withEnricher<Value: Sendable>(
        _ ledger: Ledger, _ verifier: (any EmailVerifier)?, _ work: (any Enricher) async throws -> Value
    ) async throws -> Value {
        switch settings.enrich.engine {
        case .embedded:
            let service = try ServiceLedger(beside: ledger.path)
            let opening = WaterfallOpening(
                settings: try WaterfallSettings.read(settings.enrich.waterfall, environment: environment),
                ledger: ledger.path, environment: environment,
                // The built-in verifier does not know which mailboxes are there.
                verifier: settings.verify?.builtin == true ? nil : verifier, evidence: try await service.evidence())
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
                try await work(APIEnricher(client, settings: settings.enrich))
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

/// Turns the first SIGINT or SIGTERM into an orderly stop; a second one ends the program at once.
final class Signals {
    private var sources: [any DispatchSourceSignal] = []

    init(_ stop: StopSignal) {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if stop.stopped != nil { _exit(130) }
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
