import EnrichmentAPI
package import Identity
import Input
package import Ledger
import Records

/// A file that says what came of contacts: email or phone, outcome, date.
package struct OutcomeFile {
    /// What a row says.
    package struct Row: Sendable {
        /// Canonical.
        package var email: String?
        package var phone: String?
        package var domain: String?
        package var hasReplied: Bool
        package var at: String
        /// As far as the file itself tells.
        package var segment: Segment
    }

    package private(set) var rows: [Row] = []
    /// Rows that name no contact, or cannot be read.
    package private(set) var withoutContact = 0
    /// Rows whose outcome is no word that is known.
    package private(set) var withoutOutcome = 0

    /// Words for outcomes, without blanks and signs, of contacts who replied and of those who did not.
    package static let words = (replied: replied.sorted(), silent: silent.sorted())

    private static let replied: Set<String> = [
        "replied", "reply", "responded", "response", "answered", "interested", "notinterested", "meeting",
        "meetingbooked",
        "booked", "converted", "won", "connected", "positive", "negative", "positivereply", "negativereply",
    ]
    private static let silent: Set<String> = [
        "bounced", "bounce", "hardbounce", "softbounce", "invalid", "noreply", "noresponse", "noanswer", "none", "sent",
        "delivered", "opened", "clicked", "unsubscribed", "wrongnumber", "wrongperson", "voicemail", "spam", "failed",
    ]

    /// - Parameter region: of phone numbers without a country.
    /// - Throws: ``Diagnostic`` where the file cannot be read or lacks a column.
    package init(_ path: String, region: Region? = Region("US")) throws {
        let export = try Export(path)
        let mapping = HeaderMapping(guessing: export.columns, empty: export.emptyColumns)
        let names = export.columns.map(Self.folded)
        func column(_ wanted: [String]) -> Int? { names.firstIndex { wanted.contains($0) } }
        guard let outcome = column(["outcome", "result", "status", "disposition", "event"]) else {
            throw Diagnostic(
                code: "no_column", "no column says what came of the contacts", file: path,
                hint: "call it outcome; it holds replied, bounced, no_reply …")
        }
        let date = column(["date", "at", "when", "timestamp", "outcomedate", "occurredat"])
        let country = column(["country", "hqcountry", "companycountry"])
        let size = column(["employeecount", "employees", "companysize", "numberofemployees", "headcount"])
        guard mapping[.email] != nil || mapping[.phone] != nil else {
            throw Diagnostic(
                code: "no_hint_column", "no column names the contacts", file: path, hint: "call it email or phone")
        }
        let normalizer = Normalizer(mapping, settings: Normalizer.Settings(region: region, collapsesSubaddress: false))
        let records = try export.records()
        while let batch = try records.next() {
            let people = normalizer.identify(batch)
            withoutContact += batch.rejects.count
            for row in 0..<batch.rowCount {
                let word = Self.folded(batch.text(row, outcome))
                let email = people.text(row, .email), phone = people.text(row, .phone)
                guard !email.isEmpty || !phone.isEmpty else {
                    withoutContact += 1
                    continue
                }
                guard Self.replied.contains(word) || Self.silent.contains(word) else {
                    withoutOutcome += 1
                    continue
                }
                let domain = people.text(row, .companyDomain)
                rows.append(
                    Row(
                        email: email.isEmpty ? nil : email, phone: phone.isEmpty ? nil : phone,
                        domain: domain.isEmpty ? Canonical.companyDomain(ofWorkEmail: email) : domain,
                        hasReplied: Self.replied.contains(word),
                        at: date.map { batch.text(row, $0) } ?? "",
                        segment: Segment(account: [
                            "hq_country": country.map { batch.text(row, $0) } ?? "",
                            "employee_count": size.map { batch.text(row, $0) } ?? "",
                        ])))
            }
        }
        guard rows.isEmpty, withoutContact + withoutOutcome > 0 else { return }
        guard withoutOutcome > 0 else {
            throw Diagnostic(
                code: "no_hint_column", "no row names a contact", file: path, hint: "call the column email or phone")
        }
        throw Diagnostic(
            code: "no_column",
            "no row names a contact and says what came of it: column '\(export.columns[outcome])' holds no word that is known",
            file: path, hint: "such as replied, meeting, bounced, no_reply, unsubscribed; call the right column outcome"
        )
    }

    private static func folded(_ text: String) -> String {
        String(text.lowercased().filter { $0.isLetter || $0.isNumber })
    }
}

extension OutcomeFile {
    /// What it came to when outcomes were taken in.
    package struct Import: Sendable, Equatable {
        package var contacts = 0
        package var new = 0
        package var replies = 0
        /// Contacts that came from no provider that is known.
        package var unknown = 0
    }

    /// Finds who gave each contact, and takes the outcomes in.
    ///
    /// - Parameter waterfall: whose tables of companies tell the segment where the file does not; nil for none.
    package func take(into service: ServiceLedger, from ledger: Ledger, waterfall: Waterfall?) async throws -> Import {
        let contacts = rows.flatMap { [$0.email, $0.phone].compactMap { $0 } }
        var sources = try await service.sources(of: contacts)
        sources.merge(try await ledger.sources(of: contacts)) { $1 }
        let domains = Array(Set(rows.compactMap(\.domain)))
        let companies = await waterfall?.accounts(domains: domains) ?? []
        let segments = Dictionary(
            uniqueKeysWithValues: zip(domains, companies.map { Segment(account: $0.result?.fields) }))
        var result = Import()
        var outcomes: [Outcome] = []
        for row in rows {
            // An outcome is of one contact: the first one that somebody gave.
            let contacts = [row.email, row.phone].compactMap { $0 }
            guard let contact = contacts.first(where: { sources[$0] != nil }), let source = sources[contact] else {
                result.unknown += 1
                continue
            }
            var segment = row.segment
            let known = row.domain.flatMap { segments[$0] } ?? Segment()
            if segment.country.isEmpty { segment.country = known.country }
            if segment.size.isEmpty { segment.size = known.size }
            result.contacts += 1
            result.replies += row.hasReplied ? 1 : 0
            outcomes.append(
                Outcome(
                    contact: contact, provider: source.provider, channel: source.channel, segment: segment,
                    hasReplied: row.hasReplied, at: row.at))
        }
        result.new = try await service.add(outcomes)
        return result
    }
}
