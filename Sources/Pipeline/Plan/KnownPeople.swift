import EnrichmentAPI
import Identity
import Input
import Ledger

/// What is known about the people of an input before the first of them is asked for.
struct KnownPeople: Sendable {
    /// Which rows are one person.
    var groups = IdentityGroups()
    /// Whom earlier runs know a group of rows as, by the number of its first row.
    private(set) var identities: [Int: Int64] = [:]
    /// Identities of earlier runs that are on a suppression list.
    private(set) var suppressed: Set<Int64> = []
    /// For each group of rows, by its number, what all of them say about the person.
    private(set) var hints: [Int: PersonHints] = [:]
    /// Who all rows are; nil where they were not looked through.
    private(set) var spool: IdentitySpool?
    /// Whom earlier runs know rows as, by all of a row; nil where they know nobody.
    private(set) var identitiesOfRows: RowIdentities?

    /// Looks through all rows.
    ///
    /// - Parameter reader: makes a stream over all rows, from the first one.
    /// - Throws: ``Diagnostic`` where a file cannot be read.
    init(
        _ settings: PipelineSettings, _ list: SuppressionList, keys: RowKeys, run: Run, feed: RunFeed, stop: StopSignal,
        reader: (IdentitySpool?) throws -> LeadReader
    ) async throws {
        guard settings.looksThroughInput || !list.isEmpty else { return }
        let knowsAnybody = try await keys.ledger.knowsAnybody()
        let scan = try await InputScan(settings, list, reader(nil), keys: knowsAnybody ? keys : nil, feed, stop)
        groups = scan.groups
        spool = scan.spool
        identitiesOfRows = scan.identities
        if !settings.explain.isEmpty {
            _ = try await MergeList.write(settings.explain, settings, groups, reader(scan.spool))
        }
        if !list.isEmpty {
            suppressed = Set(try await keys.ledger.find(list.lookups, in: keys.scope).compactMap { $0 })
        }
        if groups.hasAny { try await gather(scan, settings, keys, run) }
    }

    /// Goes through the rows that belong together once more: what they say, and who of them is known.
    private mutating func gather(
        _ scan: InputScan, _ settings: PipelineSettings, _ keys: RowKeys, _ run: Run
    ) async throws {
        let aliases = RowAliases(dedupe: settings.identity.dedupe, groups: groups, run: run.id)
        let groups = groups
        var pieces = scan.spool.pieces.makeIterator()
        try await inOrder(width: InputScan.width) {
            pieces.next()
        } transform: { piece -> [(group: Int, hints: PersonHints?, identity: Int64?)] in
            let rows = piece.rows.filter { groups.group(of: $0) != nil }
            guard !rows.isEmpty else { return [] }
            let people = try scan.spool.people(of: piece)
            let hints = rows.map { RowNeeds.hints(people, $0 - piece.rows.lowerBound, settings.enrich, $0, groups) }
            var found = [Int64?](repeating: nil, count: rows.count)
            if let identities = try scan.identities?.of(piece.rows) {
                found = rows.map { identities[$0 - piece.rows.lowerBound] }
                // A row that has changed, or has a hint of somebody else, is found by its hints.
                let open = rows.indices.filter { found[$0] == nil || groups.hasContested }
                let lookups = open.map {
                    aliases.lookup(people, rows[$0] - piece.rows.lowerBound, number: rows[$0])
                }
                for (index, identity) in zip(open, try await keys.ledger.find(lookups, in: keys.scope)) {
                    found[index] = identity
                }
            }
            return rows.indices.map { (group: groups.group(of: rows[$0]) ?? 0, hints: hints[$0], identity: found[$0]) }
        } take: { rows in
            for row in rows { add(row.hints, row.identity, to: row.group) }
        }
    }

    private mutating func add(_ own: PersonHints?, _ identity: Int64?, to group: Int) {
        if let own { hints[group] = hints[group]?.joined(with: own) ?? own }
        // The oldest, whichever row it is known by.
        if let identity { identities[group] = min(identity, identities[group] ?? identity) }
    }
}

extension RowNeeds {
    /// What a row says for its group to be asked with; nil where it names nobody.
    fileprivate static func hints(
        _ people: IdentityBatch, _ row: Int, _ settings: EnrichSettings, _ number: Int,
        _ groups: IdentityGroups
    ) -> PersonHints? {
        let way = RowNeeds(people, row, settings).way
        return way == .nobody
            ? nil
            : hints(people, row, way, withName: settings.engine == .embedded) {
                groups.isContested($0, row: number)
            }
    }
}

extension PersonHints {
    /// What two rows of one person say together, whichever of them comes first.
    fileprivate func joined(with other: PersonHints) -> PersonHints {
        func joined(_ one: String?, _ other: String?) -> String? { [one, other].compactMap { $0 }.min() }
        // A name is taken as a whole.
        let name = [self, other].filter { $0.firstName != nil && $0.lastName != nil }.min {
            ($0.firstName ?? "", $0.lastName ?? "") < ($1.firstName ?? "", $1.lastName ?? "")
        }
        return PersonHints(
            email: joined(email, other.email), linkedinURL: joined(linkedinURL, other.linkedinURL),
            companyDomain: joined(companyDomain, other.companyDomain), firstName: name?.firstName,
            lastName: name?.lastName)
    }
}
