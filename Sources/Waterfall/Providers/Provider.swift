package import EnrichmentAPI
import Identity
import Ledger
import Records

/// Somebody who may know how to reach a person.
protocol Provider: Sendable {
    var name: String { get }
    /// Channels that it can give.
    var channels: ChannelSet { get }
    /// People that somebody outside is asked for at once; nil where it answers out of the process's own data.
    var askedAtOnce: Int? { get }

    /// What it knows of each person, in order; whatever goes wrong is a finding as well.
    ///
    /// - Parameter channels: those that are wanted.
    func find(_ queries: [PersonQuery], channels: ChannelSet) async -> [Finding]
}

/// Whom a provider is asked for.
package struct PersonQuery: Sendable {
    let hints: PersonHints
    /// The hints as aliases, the surest first.
    package let aliases: [String]

    /// What stands for the person in every request for them; where nothing says who it is, all that is known of them.
    package var name: String {
        aliases.first
            ?? "hints:"
            + [hints.email, hints.linkedinURL, hints.companyDomain, hints.firstName, hints.lastName]
            .map { $0 ?? "" }.joined(separator: "|")
    }

    /// An id that stays the same for the same person.
    package var recordID: String {
        let digits = String(name.stableHash, radix: 16)
        return "emb_" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// - Parameters:
    ///   - hints: canonical.
    ///   - endpoint: `discover` finds by name and company alone.
    package init(_ hints: PersonHints, endpoint: Endpoint) {
        self.hints = hints
        var aliases: [String] = []
        // The address of a desk stands for somebody only where nothing else does.
        let isDesk = hints.email.map { RoleAddresses.contains(Array($0.utf8)[...]) } ?? false
        if endpoint != .discover {
            let email = isDesk ? nil : hints.email
            aliases = [email.map(AliasKey.email), hints.linkedinURL.map(AliasKey.linkedin)].compactMap { $0 }
        }
        if let first = hints.firstName, let last = hints.lastName, let domain = hints.companyDomain {
            aliases.append(AliasKey.name(first: first, last: last, domain: domain))
            if let plain = AliasKey.plainName(first: first, last: last, domain: domain) { aliases.append(plain) }
        }
        if aliases.isEmpty, endpoint != .discover, let email = hints.email { aliases = [AliasKey.email(email)] }
        self.aliases = aliases
    }
}

/// What a provider knows of a person.
enum Finding: Sendable {
    /// Values in canonical form; indirect, since most people are not known to most providers.
    indirect case person(Profile)
    case nothing
    /// It cannot be asked with these hints, so it was not.
    case notAsked
    /// It could not be asked, or its answer could not be read; a miss for this person.
    case failed(ProviderFailure.Why)

    struct Profile: Sendable {
        var values: ChannelMap<String>
        /// 0–1.
        var confidence: Double
        /// ISO 8601, or whatever the provider writes.
        var updatedAt: String
    }
}

extension Canonical {
    /// A provider's value in the form in which it is compared and handed out; nil where it is not valid.
    ///
    /// - Parameter region: of phone numbers that are written without their country.
    static func value(_ text: String, _ channel: Channel, region: Region?) -> String? {
        guard !text.isEmpty else { return nil }
        return switch channel {
        case .workEmail, .personalEmail: email(text)
        case .phone: phone(text, region: region)
        case .linkedinURL: linkedinURL(text)
        }
    }
}
