package import EnrichmentAPI
package import Settings

/// The waterfall file: providers, the order in which each channel tries them, and prices.
package struct WaterfallSettings: Sendable {
    package enum Charge: String, Sendable, CaseIterable {
        /// Every provider that was tried on the way to a hit is charged.
        case cumulative
        /// Only the provider that hits is.
        case winner
    }

    package var version = 1
    package var charge = Charge.cumulative
    /// How many times dearer it is to find a person by name and company alone.
    package var discoverFactor = 2
    package var providers: [ProviderSettings] = []
    package var order = OrderSettings()
    package var accounts: [AccountProviderSettings] = []

    package init() {}

    /// - Throws: ``InvalidSettings`` with everything that is wrong, or ``Diagnostic`` where the file cannot be read.
    package static func read(_ path: String, environment: [String: String]) throws -> WaterfallSettings {
        var settings = WaterfallSettings()
        try SettingsFile.read(path, into: &settings, by: table, environment: environment)
        try settings.check(file: path)
        return settings
    }

    private func check(file: String) throws {
        var lint = Lint(file: file)
        let names = providers.map(\.name)
        for name in Set(names).sorted() where names.count(where: { $0 == name }) > 1 || name.isEmpty {
            lint.note(name.isEmpty ? "a provider has no name" : "two providers are called '\(name)'")
        }
        for channel in Channel.allCases {
            for name in order[channel] where !names.contains(name) {
                lint.note(
                    "order.\(channel.rawValue) names a provider '\(name)' that is not described",
                    hint: Spelling.nearest(to: name, among: names).map { "did you mean '\($0)'?" })
            }
        }
        guard lint.found.isEmpty else { throw InvalidSettings(lint.found) }
    }

    package static var table: SettingsTable<WaterfallSettings> {
        SettingsTable([
            .number("version", \.version, 1...1, "Version of this format."),
            .choice("charge", \.charge, "Who is charged where a later provider hits."),
            .number(
                "discover_factor", \.discoverFactor, 1...100, "How many times dearer a find by name and company is."),
            .sections("providers", \.providers, "Tables of people.", start: ProviderSettings.init) {
                ProviderSettings.table
            },
            .section("order", \.order, "Which providers a channel tries, first to last.") { OrderSettings.table },
            .sections("accounts", \.accounts, "Tables of companies.", start: AccountProviderSettings.init) {
                AccountProviderSettings.table
            },
        ])
    }
}

/// Per channel, the names of providers in the order in which they are tried.
package struct OrderSettings: Sendable {
    package var workEmail: [String] = []
    package var personalEmail: [String] = []
    package var phone: [String] = []
    package var linkedinURL: [String] = []

    package subscript(channel: Channel) -> [String] {
        switch channel {
        case .workEmail: workEmail
        case .personalEmail: personalEmail
        case .phone: phone
        case .linkedinURL: linkedinURL
        }
    }

    static var table: SettingsTable<OrderSettings> {
        SettingsTable([
            .texts("work_email", \.workEmail, "For work emails."),
            .texts("personal_email", \.personalEmail, "For personal emails."),
            .texts("phone", \.phone, "For phone numbers."),
            .texts("linkedin_url", \.linkedinURL, "For LinkedIn profiles."),
        ])
    }
}

/// A table of people: a file of the user's own, found by email, LinkedIn URL, or name and company domain.
package struct ProviderSettings: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case table
    }

    package var name = ""
    package var kind = Kind.table
    package var path = ""
    /// Column of each channel that the table can give.
    package var channels = ChannelColumns()
    package var prices = Prices()
    /// 0–1, for every row; a column instead where ``confidenceColumn`` is set.
    package var confidence = 1.0
    package var confidenceColumn = ""
    /// Column with the time at which a row was last confirmed; the file's own time where there is none.
    package var updatedAtColumn = ""

    static var table: SettingsTable<ProviderSettings> {
        SettingsTable([
            .text("name", \.name, "Its name; the source of its values."),
            .choice("kind", \.kind, "What it is."),
            .text("path", \.path, "A CSV or JSONL file; its columns are mapped to hints by their names."),
            .section("channels", \.channels, "Which column holds which channel.") { ChannelColumns.table },
            .section("prices", \.prices, "Credits for a try, per channel.") { Prices.table },
            .value("confidence", \.confidence, takes: "a number from 0 to 1", "How sure its values are.") { value in
                value.text.flatMap(Double.init).flatMap { (0...1).contains($0) ? $0 : nil }
            },
            .text("confidence_column", \.confidenceColumn, "A column with the confidence of each row."),
            .text("updated_at_column", \.updatedAtColumn, "A column with the time of each row."),
        ])
    }
}

/// A table of companies, found by domain.
package struct AccountProviderSettings: Sendable {
    package var name = ""
    package var kind = ProviderSettings.Kind.table
    package var path = ""
    package var price = Credits.zero

    static var table: SettingsTable<AccountProviderSettings> {
        SettingsTable([
            .text("name", \.name, "Its name."),
            .choice("kind", \.kind, "What it is."),
            .text("path", \.path, "A CSV or JSONL file with a domain column and columns named as the account fields."),
            .value("price", \.price, takes: "a number of credits", "Credits for a company that is found.") {
                $0.credits
            },
        ])
    }
}

package struct ChannelColumns: Sendable {
    var workEmail = ""
    var personalEmail = ""
    var phone = ""
    var linkedinURL = ""

    subscript(channel: Channel) -> String {
        switch channel {
        case .workEmail: workEmail
        case .personalEmail: personalEmail
        case .phone: phone
        case .linkedinURL: linkedinURL
        }
    }

    static var table: SettingsTable<ChannelColumns> {
        SettingsTable([
            .text("work_email", \.workEmail, "Column with the work email."),
            .text("personal_email", \.personalEmail, "Column with the personal email."),
            .text("phone", \.phone, "Column with the phone number."),
            .text("linkedin_url", \.linkedinURL, "Column with the LinkedIn profile."),
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

extension SettingsValue {
    package var credits: Credits? { text.flatMap(Double.init).flatMap { Credits($0) } }
}
