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
    /// Whether earlier runs know anybody.
    let knowsAnybody: Bool

    /// Batches that are worked on at once.
    static let width = 3

    /// Looks through all rows.
    ///
    /// - Parameter reader: makes a stream over all rows, from the first one.
    /// - Throws: ``Diagnostic`` where a file cannot be read.
    init(
        _ settings: PipelineSettings, _ list: SuppressionList, ledger: Ledger, scope: Scope, run: Run,
        reader: (IdentitySpool?) throws -> LeadReader
    ) async throws {
        knowsAnybody = try await ledger.knowsAnybody()
        guard settings.looksThroughInput else { return }
        let (groups, spool) = try await Self.groups(settings, list, reader(nil))
        self.groups = groups
        self.spool = spool
        if !settings.explain.isEmpty {
            _ = try await MergeList.write(settings.explain, settings, groups, reader(spool))
        }
        if !list.isEmpty {
            suppressed = Set(try await ledger.find(list.lookups, in: scope).compactMap { $0 })
        }
        guard groups.hasAny else { return }
        try await gather(spool, settings, ledger, scope, run)
    }

    /// Goes through the rows that belong together once more: what do they say, and who of them is known?
    private mutating func gather(
        _ spool: IdentitySpool, _ settings: PipelineSettings, _ ledger: Ledger, _ scope: Scope, _ run: Run
    ) async throws {
        let aliases = RowAliases(dedupe: settings.identity.dedupe, groups: groups, run: run.id)
        let groups = groups
        let isKnown = knowsAnybody
        var pieces = spool.pieces.makeIterator()
        try await inOrder(width: Self.width) {
            pieces.next()
        } transform: { piece in
            let people = try spool.people(of: piece)
            let rows = (0..<people.rowCount).filter { groups.group(of: piece.firstRow + $0) != nil }
            let hints = rows.map { RowNeeds.hints(people, $0, settings.enrich, isContested: groups.isContested) }
            let lookups = rows.map { aliases.lookup(people, $0, number: piece.firstRow + $0) }
            let found = isKnown ? try await ledger.find(lookups, in: scope) : lookups.map { _ in nil }
            return zip(lookups, zip(hints, found)).map { (group: $0.group ?? 0, hints: $1.0, identity: $1.1) }
        } take: { rows in
            for row in rows { add(row.hints, row.identity, to: row.group) }
        }
    }

    private mutating func add(_ own: PersonHints?, _ identity: Int64?, to group: Int) {
        if let own { hints[group] = hints[group]?.joined(with: own) ?? own }
        // The oldest, whichever row it is known by.
        if let identity { identities[group] = min(identity, identities[group] ?? identity) }
    }

    /// Reads all rows: which of them are one person, and who all of them are.
    static func groups(_ settings: PipelineSettings, _ list: SuppressionList, _ reader: LeadReader) async throws
        -> (IdentityGroups, IdentitySpool)
    {
        var graph = IdentityGraph()
        var writer = try IdentitySpool.Writer()
        try await inOrder(width: width) {
            try reader.next()
        } transform: { part in
            let people = try part.identified().people
            var spooled: [UInt8] = []
            people.appendSpooled(to: &spooled)
            return (rows: (0..<people.rowCount).map { graphRow(people, $0, settings, list) }, spooled: spooled)
        } take: { batch in
            for row in batch.rows { graph.add(row) }
            try writer.append(batch.spooled, rowCount: batch.rows.count)
        }
        return (graph.groups(), writer.spool)
    }

    /// A row with what it lacks, for its group to lack it together.
    private static func graphRow(
        _ people: IdentityBatch, _ row: Int, _ settings: PipelineSettings, _ list: SuppressionList
    ) -> IdentityGraph.Row {
        let needs = RowNeeds(people, row, settings.enrich)
        var graphRow = people.graphRow(row, joinsAll: settings.identity.dedupe == .exact)
        if settings.identity.dedupe == .off { graphRow.aliases = [] }
        graphRow.wanted = needs.way == .nobody ? 0 : needs.channels.bits
        graphRow.isSuppressed = list.contains(people, row)
        return graphRow
    }
}

extension RowNeeds {
    /// What a row says for its group to be asked with; nil where it names nobody.
    fileprivate static func hints(
        _ people: IdentityBatch, _ row: Int, _ settings: EnrichSettings, isContested: (String) -> Bool
    ) -> PersonHints? {
        let way = RowNeeds(people, row, settings).way
        return way == .nobody ? nil : hints(people, row, way, isContested: isContested)
    }
}

extension PersonHints {
    /// What two rows of one person say together, whichever of them comes first.
    fileprivate func joined(with other: PersonHints) -> PersonHints {
        func joined(_ one: String?, _ other: String?) -> String? { [one, other].compactMap { $0 }.min() }
        return PersonHints(
            email: joined(email, other.email), linkedinURL: joined(linkedinURL, other.linkedinURL),
            companyDomain: joined(companyDomain, other.companyDomain), firstName: joined(firstName, other.firstName),
            lastName: joined(lastName, other.lastName))
    }
}
