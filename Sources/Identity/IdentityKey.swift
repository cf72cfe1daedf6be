/// What makes two rows the same person.
extension IdentityBatch {
    /// The row's strongest hint, as text that stays the same over files and runs: `email:…`, `linkedin:…` or `name:…`.
    ///
    /// Empty where nothing valid says who the person is; a company domain alone does not. The address of a desk, such as
    /// `info@`, counts only where there is nothing else.
    package func appendKey(_ row: Int, to out: inout [UInt8]) {
        for hint in Hint.own where !isRole(row, hint) {
            if appendAlias(hint, row, to: &out) { return }
        }
        let start = out.count
        appendNameKey(row, to: &out)
        if out.count == start, !appendAlias(.email, row, to: &out) { _ = appendAlias(.personalEmail, row, to: &out) }
    }

    package func key(_ row: Int) -> String {
        var bytes: [UInt8] = []
        appendKey(row, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Every text under which the person of this row can be found again.
    ///
    /// Name and company stand for a person only where there is no email and no profile: two people of one company can
    /// share a name, but not an address. What several people share is no address of theirs, so `info@` stands for
    /// somebody only where nothing else does.
    package func aliases(_ row: Int) -> [String] {
        var aliases = Hint.own.filter { !isRole(row, $0) }.compactMap { alias($0, row) }
        if aliases.isEmpty {
            aliases = (nameAlias(row) ?? alias(.email, row) ?? alias(.personalEmail, row)).map { [$0] } ?? []
        }
        return aliases.count > 1 && aliases.last == aliases.first ? aliases.dropLast() : aliases
    }

    /// The row as the graph looks at it, without a text for each of its hints.
    ///
    /// - Parameters:
    ///   - joinsAll: whether all hints together are one, as where only equal rows are one person.
    ///   - graphRow: becomes it; what it held before is only room.
    package func look(_ row: Int, joinsAll: Bool, into graphRow: inout IdentityGraph.Row) {
        graphRow.aliases.removeAll(keepingCapacity: true)
        if joinsAll {
            let own = aliases(row)
            if !own.isEmpty { graphRow.aliases.append(IdentityGraph.hash("exact:" + own.joined(separator: " "))) }
        } else {
            appendAliasHashes(row, to: &graphRow.aliases)
        }
        let first = self[row, .firstName], last = self[row, .lastName]
        graphRow.name = first.isEmpty || last.isEmpty ? 0 : nameHash(first, last)
        let domain = self[row, .companyDomain]
        graphRow.domain = domain.isEmpty ? 0 : domain.withUnsafeBytes { IdentityGraph.hash($0) }
    }

    private func nameHash(_ first: ArraySlice<UInt8>, _ last: ArraySlice<UInt8>) -> UInt64 {
        var folded: [UInt8] = []
        folded.reserveCapacity(first.count + last.count + 1)
        PersonName.appendFolded(first, to: &folded)
        folded.append(UInt8(ascii: "|"))
        PersonName.appendFolded(last, to: &folded)
        return folded.withUnsafeBytes { IdentityGraph.hash($0) }
    }

    /// ``IdentityGraph/hash(_:)`` of each of ``aliases(_:)``.
    private func appendAliasHashes(_ row: Int, to hashes: inout [UInt64]) {
        var bytes: [UInt8] = []
        for hint in Hint.own where !isRole(row, hint) {
            bytes.removeAll(keepingCapacity: true)
            guard appendAlias(hint, row, to: &bytes) else { continue }
            let hash = bytes.withUnsafeBytes { IdentityGraph.hash($0) }
            if !hashes.contains(hash) { hashes.append(hash) }
        }
        if hashes.isEmpty { hashes += aliases(row).map(IdentityGraph.hash) }
    }

    /// One hint as an alias; nil where the row has none, or one that stands for nobody.
    package func alias(_ hint: Hint, _ row: Int) -> String? {
        var bytes: [UInt8] = []
        return appendAlias(hint, row, to: &bytes) ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// Whether an email is the address of a desk and not of a person.
    package func isRole(_ row: Int, _ hint: Hint) -> Bool {
        switch hint {
        case .email: traits(row).contains(.roleEmail)
        case .personalEmail: traits(row).contains(.rolePersonalEmail)
        default: false
        }
    }

    /// Every text by which a row can stand on a suppression list: each of its hints, also those that stand for several
    /// people, the name with either form of the company, and the company itself.
    package func suppressionKeys(_ row: Int) -> [String] {
        var keys = Hint.own.compactMap { alias($0, row) }
        if !self[row, .phone].isEmpty { keys.append("phone:" + text(row, .phone)) }
        if let name = nameAlias(row) { keys.append(name) }
        if let plain = plainNameAlias(row) { keys.append(plain) }
        let company = CompanyName.compared(text(row, .companyName))
        if !company.isEmpty, !self[row, .firstName].isEmpty, !self[row, .lastName].isEmpty {
            keys.append(
                "name:" + AliasKey.folded(first: text(row, .firstName), last: text(row, .lastName)) + "|=" + company)
        }
        return keys
    }

    /// The company's domain as a key; nil where there is none.
    package func companyKey(_ row: Int) -> String? {
        self[row, .companyDomain].isEmpty ? nil : AliasKey.company(text(row, .companyDomain))
    }

    /// Whether the row's email is at a mail provider for everybody.
    package func hasFreeMail(_ row: Int) -> Bool { traits(row).contains(.freeMail) }

    /// Name and company as an alias, whatever else the row has; nil where one of them is missing.
    package func nameAlias(_ row: Int) -> String? {
        var bytes: [UInt8] = []
        appendNameKey(row, to: &bytes)
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// ``nameAlias(_:)`` as exports write it that know no accents; nil where it is the same, or there is none.
    package func plainNameAlias(_ row: Int) -> String? {
        guard nameAlias(row) != nil else { return nil }
        return AliasKey.plainName(
            first: text(row, .firstName), last: text(row, .lastName), domain: text(row, .companyDomain))
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
