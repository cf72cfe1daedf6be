import Connect
package import EnrichmentAPI
package import Identity
import Settings

/// Somebody who knows people: a table of the user's own, a vendor's API, or the way in which a company makes addresses.
package struct ProviderSettings: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case table, http, pattern
    }

    package var name = ""
    package var kind = Kind.table
    /// Of a table: CSV, JSONL, any other export, or SQLite.
    package var path = ""
    /// Of a SQLite file with several tables.
    package var table = ""
    package var http = HTTPProviderSettings()
    /// Of a table: which columns hold which hint, where their names do not tell; a person is found by each of them.
    package var columns: [Field: [String]] = [:]
    /// Where each channel that it can give stands: a column, or a JSON pointer into an answer.
    package var channels = ChannelPlaces()
    package var prices = Prices()
    /// 0–1, where the table or the answer does not say.
    package var confidence = 1.0
    package var confidenceColumn = ""
    /// What that column calls certain; nil: 1, and a number above it is a percentage.
    package var confidenceScale: Double?
    /// Of phone numbers that are written without their country.
    package var region: Region? = Region("US")
    /// Column with the time at which a row was last confirmed; the file's own time where there is none.
    package var updatedAtColumn = ""

    package init() {}

    static var table: SettingsTable<ProviderSettings> {
        SettingsTable([
            .text("name", \.name, "Its name; the source of its values."),
            .choice("kind", \.kind, "What it is."),
            .text(
                "path", \.path, "A table's file: CSV, JSONL, XLSX or SQLite; its columns are mapped to hints by name."),
            .text("table", \.table, "Which table or view of a SQLite file."),
            .value(
                "columns", \.columns, takes: "field: column or list of columns",
                "Which columns of a table hold which hint, where their names do not tell."
            ) { $0.columnsByField },
            .section("http", \.http, "How a vendor's API is asked.") { HTTPProviderSettings.settingsTable },
            .section("channels", \.channels, "Where each channel stands: a column, or a JSON pointer into the answer.")
            {
                ChannelPlaces.table
            },
            .section("prices", \.prices, "Credits for a try, per channel.") { Prices.table },
            .decimal("confidence", \.confidence, 0...1, "How sure its values are, where nothing says so."),
            .value(
                "region", \.region, takes: "a country such as US or DE", "Of phone numbers without a country.",
                initial: { $0?.code }
            ) { value in
                value.text.flatMap { Region($0) }.map { Optional($0) }
            },
            .text("confidence_column", \.confidenceColumn, "A column with the confidence of each row."),
            .value(
                "confidence_scale", \.confidenceScale, takes: "a number from 1 to 1000",
                "What that column calls certain: 1 or 100; where nothing is said, a number above 1 is a percentage."
            ) { value in
                value.text.flatMap(Double.init).flatMap { (1...1000).contains($0) ? Optional($0) : nil }
            },
            .text("updated_at_column", \.updatedAtColumn, "A column with the time of each row."),
        ])
    }

    /// What does not fit together.
    func check(_ lint: inout Lint, key: String) {
        switch kind {
        case .table:
            if path.isEmpty { lint.note("provider '\(name)' is a table and has no path", key: key) }
            if lint.has(key + ".http") {
                lint.warn("provider '\(name)' is a table, and http says nothing of it", key: key + ".http")
            }
        case .http:
            http.check("provider '\(name)'", &lint, key: key + ".http")
            for channel in Channel.allCases where !channels[channel].isEmpty && !channels[channel].hasPrefix("/") {
                lint.note(
                    "provider '\(name)': channels.\(channel.rawValue) is no JSON pointer",
                    key: "\(key).channels.\(channel.rawValue)", hint: "such as /data/\(channel.rawValue)")
            }
        case .pattern: break
        }
    }

    /// Channels that it can give.
    package var given: ChannelSet {
        kind == .pattern ? [.workEmail] : ChannelSet(Channel.allCases.filter { !channels[$0].isEmpty })
    }
}

extension SettingsValue {
    /// Columns by the field that they hold; nil where a key is no field or a value no column.
    var columnsByField: [Field: [String]]? {
        members.flatMap { members in
            let pairs = members.compactMap { key, value -> (Field, [String])? in
                let names = value.entries.map { $0.compactMap(\.text) } ?? value.text.map { [$0] } ?? []
                let count = value.entries?.count ?? 1
                guard let field = Field(rawValue: key.text), !names.isEmpty, names.count == count else { return nil }
                return (field, names)
            }
            return pairs.count == members.count ? Dictionary(pairs, uniquingKeysWith: { $1 }) : nil
        }
    }
}

/// Where each channel of a provider stands.
package struct ChannelPlaces: Sendable {
    var workEmail = ""
    var personalEmail = ""
    var phone = ""
    var linkedinURL = ""

    package subscript(channel: Channel) -> String {
        switch channel {
        case .workEmail: workEmail
        case .personalEmail: personalEmail
        case .phone: phone
        case .linkedinURL: linkedinURL
        }
    }

    static var table: SettingsTable<ChannelPlaces> {
        SettingsTable([
            .text("work_email", \.workEmail, "The work email."),
            .text("personal_email", \.personalEmail, "The personal email."),
            .text("phone", \.phone, "The phone number."),
            .text("linkedin_url", \.linkedinURL, "The LinkedIn profile."),
        ])
    }
}

/// Credits for each channel.
package struct Prices: Sendable, Equatable {
    var workEmail = Credits.zero
    var personalEmail = Credits.zero
    var phone = Credits.zero
    var linkedinURL = Credits.zero

    package subscript(channel: Channel) -> Credits {
        switch channel {
        case .workEmail: workEmail
        case .personalEmail: personalEmail
        case .phone: phone
        case .linkedinURL: linkedinURL
        }
    }

    static var table: SettingsTable<Prices> {
        func price(_ channel: Channel, _ place: WritableKeyPath<Prices, Credits>) -> SettingsField<Prices> {
            .value(channel.rawValue, place, takes: "a number of credits", "Credits for a try.") { $0.credits }
        }
        return SettingsTable([
            price(.workEmail, \.workEmail), price(.personalEmail, \.personalEmail), price(.phone, \.phone),
            price(.linkedinURL, \.linkedinURL),
        ])
    }
}
