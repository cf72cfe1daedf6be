import Connect
package import EnrichmentAPI
package import Records
package import Settings

/// The waterfall file: providers, the order in which each channel tries them, and prices.
package struct WaterfallSettings: Sendable {
    package enum Charge: String, Sendable, CaseIterable {
        /// Every provider that was tried on the way to a hit is charged.
        case cumulative
        /// Only the provider that hits is.
        case winner
    }

    /// How the providers of a channel are put in order.
    package enum Rank: String, Sendable, CaseIterable {
        /// As `order` says.
        case fixed
        /// By expected replies per contact, out of the outcomes that were imported.
        case replyRate = "reply_rate"
        /// By expected replies per credit.
        case repliesPerCredit = "replies_per_credit"
    }

    package var version = 1
    package var charge = Charge.cumulative
    /// How many times dearer it is to find a person by name and company alone.
    package var discoverFactor = 2.0
    package var providers: [ProviderSettings] = []
    package var order = OrderSettings()
    package var rank = Rank.fixed
    /// The share of people for whom the order is drawn by chance, in proportion to how good each may be; 0–1.
    ///
    /// Without it a provider behind a good one would never be tried, and never show what it is worth.
    package var explore = 0.05
    package var accounts: [AccountProviderSettings] = []

    package init() {}

    /// - Parameter checks: what else to look at.
    /// - Throws: ``InvalidSettings`` with everything that is wrong, or ``Diagnostic`` where the file cannot be read.
    package static func read(
        _ path: String, environment: [String: String], checks: Checks = Checks(),
        noting: (Diagnostic) -> Void = { _ in }
    ) throws -> WaterfallSettings {
        var settings = WaterfallSettings()
        do {
            try SettingsFile.read(
                path, into: &settings, by: table, environment: environment,
                rules: { settings, lint in
                    settings.check(&lint)
                    settings.check(checks, &lint)
                }, noting: noting)
        } catch let error as Diagnostic where error.code == "no_settings" {
            throw Diagnostic(
                code: error.code, "the waterfall file cannot be read", file: path,
                hint: "enrich.waterfall, --waterfall or the service's settings name it, relative to the current folder")
        }
        return settings
    }

    private func check(_ lint: inout Lint) {
        guard !lint.isWrong("providers"), !lint.isWrong("accounts") else { return }
        let names = providers.map(\.name)
        for (number, provider) in providers.enumerated() { provider.check(&lint, key: "providers.\(number)") }
        for (number, account) in accounts.enumerated() { account.check(&lint, key: "accounts.\(number)") }
        for (number, name) in names.enumerated() where names[..<number].contains(name) || name.isEmpty {
            lint.note(
                name.isEmpty ? "a provider has no name" : "two providers are called '\(name)'",
                key: "providers.\(number).name")
        }
        for name in names where !Channel.allCases.contains(where: { order[$0].contains(name) }) && !name.isEmpty {
            lint.warn(
                "no channel tries '\(name)'", key: "order", hint: "name it in order, or take it away")
        }
        for channel in Channel.allCases {
            for name in order[channel] where !names.contains(name) {
                lint.note(
                    "order.\(channel.rawValue) names a provider '\(name)' that is not described",
                    key: "order.\(channel.rawValue)",
                    hint: Spelling.nearest(to: name, among: names).map { "did you mean '\($0)'?" })
            }
            if Set(order[channel]).count < order[channel].count {
                lint.note(
                    "order.\(channel.rawValue) names a provider twice", key: "order.\(channel.rawValue)")
            }
            for provider in providers
            where order[channel].contains(provider.name) && !provider.given.contains(channel) {
                lint.note(
                    "order.\(channel.rawValue) names '\(provider.name)', which does not say where it has that channel",
                    key: "order.\(channel.rawValue)",
                    hint: "name a column or a JSON pointer in its channels")
            }
        }
    }

    /// What a find costs by a call.
    func price(_ credits: Credits, _ endpoint: Endpoint) -> Credits {
        guard endpoint == .discover else { return credits }
        return Credits(thousandths: Int((Double(credits.thousandths) * discoverFactor).rounded()))
    }

    /// All keys.
    package static var described: [SettingsDescription] { table.described(WaterfallSettings()) }

    package static var table: SettingsTable<WaterfallSettings> {
        SettingsTable([
            .number("version", \.version, 1...1, "Version of this format."),
            .choice("charge", \.charge, "Who is charged where a later provider hits."),
            .decimal(
                "discover_factor", \.discoverFactor, 1...100, "How many times dearer a find by name and company is."),
            .sections("providers", \.providers, "Who knows people.", start: ProviderSettings.init) {
                ProviderSettings.table
            },
            .section("order", \.order, "Which providers a channel tries, first to last.") { OrderSettings.table },
            .choice("rank", \.rank, "fixed keeps the order; the others learn it from what came of earlier contacts."),
            .decimal("explore", \.explore, 0...1, "For which share of people others are tried."),
            .sections("accounts", \.accounts, "Who knows companies.", start: AccountProviderSettings.init) {
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

    package init() {}

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
