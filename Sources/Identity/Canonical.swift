/// Canonical forms of single values, for whoever has no batch: providers' answers, suppression lists, settings.
package enum Canonical {
    package static func email(_ text: String, collapsesSubaddress: Bool = false) -> String? {
        form(text) { EmailAddress.append($0, collapsesSubaddress: collapsesSubaddress, to: &$1) }
    }

    package static func linkedinURL(_ text: String) -> String? { form(text) { LinkedInProfile.append($0, to: &$1) } }

    package static func phone(_ text: String, region: Region? = nil) -> String? {
        form(text) { PhoneNumber.append($0, region: region, to: &$1) }
    }

    package static func companyDomain(_ text: String) -> String? { form(text) { CompanyDomain.append($0, to: &$1) } }

    /// The domain of a company by a work email; nil for an address at a mail provider for everybody.
    package static func companyDomain(ofWorkEmail email: String) -> String? {
        email.lastIndex(of: "@").flatMap { companyDomain(String(email[email.index(after: $0)...])) }
    }

    /// The name of a company for comparing: without its legal form.
    package static func comparedCompany(_ name: String) -> String { CompanyName.compared(name) }

    /// Given and family name out of one column.
    package static func name(_ full: String) -> (given: String, family: String) {
        let name = PersonName(full: full)
        return (name.given, name.family)
    }

    /// Given and family name out of two columns.
    package static func name(given: String, family: String) -> (given: String, family: String) {
        let name = PersonName(given: given, family: family)
        return (name.given, name.family)
    }

    /// What every canonical profile begins with.
    package static var profilePrefix: [UInt8] { LinkedInProfile.prefix }

    private static func form(_ text: String, _ append: (ArraySlice<UInt8>, inout [UInt8]) -> HintProblem?) -> String? {
        var out: [UInt8] = []
        return append(Array(text.utf8)[...], &out) == nil ? String(decoding: out, as: UTF8.self) : nil
    }
}

/// The texts under which a person or a company can be found again.
package enum AliasKey {
    /// - Parameter email: canonical.
    package static func email(_ email: String) -> String { "email:" + email }

    /// - Parameter url: canonical, so it begins with `https://www.linkedin.com/in/`.
    package static func linkedin(_ url: String) -> String { "linkedin:" + url.dropFirst(LinkedInProfile.prefix.count) }

    /// - Parameter domain: canonical.
    package static func company(_ domain: String) -> String { "company:" + domain }

    package static func name(first: String, last: String, domain: String) -> String {
        "name:" + folded(first: first, last: last) + "|" + domain
    }

    /// The name as exports write it that know no accents; nil where it is the same.
    package static func plainName(first: String, last: String, domain: String) -> String? {
        if PlainLetters.areIn(first), PlainLetters.areIn(last) { return nil }
        let plain = name(first: PlainLetters.of(first), last: PlainLetters.of(last), domain: domain)
        return plain == name(first: first, last: last, domain: domain) ? nil : plain
    }

    /// First and last name for comparing.
    package static func folded(first: String, last: String) -> String {
        var out: [UInt8] = []
        PersonName.appendFolded(Array(first.utf8)[...], to: &out)
        out.append(UInt8(ascii: "|"))
        PersonName.appendFolded(Array(last.utf8)[...], to: &out)
        return String(decoding: out, as: UTF8.self)
    }
}
