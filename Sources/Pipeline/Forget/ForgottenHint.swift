import EnrichmentAPI
import Identity

/// A hint of somebody who is to be forgotten, as a person writes it.
///
/// Pure.
package struct ForgottenHint: Sendable, Equatable {
    /// As in the ledger and on suppression lists.
    let aliases: [String]
    let emails: [String]
    /// Emails and phone numbers that may have been written or called.
    let contacts: [String]
    /// What stands in answers.
    let texts: [String]
    /// The folded name and the company's domain, where that is the hint.
    private(set) var names: [Name] = []

    struct Name: Sendable, Equatable {
        var name: String
        var domain: String
    }

    /// An email, a LinkedIn profile, a phone number in international form, or `First Last, company.example`; nil for
    /// anything else.
    package init?(_ text: String) {
        if let email = Canonical.email(text) {
            // With and without what collapses, whichever way the pipelines are set.
            let plain = Canonical.email(text, collapsesSubaddress: true) ?? email
            let emails = Array(Set([email, plain])).sorted()
            self.init(aliases: emails.map(AliasKey.email), emails: emails, contacts: emails, texts: emails)
        } else if let url = Canonical.linkedinURL(text) {
            let slug = url.split(separator: "/").last.map(String.init) ?? ""
            self.init(aliases: [AliasKey.linkedin(url)], emails: [], contacts: [], texts: ["/in/" + slug + "\""])
        } else if let phone = Canonical.phone(text) {
            self.init(aliases: ["phone:" + phone], emails: [], contacts: [phone], texts: [phone])
        } else {
            let parts = text.split(separator: ",", maxSplits: 1).map { String($0) }
            guard parts.count == 2, let domain = Canonical.companyDomain(parts[1].trimmedBlanks) else { return nil }
            let name = Canonical.name(parts[0].trimmedBlanks)
            guard !name.given.isEmpty, !name.family.isEmpty else { return nil }
            self.init(
                aliases: [AliasKey.name(first: name.given, last: name.family, domain: domain)], emails: [],
                contacts: [], texts: [])
            names = [Name(name: AliasKey.folded(first: name.given, last: name.family), domain: domain)]
        }
    }

    private init(aliases: [String], emails: [String], contacts: [String], texts: [String]) {
        (self.aliases, self.emails, self.contacts, self.texts) = (aliases, emails, contacts, texts)
    }

    /// A value that was found for them.
    init?(found value: String, _ channel: Channel) {
        switch channel {
        case .workEmail, .personalEmail, .linkedinURL: self.init(value)
        case .phone: self.init(aliases: ["phone:" + value], emails: [], contacts: [value], texts: [value])
        }
    }
}

extension String {
    fileprivate var trimmedBlanks: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
