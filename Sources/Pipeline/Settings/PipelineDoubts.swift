import Connect
import EnrichmentAPI
import Input
import Settings

/// What a pipeline may say and hardly means: keys without effect, and what may cost more than it seems.
///
/// Pure.
enum PipelineDoubts {
    static func note(_ settings: PipelineSettings, _ lint: inout Lint) {
        noteUnused(settings, &lint)
        noteInput(settings.input, &lint)
        let enrich = settings.enrich
        if !lint.isWrong("output"), settings.output.isEmpty, settings.changes == nil, settings.audience.isEmpty {
            lint.warn("no file is written", key: "output", hint: "output: [{path: out/enriched.csv}]")
        }
        if enrich.retryMissesAfter > enrich.refreshAfter, lint.has("enrich.retry_misses_after") {
            lint.warn(
                "a miss is never good for longer than an answer", key: "enrich.retry_misses_after",
                hint: "at most refresh_after")
        }
        if let retention = settings.retention {
            let kept = max(enrich.refreshAfter, settings.verify?.refreshAfter ?? .zero)
            if retention < kept {
                lint.warn(
                    "what is taken out is asked and paid for again, although it would be good for longer",
                    key: "retention", hint: "at least refresh_after")
            }
        }
        guard enrich.engine == .api else { return }
        if enrich.maxCredits == nil, enrich.maxCreditsPerMonth == nil {
            lint.warn(
                "nothing says what a run may cost at most", key: "enrich",
                hint: "set max_credits or max_credits_per_month; millrace plan says what to expect")
        }
        if enrich.force || enrich.refreshAfter == .zero {
            lint.warn(
                "every run asks and pays for everything again",
                key: enrich.force ? "enrich.force" : "enrich.refresh_after")
        }
    }

    private static func noteUnused(_ settings: PipelineSettings, _ lint: inout Lint) {
        func unused(_ keys: [String], below section: String, because why: String) {
            for key in keys where lint.has("\(section).\(key)") {
                lint.warn("'\(key)' has no effect \(why)", key: "\(section).\(key)", hint: "remove it")
            }
        }
        if settings.verify?.builtin == true {
            unused(
                ["secret", "body", "headers", "batch", "verdict", "per_minute"], below: "verify",
                because: "on the built-in verification")
        }
        if let verify = settings.verify, !lint.isWrong("verify"), !verify.inputEmail,
            verify.channels.intersection(settings.enrich.channels).isEmpty
        {
            lint.warn("no email is asked for that could be verified", key: "verify")
        }
        if settings.enrich.engine == .embedded {
            unused(["limits", "retries", "when_answer_lost"], below: "enrich", because: "on the embedded engine")
        }
        if !settings.warehouse.isEmpty, !settings.output.contains(where: { $0.format == .csv && $0.path != "-" }) {
            lint.warn("statements load CSV files, and none is written", key: "warehouse")
        }
    }

    /// Settings for other formats than the one that is set.
    private static func noteInput(_ input: InputSettings, _ lint: inout Lint) {
        let chosen = input.export.format
        guard chosen != .auto else { return }
        for format in ["csv", "xml", "xlsx", "html"]
        where format != chosen.rawValue && lint.has("input.\(format)") {
            lint.warn(
                "'\(format)' has no effect on input of the format \(chosen.rawValue)", key: "input.\(format)",
                hint: "remove it")
        }
    }
}
