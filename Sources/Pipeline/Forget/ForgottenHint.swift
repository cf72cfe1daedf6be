import EnrichmentAPI
import Identity
import Ledger

/// A hint of somebody who is to be forgotten, as a person writes it.
///
/// Pure.
package struct ForgottenHint: Sendable, Equatable {
    private(set) var forgettable: Forgettable

    /// An email, a LinkedIn profile, a phone number in international form, or `First Last, company.example`; nil for
    /// anything else.
    package init?(_ text: String) {
        var people = Forgettable()
        if let email = Canonical.email(text) {
            // With and without what collapses, whichever way the pipelines are set.
            let emails = [email, Canonical.email(text, collapsesSubaddress: true) ?? email]
            people.aliases = Set(emails.map(AliasKey.email))
            people.values = Set(emails)
        } else if let url = Canonical.linkedinURL(text) {
            people.aliases = [AliasKey.linkedin(url)]
            people.values = [url]
        } else if let phone = Canonical.phone(text) {
            people.aliases = ["phone:" + phone]
            people.values = [phone]
        } else {
            let parts = text.split(separator: ",", maxSplits: 1).map { String($0) }
            guard parts.count == 2, let domain = Canonical.companyDomain(parts[1].trimmedBlanks) else { return nil }
            let name = Canonical.name(parts[0].trimmedBlanks)
            guard !name.given.isEmpty, !name.family.isEmpty else { return nil }
            people.aliases = [AliasKey.name(first: name.given, last: name.family, domain: domain)]
            if let plain = AliasKey.plainName(first: name.given, last: name.family, domain: domain) {
                people.aliases.insert(plain)
            }
            people.names = [
                Forgettable.Name(name: AliasKey.folded(first: name.given, last: name.family), domain: domain)
            ]
        }
        forgettable = people
    }

    /// A value that was found for them.
    init?(found value: String, _ channel: Channel) {
        self.init(value)
        // A line may be that of others as well, who are not to be passed over for it.
        if channel == .phone { forgettable.aliases = [] }
    }
}

extension String {
    fileprivate var trimmedBlanks: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
