import Connect
package import EnrichmentAPI
import Settings

/// What a service charges at most for a find of each channel: what budgets reserve before the answer says what it was.
///
/// The defaults are the dearest that ENRICHMENT-API.md names ("orders of size"); a workspace has prices of its own.
package struct PriceList: Sendable, Equatable {
    package var workEmail = Credits(thousandths: 3000)
    package var personalEmail = Credits(thousandths: 3000)
    package var phone = Credits(thousandths: 5000)
    package var linkedinURL = Credits(thousandths: 3000)
    /// For a company.
    package var account = Credits(thousandths: 1000)
    /// How many times dearer a find by name and company is.
    package var discoverFactor = 2.0

    package func worst(_ channels: ChannelSet, endpoint: Endpoint) -> Credits {
        guard endpoint != .account else { return account }
        let sum = channels.reduce(Credits.zero) { $0 + price($1) }
        guard endpoint == .discover else { return sum }
        return Credits(thousandths: Int((Double(sum.thousandths) * discoverFactor).rounded(.up)))
    }

    /// In credits.
    var byName: [String: Double] {
        var prices = Channel.allCases.reduce(into: [:]) { $0[$1.rawValue] = Double(price($1).thousandths) / 1000 }
        prices["account"] = Double(account.thousandths) / 1000
        prices["discover_factor"] = discoverFactor
        return prices
    }

    private func price(_ channel: Channel) -> Credits {
        switch channel {
        case .workEmail: workEmail
        case .personalEmail: personalEmail
        case .phone: phone
        case .linkedinURL: linkedinURL
        }
    }

    static var table: SettingsTable<PriceList> {
        SettingsTable([
            price("work_email", \.workEmail), price("personal_email", \.personalEmail), price("phone", \.phone),
            price("linkedin_url", \.linkedinURL), price("account", \.account),
            .decimal(
                "discover_factor", \.discoverFactor, 1...1000, "How many times dearer a find by name and company is."),
        ])
    }

    private static func price(_ name: String, _ field: WritableKeyPath<PriceList, Credits>) -> SettingsField<PriceList>
    {
        .value(name, field, takes: "a number of credits", "What a find costs at most.") { $0.credits }
    }
}
