import Connect
import EnrichmentAPI
import Settings

/// What holds between the keys of a pipeline, beyond what each of them takes.
///
/// Pure, but for the environment that it is given.
enum PipelineRules {
    /// Fills in what the file need not say, and notes what is wrong and what is hardly meant.
    static func apply(to settings: inout PipelineSettings, _ environment: [String: String], noting lint: inout Lint) {
        settings.enrich.api.fillIn(environment)
        checkInput(settings, &lint)
        checkEnrich(settings.enrich, &lint)
        if let verify = settings.verify { check(verify, &lint) }
        if let notify = settings.notify, !lint.isWrong("notify") {
            if notify.url.isEmpty {
                lint.note("notify.url is missing", key: "notify", hint: "name the address that is told of runs")
            } else {
                lint.check(address: notify.url, key: "notify.url")
            }
        }
        for (number, output) in settings.output.enumerated() { check(output, "output.\(number)", &lint) }
        for (number, audience) in settings.audience.enumerated() { check(audience, "audience.\(number)", &lint) }
        if let changes = settings.changes, !changes.path.hasSuffix(".csv") {
            lint.note("'\(changes.path)' is written as CSV", key: "changes", hint: "let it end in .csv")
        }
        checkPaths(settings, &lint)
        PipelineDoubts.note(settings, &lint)
    }

    private static func checkInput(_ settings: PipelineSettings, _ lint: inout Lint) {
        if settings.input.paths.isEmpty, !lint.isWrong("input.paths") {
            lint.note("input.paths is missing", key: "input", hint: "name the files to read, or give --input")
        }
        if settings.input.paths.filter({ $0 == "-" }).count > 1 {
            lint.note("standard input can be read only once", key: "input.paths")
        }
    }

    private static func checkEnrich(_ enrich: EnrichSettings, _ lint: inout Lint) {
        if enrich.whenExhausted.credits == .wait, enrich.maxCredits != nil {
            lint.note(
                "when_exhausted.credits cannot be wait with max_credits: what a run has spent does not come back",
                key: "enrich.when_exhausted.credits",
                hint: "finish or pause, or max_credits_per_month, which is there again with the next month")
        }
        if enrich.channels.isEmpty, !enrich.account, !lint.isWrong("enrich.channels") {
            lint.note(
                "nothing is asked for", key: "enrich.channels", hint: "name some, or set account: true for companies")
        }
        guard enrich.engine == .api, !lint.isWrong("enrich.api") else { return }
        if enrich.api.url.isEmpty {
            lint.note(
                "enrich.api.url is missing", key: "enrich.api.url",
                hint: "api: {url: \"${UNSTUCK_API_URL}\", key: \"${UNSTUCK_API_KEY}\"}")
        } else {
            lint.check(address: enrich.api.url, key: "enrich.api.url")
        }
        if enrich.api.key.isEmpty {
            lint.note(
                "enrich.api.key is missing", key: "enrich.api.key",
                hint:
                    "set UNSTUCK_API_KEY, put the key into ~/.unstuck/credentials, or use --set enrich.engine=embedded")
        }
    }

    private static func check(_ verify: VerifySettings, _ lint: inout Lint) {
        guard !lint.isWrong("verify") else { return }
        if verify.builtin == !verify.url.isEmpty {
            lint.note(
                "verify needs either builtin: true or a url", key: "verify",
                hint: verify.builtin ? "take one of them away" : "verify: {builtin: true}")
        }
        verify.check(noting: &lint)
    }

    private static func check(_ output: OutputSettings, _ key: String, _ lint: inout Lint) {
        guard !lint.isWrong(key) else { return }
        guard let format = output.format else {
            return lint.note(
                "'\(output.path)' does not say how it is written", key: key + ".path",
                hint: "let it end in .csv or .jsonl, or set format")
        }
        guard format == .jsonl else { return }
        let path = output.path
        if output.excel {
            lint.note(
                "'\(path)' is JSON Lines, which no spreadsheet opens", key: key + ".excel", hint: "remove excel")
        }
        if output.write != .append {
            lint.note(
                "'\(path)' keeps its objects byte for byte", key: key + ".write",
                hint: "write applies to CSV; remove it")
        }
        if output.dialect == .input {
            lint.note(
                "'\(path)' is JSON Lines, which has no dialect", key: key + ".dialect", hint: "remove dialect")
        }
    }

    private static func check(_ audience: AudienceSettings, _ key: String, _ lint: inout Lint) {
        guard !lint.isWrong(key) else { return }
        let path = audience.path
        if path.isEmpty {
            lint.note("an audience lacks its path", key: key, hint: "audience: [{path: …, preset: hubspot}]")
        } else if path == "-" {
            lint.note("an audience cannot go to standard output", key: key + ".path", hint: "name a file")
        } else if !path.hasSuffix(".csv") {
            lint.note("'\(path)' is written as CSV", key: key + ".path", hint: "let it end in .csv")
        }
        if audience.preset != nil, !audience.ownColumns.isEmpty {
            lint.note(
                "'\(path)' has both a preset and columns of its own", key: key + ".columns",
                hint: "take one of them away")
        }
        if audience.preset == nil, audience.ownColumns.isEmpty {
            lint.note("'\(path)' has no columns", key: key, hint: "name a preset, or columns of your own")
        }
    }

    /// Nothing is written that is read, and nothing twice.
    private static func checkPaths(_ settings: PipelineSettings, _ lint: inout Lint) {
        let inputs = Set(settings.input.paths.filter { $0 != "-" }.map(PipelineFile.standard))
        for output in settings.rowPaths where inputs.contains(PipelineFile.standard(output)) {
            lint.note(
                "'\(output)' is an input as well", key: "output",
                hint: "write to another file; the export stays as it is")
        }
        for audience in settings.audience {
            for path in settings.rowPaths where SplitFile.isPart(path, of: audience.path) {
                lint.note(
                    "'\(path)' is what a further part of '\(audience.path)' is called", key: "audience",
                    hint: "name it otherwise")
            }
        }
        let paths = (settings.rowPaths + settings.describingPaths).filter { !$0.isEmpty }.map(PipelineFile.standard)
        for path in Set(paths).sorted() where paths.count(where: { $0 == path }) > 1 {
            lint.note("'\(path)' is written twice", key: "output")
        }
    }
}
