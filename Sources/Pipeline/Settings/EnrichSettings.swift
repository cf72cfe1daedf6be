import Connect
package import EnrichmentAPI
import Ledger
package import Settings
import Waterfall

/// What is asked for, and of whom (contract, section 3, `enrich`).
package struct EnrichSettings: Sendable {
    package enum Engine: String, Sendable, CaseIterable {
        case embedded, api
    }

    package enum WhenAnswerLost: String, Sendable, CaseIterable {
        case single, hold, resend
    }

    package var engine = Engine.embedded
    package var waterfall = "pipelines/waterfall.yaml"
    package var api = APISettings()
    package var channels = ChannelSet.all
    package var onlyMissing = true
    package var discover = true
    package var account = false
    package var refreshAfter = Duration.seconds(30 * 86_400)
    package var retryMissesAfter = Duration.seconds(7 * 86_400)
    package var force = false
    package var minConfidence = 0.0
    package var limits = ServiceLimits()
    package var maxCredits: Credits?
    package var maxCreditsPerMonth: Credits?
    package var whenExhausted = ExhaustedSettings()
    package var whenAnswerLost = WhenAnswerLost.single
    package var retries = RetrySettings()

    var budget: Budget { Budget(run: maxCredits, month: maxCreditsPerMonth) }

    static var table: SettingsTable<EnrichSettings> {
        SettingsTable([
            .choice("engine", \.engine, "Who is asked: the embedded waterfall, or a service over HTTP."),
            .text("waterfall", \.waterfall, "Settings of the embedded waterfall."),
            .section("api", \.api, "The service.") { APISettings.table },
            .value(
                "channels", \.channels, takes: "a list of \(Channel.allCases.map(\.rawValue).joined(separator: ", "))",
                "What is asked for; [] for companies alone."
            ) { value in
                value.entries?.isEmpty == true ? [] : value.channels
            },
            .flag("only_missing", \.onlyMissing, "Whether a channel that the row has already is not asked for."),
            .flag(
                "discover", \.discover,
                "Whether people are looked for by name and company where nothing better is known."),
            .flag("account", \.account, "Whether firmographics are asked for, once a company."),
            .duration("refresh_after", \.refreshAfter, "How long an answer is good; 0 asks always."),
            .duration("retry_misses_after", \.retryMissesAfter, "How long a miss is good."),
            .flag("force", \.force, "Whether everything is asked for again, whatever is known."),
            .decimal("min_confidence", \.minConfidence, 0...1, "What is less sure counts as not found."),
            .section("limits", \.limits, "What the service allows the workspace.") { ServiceLimits.table },
            .value("max_credits", \.maxCredits, takes: "a number of credits", "What the run may cost at most.") {
                value in
                value.credits.map { .some($0) }
            },
            .value(
                "max_credits_per_month", \.maxCreditsPerMonth, takes: "a number of credits",
                "What the workspace may spend in a calendar month (UTC), on this engine."
            ) { value in
                value.credits.map { .some($0) }
            },
            .section("when_exhausted", \.whenExhausted, "What happens when credits or the day's quota run out.") {
                ExhaustedSettings.table
            },
            .choice("when_answer_lost", \.whenAnswerLost, "How to go on after a bulk request whose answer never came."),
            .section("retries", \.retries, "How often and when a request is tried again.") { RetrySettings.table },
        ])
    }
}

package struct APISettings: Sendable {
    package var url = ""
    package var key = Secret("")
    package var timeout = Duration.seconds(30)
    package var connectTimeout = Duration.seconds(10)
    package var caFile = ""
    package var prices = PriceList()

    /// By when a call has an answer or never will.
    var patience: Duration { connectTimeout + timeout }

    /// Takes what is not set from where the service's own tools keep it.
    mutating func fillIn(_ environment: [String: String]) {
        if url.isEmpty { url = Credentials.url(environment) ?? "" }
        if key.isEmpty { key = Secret(Credentials.key(environment) ?? "") }
    }

    static var table: SettingsTable<APISettings> {
        SettingsTable([
            .text("url", \.url, "Where the service is."),
            .secret(
                "key", \.key,
                "Its key; else $UNSTUCK_API_KEY, the credential unstuck_api_key, or what ~/.unstuck/credentials holds."),
            .duration("timeout", \.timeout, "How long an answer may take."),
            .duration("connect_timeout", \.connectTimeout, "How long connecting may take, TLS included."),
            .section("prices", \.prices, "What finds cost at most, for budgets and estimates.") { PriceList.table },
            .text("ca_file", \.caFile, "Certificates in PEM form to trust besides those of the system."),
        ])
    }
}

package struct ExhaustedSettings: Sendable {
    package enum Action: String, Sendable, CaseIterable {
        case finish, pause, wait
    }

    package var credits = Action.finish
    package var day = Action.pause

    static var table: SettingsTable<ExhaustedSettings> {
        SettingsTable([
            .choice(
                "credits", \.credits,
                "finish: write the rest unenriched; pause: stop, to go on later; wait: for the next month."),
            .choice("day", \.day, "finish, pause, or wait: sleep until the quota frees."),
        ])
    }
}

package struct RetrySettings: Sendable, Equatable {
    package var attempts = 5
    package var first = Duration.milliseconds(500)
    package var most = Duration.seconds(60)

    static var table: SettingsTable<RetrySettings> {
        SettingsTable([
            .number("attempts", \.attempts, 1...100, "Tries in all."),
            .duration("first", \.first, "Longest pause before the second try; it doubles from try to try."),
            .duration("most", \.most, "Longest pause ever."),
        ])
    }
}
