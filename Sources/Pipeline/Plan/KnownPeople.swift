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
        guard groups.hasAny, try await ledger.knowsAnybody(in: scope) else { return }
        let aliases = RowAliases(dedupe: settings.identity.dedupe, groups: groups, run: run.id)
        var ahead = ReadAhead(try reader(), width: Self.width)
        var first = 1
        while let leads = try await ahead.next() {
            let grouped = (0..<leads.people.rowCount).filter { groups.group(of: first + $0) != nil }
            let lookups = grouped.map { aliases.lookup(leads.people, $0, number: first + $0) }
            if !lookups.isEmpty { try await ledger.link(lookups, in: scope) }
            first += leads.people.rowCount
        }
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
