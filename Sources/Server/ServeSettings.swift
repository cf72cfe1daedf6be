package import Connect
package import EnrichmentAPI
import Foundation
import HTTPTypes
import Ledger
package import Records
package import Settings

/// The service's own settings (`millrace serve --config`).
package struct ServeSettings: Sendable {
    package var version = 1
    /// `HOST:PORT`; port 0 takes any that is free.
    package var listen = "127.0.0.1:8787"
    /// Empty where there is none: only rehearsals do without.
    package var waterfall = ""
    package var minConfidence = 0.0
    /// Whose calls they are where no key is asked for.
    package var workspace = "default"
    package var limits = ServiceLimits()
    /// How long an answer is given again for nothing.
    package var refreshAfter = Duration.seconds(30 * 86_400)
    package var retryMissesAfter = Duration.seconds(3600)
    /// The webhook that says whether emails are valid.
    package var verify: VerifySettings?
    /// Signs the questions that come to `/verify` as Standard Webhooks, in place of a key; empty for none.
    package var verifySecret = Secret("")
    package var mx = MXSettings()
    /// Longest body that is read, in bytes.
    package var maxBody = 1 << 20

    package init() {}

    /// - Throws: ``InvalidSettings`` with everything that is wrong, or ``Diagnostic`` where the file cannot be read.
    package static func read(
        _ path: String, environment: [String: String], noting: (Diagnostic) -> Void = { _ in }
    ) throws -> ServeSettings {
        var settings = ServeSettings()
        try SettingsFile.read(
            path, into: &settings, by: table, environment: environment, rules: check, noting: noting)
        return settings
    }

    /// What holds between keys, beyond what each of them takes.
    private static func check(_ settings: inout ServeSettings, noting lint: inout Lint) {
        guard let verify = settings.verify, !lint.isWrong("verify") else { return }
        if verify.builtin || verify.url.isEmpty {
            lint.note("verify names no webhook", key: "verify", hint: "set verify.url; the built-in one is /verify")
        }
        verify.check(noting: &lint)
    }

    /// Fetches secrets that are kept elsewhere.
    ///
    /// - Throws: ``Diagnostic`` `no_secret`.
    package mutating func fetchSecrets(_ environment: [String: String]) throws {
        verifySecret = try verifySecret.fetched(environment: environment, of: "verify_secret")
        if let secret = verify?.secret {
            verify?.secret = try secret.fetched(environment: environment, of: "verify.secret")
        }
    }

    /// Whether somebody means to be let in by a signature alone.
    func mayBeSigned(_ headers: HTTPFields) -> Bool {
        !verifySecret.text.isEmpty && headers[.authorization] == nil
            && HTTPField.Name("webhook-signature").map { headers.contains($0) } == true
    }

    /// Whether a question to `/verify` is signed by whoever knows the secret.
    func isSigned(_ headers: HTTPFields, _ body: Data, now: Double) -> Bool {
        func field(_ name: String) -> String { HTTPField.Name(name).flatMap { headers[$0] } ?? "" }
        guard !verifySecret.text.isEmpty else { return false }
        return WebhookSignature(secret: verifySecret.text).isValid(
            field("webhook-signature"), id: field("webhook-id"), timestamp: field("webhook-timestamp"), body: body,
            now: now)
    }

    /// All keys.
    package static var described: [SettingsDescription] { table.described(ServeSettings()) }

    package static var table: SettingsTable<ServeSettings> {
        SettingsTable([
            .number("version", \.version, 1...1, "Version of this format."),
            .value(
                "listen", \.listen, takes: "HOST:PORT, such as 127.0.0.1:8787",
                "HOST:PORT to listen on; anything but loopback needs keys.", shape: .text, initial: { $0 }
            ) { value in
                value.text.flatMap { (try? ServiceHost(listen: $0)) == nil ? nil : $0 }
            },
            .text("waterfall", \.waterfall, "The waterfall file."),
            .decimal("min_confidence", \.minConfidence, 0...1, "What is less sure is not found."),
            .text("workspace", \.workspace, "Whose calls they are where no key is asked for."),
            .section("limits", \.limits, "What a workspace may call.") { ServiceLimits.table },
            .duration("refresh_after", \.refreshAfter, "How long an answer is given again for nothing."),
            .duration("retry_misses_after", \.retryMissesAfter, "How long a miss is."),
            .optionalSection("verify", \.verify, "The webhook for emails.", start: VerifySettings.init) {
                VerifySettings.table
            },
            .secret("verify_secret", \.verifySecret, "Lets signed questions in to /verify; whsec_…"),
            .section("mx", \.mx, "Whether /verify asks if a domain takes mail.") { MXSettings.table },
            .value(
                "max_body", \.maxBody, takes: "a size such as 1MiB", "Longest body that is read.",
                initial: { "\($0 >> 20)MiB" }
            ) {
                $0.text.flatMap(Spelling.size).flatMap { (1024...(1 << 30)).contains($0) ? $0 : nil }
            },
        ])
    }
}
