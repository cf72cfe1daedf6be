import EnrichmentAPI
import Identity
import Input
import Ledger
import Records

/// People and companies that are never sent anywhere (contract, section 3, `identity.suppress`).
///
/// A list is any file with a column that says who somebody is. A row of it that names a person stands for that person, by
/// each of its hints; a row with nothing but a company's domain stands for everybody there.
struct SuppressionList: Sendable {
    private var keys: Set<UInt64> = []
    /// The people of the list as questions to the ledger, where earlier runs may know them by other hints.
    private(set) var lookups: [Lookup] = []

    private var collapsesSubaddress = true
    /// Those who were forgotten for good; nil where there is no ledger.
    private let forgotten: ForgottenPeople?

    var isEmpty: Bool { keys.isEmpty && forgotten == nil }

    /// - Parameters:
    ///   - forgotten: whom the ledger holds to be left alone.
    ///   - noting: takes how many lines name nobody; no row can be meant by them, but a person may think so.
    /// - Throws: ``Diagnostic`` where a list cannot be read: a person relies on it.
    init(
        _ settings: PipelineSettings, forgotten: ForgottenPeople? = nil, noting: (Diagnostic) -> Void
    ) throws {
        self.forgotten = forgotten.flatMap { $0.isEmpty ? nil : $0 }
        let paths = settings.identity.suppress
        guard !paths.isEmpty else { return }
        collapsesSubaddress = settings.identity.collapsesSubaddress
        let normalizing = Normalizer.Settings(
            region: settings.input.region, collapsesSubaddress: settings.identity.collapsesSubaddress)
        for export in try ExportStream.open(paths, settings: ExportSettings()) {
            let mapping = HeaderMapping(guessing: export.columns)
            let isMapped = !Field.hints.union([.phone]).isDisjoint(with: Field.allCases.filter { mapping[$0] != nil })
            guard isMapped || export.columns.count == 1 else {
                throw Diagnostic(
                    code: "no_hint_column", "no column of this suppression list says who somebody is",
                    file: export.name,
                    hint: "call one email, linkedin_url, phone, company_domain or first_name and last_name")
            }
            // The first line of a bare list may have been taken for a name, as a domain looks like one.
            if !isMapped, let first = export.columns.first { _ = add(cell: first, settings) }
            let normalizer = Normalizer(mapping, settings: normalizing)
            let records = try export.records()
            var nameless = 0, firstLine = 0
            while let batch = try records.next() {
                if let reject = batch.rejects.first {
                    throw Diagnostic(
                        code: "unreadable_list", "a record of this suppression list cannot be read (\(reject.reason))",
                        file: export.name, line: reject.line,
                        hint: "mend it; nobody is asked for until all of it can be read")
                }
                let found = isMapped ? add(normalizer.identify(batch)) : addCells(of: batch, settings)
                for row in found.indices where !found[row] {
                    if nameless == 0 { firstLine = batch.positions[row].line }
                    nameless += 1
                }
            }
            guard nameless > 0 else { continue }
            noting(
                Diagnostic(
                    .warning, code: "unknown_in_list",
                    "lines of this suppression list name nobody that can be recognised (\(nameless) in all, the first one here)",
                    file: export.name, line: firstLine, hint: "mend them, or take them out"))
        }
    }

    /// - Returns: for each row, whether it stands for somebody; a row without any value stands for nobody, which is fine.
    private mutating func add(_ people: IdentityBatch) -> [Bool] {
        (0..<people.rowCount).map { row in
            let own = people.suppressionKeys(row)
            let all = own.isEmpty ? [people.companyKey(row)].compactMap { $0 } : own
            keys.formUnion(all.map(IdentityGraph.hash))
            let aliases = people.aliases(row)
            if !aliases.isEmpty { lookups.append(Lookup(aliases: aliases)) }
            return !all.isEmpty || !people.hasProblem(row)
        }
    }

    /// A bare list, with one address, profile, domain or number a line, and no column names.
    private mutating func addCells(of batch: RecordBatch, _ settings: PipelineSettings) -> [Bool] {
        (0..<batch.rowCount).map { row in
            let text = batch.text(row, 0)
            return add(cell: text, settings) || text.allSatisfy(\.isWhitespace)
        }
    }

    /// - Returns: whether the cell stands for somebody.
    private mutating func add(cell text: String, _ settings: PipelineSettings) -> Bool {
        let bare = text.drop { "*@ ".contains($0) }
        if let email = Canonical.email(text, collapsesSubaddress: settings.identity.collapsesSubaddress) {
            take(AliasKey.email(email))
        } else if let url = Canonical.linkedinURL(text) {
            take(AliasKey.linkedin(url))
        } else if let domain = Canonical.companyDomain(String(bare)) {
            keys.insert(IdentityGraph.hash(AliasKey.company(domain)))
        } else if let phone = Canonical.phone(text, region: settings.input.region) {
            keys.insert(IdentityGraph.hash("phone:" + phone))
        } else {
            return false
        }
        return true
    }

    private mutating func take(_ alias: String) {
        keys.insert(IdentityGraph.hash(alias))
        lookups.append(Lookup(aliases: [alias]))
    }

    /// Whether a value that was found is on the list.
    func contains(_ found: String, _ channel: Channel) -> Bool {
        let alias: String
        switch channel {
        case .phone: alias = "phone:" + found
        case .linkedinURL: alias = Canonical.linkedinURL(found).map(AliasKey.linkedin) ?? ""
        case .workEmail, .personalEmail:
            guard let email = Canonical.email(found, collapsesSubaddress: collapsesSubaddress) else { return false }
            if let at = email.lastIndex(of: "@"), !keys.isEmpty,
                let domain = Canonical.companyDomain(String(email[email.index(after: at)...])),
                keys.contains(IdentityGraph.hash(AliasKey.company(domain)))
            {
                return true
            }
            alias = AliasKey.email(email)
        }
        return isListed(alias)
    }

    private func isListed(_ alias: String) -> Bool {
        keys.contains(IdentityGraph.hash(alias)) || forgotten?.contains(alias) == true
    }

    /// Whether any hint of a row is on the list.
    func contains(_ people: IdentityBatch, _ row: Int) -> Bool {
        guard !isEmpty else { return false }
        if let company = people.companyKey(row), keys.contains(IdentityGraph.hash(company)) { return true }
        return people.suppressionKeys(row).contains(where: isListed)
    }
}
