package import EnrichmentAPI
import Records
package import Settings

/// The verification webhook (contract, section 3, `verify`).
package struct VerifySettings: Sendable {
    package var builtin = false
    package var url = ""
    /// Under which verdicts are kept; empty: under the address.
    package var name = ""
    /// ``service`` as a past run had it, whose address is not known any more; no key.
    package var keptService: String?
    package var secret = Secret("")
    package var body = SettingsTree.members([
        ("email", .text("{email}")), ("channel", .text("{channel}")), ("record_id", .text("{record_id}")),
    ])
    /// What goes into the head of a request, such as a service's own key.
    package var headers: [String: String] = [:]
    package var batch: VerifyBatchSettings?
    package var verdict = VerdictSettings()
    package var channels: ChannelSet = [.workEmail, .personalEmail]
    /// Whether the row's own email is checked too.
    package var inputEmail = false
    /// Whether a run stops where no answer comes, instead of leaving the verdict open.
    package var required = false
    package var concurrency = 8
    /// Requests a minute; 0 is any number.
    package var perMinute = 0
    /// Tries for one request.
    package var attempts = 3
    package var timeout = Duration.seconds(10)
    package var refreshAfter = Duration.seconds(30 * 86_400)

    package init() {}

    package static var table: SettingsTable<VerifySettings> {
        SettingsTable([
            .flag("builtin", \.builtin, "Use the built-in endpoint, started for the run."),
            .text("url", \.url, "Where emails are posted to."),
            .text("name", \.name, "Under which verdicts are kept; where it is empty, under the address."),
            .secret("secret", \.secret, "Signs requests as Standard Webhooks; whsec_…"),
            .value(
                "body", \.body, takes: "a template, with {email}, {channel} and {record_id}", "The body of a request."
            ) {
                $0.tree
            },
            .value("headers", \.headers, takes: "name: text", "Header fields, such as the service's key.") {
                $0.textsByKey
            },
            .optionalSection("batch", \.batch, "Asks about several emails at once.", start: VerifyBatchSettings.init) {
                VerifyBatchSettings.table
            },
            .section("verdict", \.verdict, "How an answer is read.") { VerdictSettings.table },
            .value("channels", \.channels, takes: "work_email, personal_email or both", "Which emails are checked.") {
                $0.channels.flatMap { $0.allSatisfy(\.isEmail) ? $0 : nil }
            },
            .flag("input_email", \.inputEmail, "Whether the row's own email is checked too."),
            .flag("required", \.required, "Whether a run stops (69) where the service does not answer."),
            .number("concurrency", \.concurrency, 1...1000, "Requests in the air at once."),
            .number("per_minute", \.perMinute, 0...1_000_000, "Requests a minute; 0 is any number."),
            .number("attempts", \.attempts, 1...20, "Tries for one request."),
            .duration("timeout", \.timeout, "How long an answer may take."),
            .duration("refresh_after", \.refreshAfter, "How long a verdict is good."),
        ])
    }
}

extension VerifySettings {
    /// Rules between keys, and what templates may name.
    package func check(noting lint: inout Lint) {
        if !url.isEmpty { lint.check(address: url, key: "verify.url") }
        let texts = body.texts + (batch?.body.texts ?? [])
        for name in texts.flatMap({ $0.matches(of: /\{([A-Za-z_]+)\}/) }).map({ String($0.output.1) })
        where !WebhookBody.known.contains(name) {
            lint.note(
                "verify has no placeholder {\(name)}", key: "verify.body",
                hint: Spelling.nearest(to: name, among: WebhookBody.known).map { "did you mean {\($0)}?" }
                    ?? "there are {\(WebhookBody.known.joined(separator: "}, {"))}")
        }
        for (key, pointer) in [
            ("verdict.pointer", verdict.pointer), ("batch.results", batch?.results ?? ""),
            ("batch.email", batch?.email ?? ""),
        ] where !pointer.isEmpty && !pointer.hasPrefix("/") {
            lint.note(
                "verify.\(key) is no JSON pointer", key: "verify.\(key)", hint: "it begins with a slash: /\(pointer)")
        }
    }

    /// Whose verdicts these are, as a key that tells no address: what one service said is no word of another.
    package var service: String {
        if let keptService { return keptService }
        let words = !name.isEmpty ? name : builtin ? "builtin" : url.split(separator: "?").first.map(String.init) ?? ""
        return String(words.stableHash, radix: 16)
    }
}

package struct VerdictSettings: Sendable {
    /// JSON pointer (RFC 6901) to the verdict in the answer.
    package var pointer = "/valid"
    /// What stands there for a valid email.
    package var valid = ["true"]
    package var invalid: [String] = ["false"]
    /// What stands there where the domain takes mail for every address.
    package var catchAll: [String] = []

    static var table: SettingsTable<VerdictSettings> {
        SettingsTable([
            .text("pointer", \.pointer, "JSON pointer to the verdict."),
            .texts("valid", \.valid, "Values that mean valid."),
            .texts("invalid", \.invalid, "Values that mean invalid; anything else is unknown."),
            .texts("catch_all", \.catchAll, "Values that mean that the domain takes mail for every address."),
        ])
    }
}

/// How a service is asked about several emails at once.
package struct VerifyBatchSettings: Sendable {
    /// Emails in one request.
    package var size = 100
    package var body = SettingsTree.members([("emails", .text("{emails}"))])
    /// JSON pointer to the list of results; empty where the answer is the list.
    package var results = ""
    /// JSON pointer to the email in a result.
    package var email = "/email"

    package init() {}

    static var table: SettingsTable<VerifyBatchSettings> {
        SettingsTable([
            .number("size", \.size, 1...10_000, "Emails in one request."),
            .value(
                "body", \.body,
                takes: "a template with \"{emails}\", the list of emails, or \"{records}\", a list of verify.body",
                "The body of a request."
            ) {
                $0.tree.texts.contains { ["{emails}", "{records}"].contains($0) } ? $0.tree : nil
            },
            .text("results", \.results, "JSON pointer to the list of results; empty: the answer is the list."),
            .text("email", \.email, "JSON pointer to the email in a result."),
        ])
    }
}
