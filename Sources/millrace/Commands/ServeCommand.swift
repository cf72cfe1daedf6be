import ArgumentParser
import Connect
import EnrichmentAPI
import Foundation
import Ledger
import Records
import Server
import Settings
import Synchronization
import Waterfall

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "The Enrichment API on your own providers, with a verification endpoint.",
        discussion: """
            Examples:
              millrace serve --waterfall pipelines/waterfall.yaml
              millrace keys make --workspace sales && millrace serve --config serve.yaml --listen 0.0.0.0:8787
              millrace serve --rehearse 'bulk: 5% 429, 2% commit-then-drop, 1% short'

            Without a key it listens on this machine alone. A rehearsal without a waterfall makes its answers up; nothing
            of it is kept.
            """)

    @Option(help: "The service's settings.")
    var config: String?

    @Option(help: ArgumentHelp("Where to listen; 127.0.0.1:8787 where nothing says otherwise.", valueName: "host:port"))
    var listen: String?

    @Option(help: "The waterfall file.")
    var waterfall: String?

    @Option(
        help: ArgumentHelp(
            "Misbehave: '<call>: <share>% <what>, …; …' with what of 429, 503, 422, 402, commit-then-drop, commit-then-cut, commit-then-500, short, html, slow.",
            valueName: "play"))
    var rehearse: String?

    @Option(help: "A line for each call on standard error: text, json or off.")
    var accessLog: AccessLog.Style = .text

    @OptionGroup var state: StateOptions

    func run() async throws {
        try await Endings.reporting {
            let environment = ProcessInfo.processInfo.environment
            var settings = try config.map { try ServeSettings.read($0, environment: environment) } ?? ServeSettings()
            if let listen { settings.listen = listen }
            if let waterfall { settings.waterfall = waterfall }
            try settings.fetchSecrets(environment)
            let rehearsal = try rehearse.map { try Rehearsal($0) }
            guard !settings.waterfall.isEmpty || rehearsal != nil else {
                throw Diagnostic(
                    code: "invalid_settings", "there is nobody to ask",
                    hint: "name a waterfall with --waterfall or in the settings, or --rehearse")
            }
            if rehearsal == nil {
                try await serve(settings, Rehearsal(), ledger: state.ledgerPath, environment)
            } else {
                // Nothing that is played is remembered.
                let folder = FileManager.default.temporaryDirectory.appending(
                    path: "millrace-rehearsal-\(UUID().uuidString)")
                try FileManager.default.createDirectory(
                    at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                defer { try? FileManager.default.removeItem(at: folder) }
                try await serve(
                    settings, rehearsal ?? Rehearsal(), ledger: folder.appending(path: "ledger.sqlite").path,
                    environment)
            }
        }
    }

    private func serve(
        _ settings: ServeSettings, _ rehearsal: Rehearsal, ledger: String, _ environment: [String: String]
    ) async throws {
        let host = try ServiceHost(listen: settings.listen)
        let service = try ServiceLedger(beside: ledger)
        let lock = try ServiceLock(ledger: ledger)
        defer { withExtendedLifetime(lock) {} }
        let keys = try await service.keys()
        // Keys that are no longer good let nobody in, and do not open the service to everybody.
        let isOpen = keys.isEmpty
        guard keys.contains(where: { $0.isGood(at: Date().timeIntervalSince1970) }) || host.isLoopback else {
            throw Diagnostic(
                code: "no_keys", "without a key the service listens on this machine alone, and not on \(host.host)",
                hint: "make one with millrace keys make, or listen on 127.0.0.1")
        }
        if rehearse != nil { try Self.checkRehearsal(settings, environment) }
        // Nobody is forgotten while it runs: that wants the ledger for itself.
        let forgotten = try await Self.forgotten(in: ledger)
        try await withVerifier(settings, environment) { asked in
            let verifier = asked.map { RememberingVerifier($0) }
            guard !settings.waterfall.isEmpty else {
                return try await run(
                    settings, host, service, InventedAnswers(), verifier, rehearsal, isOpen: isOpen, forgotten,
                    waterfall: nil)
            }
            let opening = WaterfallOpening(
                settings: try WaterfallSettings.read(settings.waterfall, environment: environment), ledger: ledger,
                environment: environment, verifier: verifier?.ofCandidates, evidence: try await service.evidence())
            try await opening.with { waterfall in
                let answers = WaterfallAnswers(waterfall, minConfidence: settings.minConfidence)
                // Tables answer faster than it can be seen whether somebody is being asked for.
                try await run(
                    settings, host, service,
                    waterfall.askedAtOnce == nil
                        ? answers
                        : SharedAnswers(answers, goodFor: min(settings.refreshAfter, settings.retryMissesAfter)),
                    verifier, rehearsal, isOpen: isOpen, forgotten, waterfall: waterfall)
            }
        }
    }

    /// Whom nobody may ask for; nil where that is nobody.
    private static func forgotten(in ledger: String) async throws -> ForgottenPeople? {
        guard FileManager.default.fileExists(atPath: ledger) else { return nil }
        let forgotten = try await Ledger(path: ledger).forgotten()
        return forgotten.isEmpty ? nil : forgotten
    }

    /// A rehearsal asks nobody who may cost money.
    private static func checkRehearsal(_ settings: ServeSettings, _ environment: [String: String]) throws {
        var outside = settings.verify == nil ? [] : ["verify"]
        if !settings.waterfall.isEmpty {
            let waterfall = try WaterfallSettings.read(settings.waterfall, environment: environment)
            outside += waterfall.providers.filter { $0.kind != .table }.map(\.name)
            outside += waterfall.accounts.filter { $0.kind != .table }.map(\.name)
        }
        guard outside.isEmpty else {
            throw Diagnostic(
                code: "invalid_settings", "a rehearsal would ask others: \(outside.joined(separator: ", "))",
                hint: "rehearse on tables alone, or without a waterfall, where answers are made up")
        }
    }

    /// - Parameter waterfall: what is asked of its providers is written down from time to time, and its tables are watched.
    private func run(
        _ settings: ServeSettings, _ host: ServiceHost, _ ledger: ServiceLedger, _ source: any AnswerSource,
        _ verifier: (any EmailVerifier)?, _ rehearsal: Rehearsal, isOpen: Bool, _ forgotten: ForgottenPeople?,
        waterfall: Waterfall?
    ) async throws {
        let use = waterfall?.use
        let service = try await EnrichmentService(
            EnrichmentService.Parts(
                ledger: ledger, source: source, verifier: verifier, use: use, rehearsal: rehearsal,
                forgotten: forgotten,
                isOpen: isOpen,
                log: AccessLog(accessLog) { Endings.say($0) }), settings: settings)
        try await host.run(service) {
            // What is taken when the service stops could not be written any more; that is done at the end.
            // While a part of the log is moved the disk is slow for all others, so the parts are small.
            let pause = Duration.milliseconds(200)
            // Beside the rest, since it may take its time.
            async let moving: Void = Self.move(AnswerMover(ledger), every: pause)
            async let watching: Void = Self.watch(waterfall)
            var rounds = 0
            while (try? await Task.sleep(for: pause)) != nil {
                try? await ledger.moveLog()
                rounds += 1
                if rounds.isMultiple(of: 50), let use { try? await ledger.add(Self.noted(use.take())) }
                if rounds.isMultiple(of: 18_000) { try? await service.forgetOld() }
            }
            _ = await (moving, watching)
        } started: { port in
            let name = host.host.contains(":") ? "[\(host.host)]" : host.host
            let who = isOpen ? ", for everybody on this machine" : ""
            let what = rehearse.map { "; a rehearsal of '\($0)', nothing of which is kept" } ?? ""
            Endings.say("serving on http://\(name):\(port)\(who)\(what)")
        }
        if let use { try await ledger.add(Self.noted(use.take())) }
        Endings.say(rehearse == nil ? "stopped: every charge is in \(ledger.path)" : "stopped: nothing of it is kept")
    }

    /// Says which providers could not be asked lately.
    private static func noted(_ uses: [ProviderUse]) -> [ProviderUse] {
        for use in uses where use.failed > 0 {
            let what = use.channel.map { "a \($0.rawValue)" } ?? "a company"
            let why = use.lastFailure.map { " (\($0.rawValue))" } ?? ""
            Endings.note(
                Diagnostic(
                    .warning, code: "provider_failed",
                    "provider '\(use.provider)' could not be asked for \(what) \(use.failed) of \(use.asked) times\(why)"
                ))
        }
        return uses
    }

    private static func move(_ mover: AnswerMover, every pause: Duration) async {
        while (try? await Task.sleep(for: pause)) != nil { try? await mover.move() }
    }

    /// Looks from time to time whether tables have changed.
    private static func watch(_ waterfall: Waterfall?) async {
        guard let waterfall else { return }
        while (try? await Task.sleep(for: .seconds(2))) != nil {
            let (notes, teller) = AsyncStream.makeStream(of: [Diagnostic].self)
            // On a thread of its own, since indexing may take minutes; a service that is stopped does not wait for it.
            Thread.detachNewThread {
                teller.yield(waterfall.refreshTables())
                teller.finish()
            }
            for await some in notes { some.forEach(Endings.note) }
        }
    }

    private func withVerifier(
        _ settings: ServeSettings, _ environment: [String: String],
        _ work: ((any EmailVerifier)?) async throws -> Void
    ) async throws {
        guard let verify = settings.verify else { return try await work(nil) }
        try await HTTPConnection(verify, address: verify.url).with(environment: environment) { client in
            try await work(WebhookVerifier(client, url: verify.url, settings: verify))
        }
    }
}

extension AccessLog.Style: ExpressibleByArgument {}
