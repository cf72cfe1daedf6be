import ArgumentParser
import AsyncHTTPClient
import Foundation
import Ledger
import NIOCore
import NIOHTTPCompression
import Pipeline
import Server
import Waterfall

/// Puts a pipeline together from its settings, runs it, and says how it ended.
struct Running {
    let settings: PipelineSettings
    let options: RunOptions
    /// The command that goes on after a stop.
    let command: String

    func run() async throws {
        let ledger = try Ledger(path: options.ledgerPath)
        let stop = StopSignal()
        let signals = Signals(stop)
        defer { signals.restore() }
        do {
            let report = try await withClient { client in
                let enricher = try enricher(client)
                guard let verify = settings.verify else { return try await run(ledger, enricher, nil, stop) }
                guard verify.builtin else {
                    return try await run(
                        ledger, enricher, WebhookVerifier(client, url: verify.url, settings: verify), stop)
                }
                return try await VerificationEndpoint.serving { url in
                    try await run(ledger, enricher, WebhookVerifier(client, url: url, settings: verify), stop)
                }
            }
            Endings.say(ReportText.render(report))
            for path in settings.output.map(\.path) + [
                settings.rejects, settings.report.isEmpty ? "" : settings.report + ".json",
            ]
            where !path.isEmpty && path != "-" {
                Endings.say("wrote \(path)")
            }
            Endings.say("done: \(report.records.read) rows, \(report.credits.used) credits")
        } catch {
            guard error is RunStop || Endings.code(error) == 74 else { throw error }
            Endings.say(Endings.message(error))
            Endings.say("saved: every answer so far is in \(options.ledgerPath); go on with: \(command)")
            throw ExitCode(Endings.code(error))
        }
    }

    @Sendable
    private func run(
        _ ledger: Ledger, _ enricher: any Enricher, _ verifier: (any EmailVerifier)?, _ stop: StopSignal
    ) async throws -> CreditReport {
        try await Pipeline(settings: settings, ledger: ledger, enricher: enricher, verifier: verifier, stop: stop)
            .run(fresh: options.fresh, progress: options.progress, noting: Endings.note)
    }

    private func enricher(_ client: HTTPClient) throws -> any Enricher {
        switch settings.enrich.engine {
        case .embedded:
            EmbeddedEnricher(
                try Waterfall(path: settings.enrich.waterfall, environment: ProcessInfo.processInfo.environment),
                minConfidence: settings.enrich.minConfidence)
        case .api: APIEnricher(client, settings: settings.enrich)
        }
    }

    private func withClient<Value: Sendable>(_ work: (HTTPClient) async throws -> Value) async throws -> Value {
        var configuration = HTTPClient.Configuration()
        configuration.decompression = .enabled(limit: .size(64 << 20))
        configuration.redirectConfiguration = .disallow
        // The deadline of a request ends with the head of its answer; this one watches over the body.
        let patience = max(settings.enrich.api.timeout, settings.verify?.timeout ?? .zero)
        configuration.timeout.read = .milliseconds(Int64(patience.inSeconds * 1000))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(
            8, settings.verify?.concurrency ?? 0)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let value = try await work(client)
            try await client.shutdown()
            return value
        } catch {
            try? await client.shutdown()
            throw error
        }
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
