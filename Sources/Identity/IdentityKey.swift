/// What makes two rows the same person.
extension IdentityBatch {
    /// The row's strongest hint, as text that stays the same over files and runs: `email:…`, `linkedin:…` or `name:…`.
    ///
    /// Empty where nothing valid says who the person is; a company domain alone does not.
    package func appendKey(_ row: Int, to out: inout [UInt8]) {
        if appendAlias(.email, row, to: &out) || appendAlias(.linkedinURL, row, to: &out) { return }
        if appendAlias(.personalEmail, row, to: &out) { return }
        appendNameKey(row, to: &out)
    }

    package func key(_ row: Int) -> String {
        var bytes: [UInt8] = []
        appendKey(row, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Every text under which the person of this row can be found again.
    ///
    /// Name and company stand for a person only where there is no email and no profile: two people of one company can
    /// share a name, but not an address.
    package func aliases(_ row: Int) -> [String] {
        var aliases: [String] = []
        for hint in [Hint.email, .linkedinURL, .personalEmail] {
            var bytes: [UInt8] = []
            if appendAlias(hint, row, to: &bytes) { aliases.append(String(decoding: bytes, as: UTF8.self)) }
        }
        if aliases.isEmpty {
            var bytes: [UInt8] = []
            appendNameKey(row, to: &bytes)
            if !bytes.isEmpty { aliases.append(String(decoding: bytes, as: UTF8.self)) }
        }
        return aliases.count > 1 && aliases.last == aliases.first ? aliases.dropLast() : aliases
    }

    /// Whether the row's email is at a mail provider for everybody.
    package func hasFreeMail(_ row: Int) -> Bool {
        let email = self[row, .email]
        guard let at = email.lastIndex(of: UInt8(ascii: "@")) else { return false }
        return FreeMailDomains.contains(email[(at + 1)...])
    }

    /// Name and company as an alias, whatever else the row has; nil where one of them is missing.
    package func nameAlias(_ row: Int) -> String? {
        var bytes: [UInt8] = []
        appendNameKey(row, to: &bytes)
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    private func appendAlias(_ hint: Hint, _ row: Int, to out: inout [UInt8]) -> Bool {
        let value = self[row, hint]
        guard !value.isEmpty else { return false }
        if hint == .linkedinURL {
            out.append(contentsOf: Self.linkedin)
            out.append(contentsOf: value.dropFirst(LinkedInProfile.prefix.count))
        } else {
            out.append(contentsOf: Self.email)
            out.append(contentsOf: value)
        }
        return true
    }

    private func appendNameKey(_ row: Int, to out: inout [UInt8]) {
        let first = self[row, .firstName], last = self[row, .lastName], domain = self[row, .companyDomain]
        guard !first.isEmpty, !last.isEmpty, !domain.isEmpty else { return }
        out.append(contentsOf: Self.name)
        PersonName.appendFolded(first, to: &out)
        out.append(UInt8(ascii: "|"))
        PersonName.appendFolded(last, to: &out)
        out.append(UInt8(ascii: "|"))
        out.append(contentsOf: domain)
    }

    private static let email = Array("email:".utf8)
    private static let linkedin = Array("linkedin:".utf8)
    private static let name = Array("name:".utf8)
}
