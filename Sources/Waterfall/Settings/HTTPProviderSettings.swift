import Foundation
package import Settings

/// How a vendor's API is asked and its answers are read: a template for requests, JSON pointers for answers.
package struct HTTPProviderSettings: Sendable {
    package enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
    }

    package var method = Method.post
    /// With `{email}`, `{linkedin_url}`, `{first_name}`, `{last_name}` and `{company_domain}`.
    package var url = ""
    package var headers: [String: String] = [:]
    /// Sent as JSON, without the members whose hints a person lacks; null: no body.
    package var body = SettingsTree.null
    package var miss = MissSettings()
    /// JSON pointer to the confidence, within an answer for one person.
    package var confidence = ""
    /// What the vendor calls certain: 1, or 100 where it counts in percent.
    package var confidenceScale = 1
    /// JSON pointer to the time at which the vendor last confirmed it.
    package var updatedAt = ""
    package var timeout = Duration.seconds(10)
    package var concurrency = 8
    /// Calls in any minute; 0: as many as it takes.
    package var perMinute = 0
    package var batch = BatchSettings()
    package var caFile = ""

    /// Calls that keep the vendor busy: where it takes few in a minute, as many as it takes in some seconds.
    var callsAtOnce: Int { perMinute > 0 ? min(concurrency, max(1, perMinute / 12)) : concurrency }

    /// What counts as "not found".
    package struct MissSettings: Sendable {
        package var status: [String] = ["404", "204"]
        /// JSON pointer to a value that tells, within an answer for one person.
        package var pointer = ""
        package var values: [String] = []

        static var table: SettingsTable<MissSettings> {
            SettingsTable([
                .texts("status", \.status, "Statuses that mean that nobody was found."),
                .text("pointer", \.pointer, "JSON pointer to a value that tells."),
                .texts("values", \.values, "What stands there where nobody was found."),
            ])
        }
    }

    /// Several people in one call.
    package struct BatchSettings: Sendable {
        /// People in one call; 1: one call a person.
        package var size = 1
        /// What stands in the list for each person; the list goes where the body says `{records}`.
        package var record = SettingsTree.null
        /// JSON pointer to the list of answers, which stand in the order of the people.
        package var results = ""

        static var table: SettingsTable<BatchSettings> {
            SettingsTable([
                .number("size", \.size, 1...1000, "People in one call."),
                .value("record", \.record, takes: "what is sent for one person", "The entry for each person.") {
                    $0.tree
                },
                .text("results", \.results, "JSON pointer to the list of answers, in the order of the people."),
            ])
        }
    }

    static var settingsTable: SettingsTable<HTTPProviderSettings> {
        SettingsTable([
            .choice("method", \.method, "GET or POST."),
            .text("url", \.url, "With {email}, {linkedin_url}, {first_name}, {last_name}, {company_domain}."),
            .value("headers", \.headers, takes: "name: text", "Header fields; secrets from the environment.") {
                $0.textsByKey
            },
            .value("body", \.body, takes: "what is sent as JSON", "The body, with the same placeholders.") { $0.tree },
            .section("miss", \.miss, "What counts as not found.") { MissSettings.table },
            .text("confidence", \.confidence, "JSON pointer to the confidence."),
            .number("confidence_scale", \.confidenceScale, 1...1000, "What the vendor calls certain: 1 or 100."),
            .text("updated_at", \.updatedAt, "JSON pointer to the time of the value."),
            .duration("timeout", \.timeout, "How long an answer may take; then it counts as a miss."),
            .number("concurrency", \.concurrency, 1...1000, "Calls in the air at once."),
            .number("per_minute", \.perMinute, 0...1_000_000, "Calls of one process in any minute; 0 for any number."),
            .section("batch", \.batch, "Several people in one call.") { BatchSettings.table },
            .text("ca_file", \.caFile, "Certificates (PEM) to trust besides the system's."),
        ])
    }

    /// - Parameter owner: whose settings these are, for messages.
    func check(_ owner: String, _ lint: inout Lint, key: String) {
        if url.isEmpty {
            lint.note("\(owner) is asked over HTTP and has no http.url", key: key)
        } else if !url.hasPrefix("http://"), !url.hasPrefix("https://") {
            lint.note("\(owner): http.url begins with https:// or http://", key: key + ".url")
        }
        let texts = [url] + headers.values + body.texts + batch.record.texts
        for name in texts.flatMap(Template.placeholders) where !Template.known.contains(name) {
            lint.note(
                "\(owner): there is no placeholder {\(name)}", key: key,
                hint: Spelling.nearest(to: name, among: Template.known).map { "did you mean {\($0)}?" }
                    ?? "they are: \(Template.known.map { "{\($0)}" }.joined(separator: ", "))")
        }
        let pointers = [
            ("confidence", confidence), ("updated_at", updatedAt), ("miss.pointer", miss.pointer),
            ("batch.results", batch.results),
        ]
        for (name, pointer) in pointers where !pointer.isEmpty && !pointer.hasPrefix("/") {
            lint.note("\(owner): http.\(name) is no JSON pointer", key: "\(key).\(name)", hint: "such as /\(pointer)")
        }
        for status in miss.status where Int(status).map({ !(100...599).contains($0) }) ?? true {
            lint.note("\(owner): '\(status)' is no status of an answer", key: key + ".miss.status", hint: "such as 404")
        }
        if !url.isEmpty, !texts.contains(where: { !Template.placeholders(in: $0).isEmpty }) {
            lint.warn(
                "\(owner): nothing that is sent says who is meant, so it is never asked", key: key,
                hint: "put {email} or another placeholder into url, headers or body")
        }
        if method == .get, body != .null {
            lint.note("\(owner): a GET has no body", key: key + ".body", hint: "set http.method to POST")
        }
        guard batch.size > 1 else { return }
        if batch.record == .null || batch.results.isEmpty || !body.texts.contains("{records}") {
            lint.note(
                "\(owner): http.batch needs record and results, and a body with {records}", key: key,
                hint:
                    "such as body: {people: \"{records}\"}, batch: {size: 50, record: {email: \"{email}\"}, results: /results}"
            )
        }
    }
}
