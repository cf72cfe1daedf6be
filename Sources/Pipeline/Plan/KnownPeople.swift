import EnrichmentAPI
import Identity
import Input
import Ledger

/// What is known about the people of an input before the first of them is asked for.
struct KnownPeople: Sendable {
    /// Which rows are one person.
    var groups = IdentityGroups()
    /// Identities of earlier runs that are on a suppression list.
    var suppressed: Set<Int64> = []
    /// For each group of rows, by its number, what all of them say about the person.
    private(set) var hints: [Int: PersonHints] = [:]

    /// Looks through all rows.
    ///
    /// - Parameter reader: makes a stream over all rows, from the first one.
    /// - Throws: ``Diagnostic`` where a file cannot be read.
    init(
        _ settings: PipelineSettings, _ list: SuppressionList, ledger: Ledger, scope: Scope, run: Run,
        reader: () throws -> LeadReader
    ) async throws {
        guard settings.looksThroughInput else { return }
        groups = try await Self.groups(settings, list, reader())
        if !settings.explain.isEmpty {
            _ = try await MergeList.write(settings.explain, settings, groups, reader: reader)
        }
        if !list.isEmpty {
            suppressed = Set(try await ledger.peek(list.lookups, in: scope).compactMap { $0?.identity })
        }
        guard groups.hasAny else { return }
        let isLinking = try await ledger.knowsAnybody(in: scope)
        let aliases = RowAliases(dedupe: settings.identity.dedupe, groups: groups, run: run.id)
        var ahead = ReadAhead(try reader(), width: Self.width)
        var first = 1
        while let leads = try await ahead.next() {
            let people = leads.people
            let grouped = (0..<people.rowCount).filter { groups.group(of: first + $0) != nil }
            for row in grouped { gather(people, row, number: first + row, settings) }
            let lookups = grouped.map { aliases.lookup(people, $0, number: first + $0) }
            if isLinking, !lookups.isEmpty { try await ledger.link(lookups, in: scope) }
            first += people.rowCount
        }
    }

    /// Adds what a row says to what its group says.
    private mutating func gather(_ people: IdentityBatch, _ row: Int, number: Int, _ settings: PipelineSettings) {
        let needs = RowNeeds(people, row, settings.enrich)
        guard let group = groups.group(of: number), needs.way != .nobody else { return }
        let own = RowNeeds.hints(people, row, needs.way, isContested: groups.isContested)
        hints[group] = hints[group]?.joined(with: own) ?? own
    }

    /// Batches that are worked on at once.
    private static let width = 3

    static func groups(_ settings: PipelineSettings, _ list: SuppressionList, _ reader: LeadReader) async throws
        -> IdentityGroups
    {
        var graph = IdentityGraph()
        try await inOrder(width: width) {
            try reader.next()
        } transform: { part in
            let people = part.identified().people
            return (0..<people.rowCount).map { graphRow(people, $0, settings, list) }
        } take: { rows in
            for row in rows { graph.add(row) }
        }
        return graph.groups()
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
