package import EnrichmentAPI
package import Settings

/// The verification webhook (contract, section 3, `verify`).
package struct VerifySettings: Sendable {
    package var builtin = false
    package var url = ""
    package var secret = ""
    package var body: [String: String] = ["email": "{email}", "channel": "{channel}", "record_id": "{record_id}"]
    package var verdict = VerdictSettings()
    package var channels: ChannelSet = [.workEmail, .personalEmail]
    package var concurrency = 8
    package var timeout = Duration.seconds(10)
    package var refreshAfter = Duration.seconds(30 * 86_400)

    package init() {}

    package static var table: SettingsTable<VerifySettings> {
        SettingsTable([
            .flag("builtin", \.builtin, "Use the built-in endpoint, started for the run."),
            .text("url", \.url, "Where emails are posted to."),
            .text("secret", \.secret, "Signs requests as Standard Webhooks; whsec_…"),
            .value(
                "body", \.body, takes: "name: text, with {email}, {channel} and {record_id}", "The body of a request."
            ) {
                $0.textsByKey
            },
            .section("verdict", \.verdict, "How an answer is read.") { VerdictSettings.table },
            .value("channels", \.channels, takes: "work_email, personal_email or both", "Which emails are checked.") {
                $0.channels.flatMap { $0.allSatisfy(\.isEmail) ? $0 : nil }
            },
            .notYet("input_email", "Checking the row's own email."),
            .number("concurrency", \.concurrency, 1...1000, "Requests in the air at once."),
            .duration("timeout", \.timeout, "How long an answer may take."),
            .duration("refresh_after", \.refreshAfter, "How long a verdict is good."),
        ])
    }
}

package struct VerdictSettings: Sendable {
    /// JSON pointer (RFC 6901) to the verdict in the answer.
    package var pointer = "/valid"
    /// What stands there for a valid email.
    package var valid = ["true"]
    package var invalid: [String] = ["false"]

    static var table: SettingsTable<VerdictSettings> {
        SettingsTable([
            .text("pointer", \.pointer, "JSON pointer to the verdict."),
            .texts("valid", \.valid, "Values that mean valid."),
            .texts("invalid", \.invalid, "Values that mean invalid; anything else is unknown."),
        ])
    }
}
