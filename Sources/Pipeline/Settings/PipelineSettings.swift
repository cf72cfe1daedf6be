import Foundation
package import EnrichmentAPI
package import Identity
package import Input
package import Settings
import Waterfall

/// A pipeline file (contract, section 3) with every default filled in.
package struct PipelineSettings: Sendable {
    package var version = 1
    package var name = "millrace"
    package var workspace = "default"
    package var input = InputSettings()
    package var identity = IdentitySettings()
    package var enrich = EnrichSettings()
    package var verify: VerifySettings?
    package var output: [OutputSettings] = []
    package var rejects = ""
    package var report = ""
    /// More rejects than this end the run; from the command line, so no key.
    package var maxRejects: Int?

    package init() {}

    package static var table: SettingsTable<PipelineSettings> {
        SettingsTable([
            .number("version", \.version, 1...1, "Version of this format."),
            .text("name", \.name, "Name of the pipeline; runs are called after it."),
            .text("workspace", \.workspace, "Whose quota, cache and credits."),
            .section("input", \.input, "What is read.") { InputSettings.table },
            .section("identity", \.identity, "When two rows are one person.") { IdentitySettings.table },
            .section("enrich", \.enrich, "What is asked for, and of whom.") { EnrichSettings.table },
            .optionalSection("verify", \.verify, "The verification webhook.", start: VerifySettings.init) {
                VerifySettings.table
            },
            .sections("output", \.output, "The files that are written.", start: OutputSettings.init) {
                OutputSettings.table
            },
            .notYet("audience", "Files for imports into CRMs."),
            .text("rejects", \.rejects, "Where records go that could not be read."),
            .text("report", \.report, "Where the credit report goes, without ending."),
        ])
    }
}

package struct InputSettings: Sendable {
    package var paths: [String] = []
    package var export = ExportSettings()
    package var columns: [Field: String] = [:]
    package var region = Region("US")

    static var table: SettingsTable<InputSettings> {
        SettingsTable([
            .texts("paths", \.paths, "Files, patterns or \"-\"; several are one stream."),
            .choice("format", \.export.format, "What the files are; found out where it is auto."),
            .value("encoding", \.encoding, takes: "auto | utf-8", "How text is encoded.") { value in
                ["auto", "utf-8"].contains(value.text?.lowercased()) ? () : nil
            },
            .section("csv", \.export.csv, "How CSV is written, where it is not found out.") { CSVSettings.table },
            .notYet("xml", "Reading XML."),
            .notYet("xlsx", "Reading XLSX."),
            .value(
                "columns", \.columns, takes: "field: column", "Which column holds which field, where names do not tell."
            ) { value in
                value.members.flatMap { members in
                    let pairs = members.compactMap { key, column in
                        Field(rawValue: key.text).flatMap { field in column.text.map { (field, $0) } }
                    }
                    return pairs.count == members.count ? Dictionary(pairs, uniquingKeysWith: { $1 }) : nil
                }
            },
            .value("region", \.region, takes: "a country", "For phone numbers without a country.") { value in
                value.text.flatMap { Region($0) }
            },
        ])
    }

    /// UTF-8 is the only encoding yet, so nothing is kept.
    private var encoding: Void {
        get { () }
        set {}
    }
}

extension CSVSettings {
    static var table: SettingsTable<CSVSettings> {
        SettingsTable([
            .value("delimiter", \.delimiter, takes: "auto, tab, or one character", "What stands between cells.") {
                value in
                switch value.text {
                case "auto": .some(nil)
                case "tab", "\\t": .some(UInt8(ascii: "\t"))
                case let text?: text.utf8.count == 1 ? .some(text.utf8.first) : nil
                case nil: nil
                }
            },
            .value("quote", \.quote, takes: "one character", "What stands around cells with delimiters.") { value in
                value.text.flatMap { $0.utf8.count == 1 ? $0.utf8.first : nil }
            },
            .value("header_row", \.headerRow, takes: "auto, none or a line's number", "Where the column names are.") {
                value in
                switch value.text {
                case "auto": .auto
                case "none": HeaderRow.none
                case let text: text.flatMap(Int.init).flatMap { $0 > 0 ? .line($0) : nil }
                }
            },
        ])
    }
}

package struct IdentitySettings: Sendable {
    package enum Dedupe: String, Sendable, CaseIterable {
        case alias, exact, off
    }

    package var dedupe = Dedupe.alias
    package var collapsesSubaddress = true

    static var table: SettingsTable<IdentitySettings> {
        SettingsTable([
            .choice("dedupe", \.dedupe, "Whether rows that share any hint, all hints, or nothing are one person."),
            .flag("collapse_subaddress", \.collapsesSubaddress, "Whether a+tag@x.com is the same person as a@x.com."),
            .notYet("suppress", "Lists of identities that are never sent."),
        ])
    }
}

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
    package var minConfidence = 0.0
    package var limits = ServiceLimits()
    package var maxCredits: Credits?
    package var whenExhausted = ExhaustedSettings()
    package var whenAnswerLost = WhenAnswerLost.single
    package var retries = RetrySettings()

    static var table: SettingsTable<EnrichSettings> {
        SettingsTable([
            .choice("engine", \.engine, "Who is asked: the embedded waterfall, or a service over HTTP."),
            .text("waterfall", \.waterfall, "Settings of the embedded waterfall."),
            .section("api", \.api, "The service.") { APISettings.table },
            .value(
                "channels", \.channels, takes: "a list of \(Channel.allCases.map(\.rawValue).joined(separator: ", "))",
                "What is asked for."
            ) {
                $0.channels
            },
            .flag("only_missing", \.onlyMissing, "Whether a channel that the row has already is not asked for."),
            .flag(
                "discover", \.discover,
                "Whether people are looked for by name and company where nothing better is known."),
            .flag("account", \.account, "Whether firmographics are asked for, once a company."),
            .duration("refresh_after", \.refreshAfter, "How long an answer is good; 0 asks always."),
            .duration("retry_misses_after", \.retryMissesAfter, "How long a miss is good."),
            .value(
                "min_confidence", \.minConfidence, takes: "a number from 0 to 1",
                "What is less sure counts as not found."
            ) { value in
                value.text.flatMap(Double.init).flatMap { (0...1).contains($0) ? $0 : nil }
            },
            .section("limits", \.limits, "What the service allows the workspace.") { ServiceLimits.table },
            .value("max_credits", \.maxCredits, takes: "a number of credits", "What the run may cost at most.") {
                value in
                value.credits.map { .some($0) }
            },
            .notYet("max_credits_per_month", "What the workspace may spend in a month."),
            .section("when_exhausted", \.whenExhausted, "What happens when credits or the day's quota run out.") {
                ExhaustedSettings.table
            },
            .choice("when_answer_lost", \.whenAnswerLost, "How to go on after a bulk request whose answer never came."),
            .section("retries", \.retries, "How often and when a request is tried again.") { RetrySettings.table },
        ])
    }
}

extension SettingsValue {
    /// A list of channels, at least one.
    var channels: ChannelSet? {
        let texts = text.map { [$0] } ?? entries?.compactMap(\.text) ?? []
        let channels = texts.compactMap(Channel.init(rawValue:))
        return channels.count == texts.count && !channels.isEmpty ? ChannelSet(channels) : nil
    }
}

package struct APISettings: Sendable {
    package var url = ""
    package var key = ""
    package var timeout = Duration.seconds(30)

    static var table: SettingsTable<APISettings> {
        SettingsTable([
            .text("url", \.url, "Where the service is."),
            .text("key", \.key, "Its key; best as ${UNSTUCK_API_KEY}."),
            .duration("timeout", \.timeout, "How long an answer may take."),
        ])
    }
}

extension ServiceLimits {
    static var table: SettingsTable<ServiceLimits> {
        SettingsTable([
            .number("chunk", \.chunk, 1...Endpoint.bulkLimit, "Records in a bulk request."),
            .number("bulk_per_minute", \.bulkPerMinute, 1...1_000_000, "Bulk requests a minute."),
            .number("single_per_minute", \.singlePerMinute, 1...1_000_000, "Other requests a minute."),
            .number("per_day", \.perDay, 1...1_000_000_000, "Requests a day."),
            .duration("minute", \.minute, "How long the minute is."),
            .duration("day", \.day, "How long the day is."),
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
            .choice("credits", \.credits, "finish: write the rest unenriched; pause: stop, to go on later."),
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

    static var table: SettingsTable<VerifySettings> {
        SettingsTable([
            .flag("builtin", \.builtin, "Use the built-in endpoint, started for the run."),
            .text("url", \.url, "Where emails are posted to."),
            .text("secret", \.secret, "Signs requests as Standard Webhooks; whsec_…"),
            .value(
                "body", \.body, takes: "name: text, with {email}, {channel} and {record_id}", "The body of a request."
            ) { value in
                value.members.flatMap { members in
                    let pairs = members.compactMap { key, text in text.text.map { (key.text, $0) } }
                    return pairs.count == members.count ? Dictionary(pairs, uniquingKeysWith: { $1 }) : nil
                }
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

package struct OutputSettings: Sendable {
    package enum Format: Sendable {
        case csv, jsonl
    }

    package var path = ""

    package init() {}

    package init(path: String) { self.path = path }

    /// By the path's ending; nil where it is none that is written.
    ///
    /// Standard output is CSV.
    package var format: Format? {
        if path == "-" || path.hasSuffix(".csv") { return .csv }
        return path.hasSuffix(".jsonl") || path.hasSuffix(".ndjson") ? .jsonl : nil
    }

    static var table: SettingsTable<OutputSettings> {
        SettingsTable([
            .text("path", \.path, "Where it goes; .csv or .jsonl says how it is written."),
            .value("excel", \.excel, takes: "false in this version", "Guards for spreadsheets.") {
                $0.flag == false ? () : nil
            },
        ])
    }

    /// Not done yet, so nothing is kept.
    private var excel: Void {
        get { () }
        set {}
    }
}
