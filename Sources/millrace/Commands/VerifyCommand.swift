import ArgumentParser
import Connect
import Foundation
import Ledger
import Pipeline
import Server

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Adds a verdict on each row's own emails; asks for nothing else.",
        discussion: """
            Asks the built-in verification, or the webhook that is named. Verdicts are kept in the ledger.

            Examples:
              millrace verify contacts.csv -o verified.csv
              millrace verify contacts.csv -o verified.csv --url https://verifier.example/check
              millrace verify contacts.csv -o - --set verify.url=https://verifier.example/check --set verify.verdict.pointer=/status
            """)

    @OptionGroup var options: ReadingOptions

    @Option(help: "The webhook; without one, the built-in verification is asked.")
    var url: String?

    @OptionGroup var state: StateOptions

    func run() async throws {
        try await Endings.reporting {
            let isNamed = options.settings.contains { $0.hasPrefix("verify.url=") || $0.hasPrefix("verify.builtin=") }
            let service =
                url.map { [(key: "verify.url", value: yamlText($0))] }
                ?? (isNamed ? [] : [(key: "verify.builtin", value: "true")])
            let (named, rewriting) = try options.rewriting(name: "verify", further: service)
            let settings = try named.withSecrets(ProcessInfo.processInfo.environment)
            let verify = settings.verify ?? VerifySettings()
            let (chosen, ready, rows) = (verify, settings, rewriting)
            let ledger = try Ledger(path: state.ledgerPath)
            let stop = StopSignal()
            let signals = Signals(stop)
            defer { signals.restore() }
            let summary = try await Self.withVerifier(chosen) { verifier in
                try await EmailVerification(
                    rows, settings: ready, verify: chosen, ledger: ledger, verifier: verifier
                ).run(stop: stop, noting: Endings.note)
            }
            options.done(summary, ", \(summary.identified) with a valid email")
        }
    }

    static func withVerifier<Value: Sendable>(
        _ verify: VerifySettings, _ work: @escaping @Sendable (any EmailVerifier) async throws -> Value
    ) async throws -> Value {
        let environment = ProcessInfo.processInfo.environment
        let asking = { @Sendable (url: String) in
            try await HTTPConnection(verify, address: url).with(environment: environment) { client in
                try await work(WebhookVerifier(client, url: url, settings: verify))
            }
        }
        return verify.builtin ? try await VerificationEndpoint.serving(asking) : try await asking(verify.url)
    }
}
