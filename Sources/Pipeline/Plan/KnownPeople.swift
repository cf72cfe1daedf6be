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
    /// What groups of rows say together; nil where no rows belong together.
    private(set) var groupHints: GroupHints?
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
        guard groups.hasAny else { return }
        groupHints = GroupHints(spool: scan.spool, groups: groups, settings: settings.enrich)
        if let known = scan.identities { try await gather(known, scan.spool, settings, keys, run) }
    }

    /// Goes through the rows that belong together once more, to see who of them is known.
    private mutating func gather(
        _ known: RowIdentities, _ spool: IdentitySpool, _ settings: PipelineSettings, _ keys: RowKeys, _ run: Run
    ) async throws {
        let groups = groups
        let aliases = RowAliases(dedupe: settings.identity.dedupe, groups: groups, run: run.id)
        var pieces = spool.pieces.makeIterator()
        try await inOrder(width: InputScan.width) {
            pieces.next()
        } transform: { piece -> [(group: Int, identity: Int64?)] in
            let first = piece.rows.lowerBound
            let rows = piece.rows.compactMap { row in groups.group(of: row).map { (row: row, group: $0) } }
            let identities = try known.of(piece.rows)
            var found = rows.map { (group: $0.group, identity: identities[$0.row - first]) }
            // A row that has changed, or has a hint of somebody else, is found by its hints.
            let open = rows.indices.filter { found[$0].identity == nil || groups.hasContested(rows[$0].row) }
            guard !open.isEmpty else { return found }
            let people = try spool.people(of: piece)
            let lookups = open.map { aliases.lookup(people, rows[$0].row - first, number: rows[$0].row) }
            for (index, identity) in zip(open, try await keys.ledger.find(lookups, in: keys.scope)) {
                found[index].identity = identity
            }
            return found
        } take: { found in
            for case (let group, let identity?) in found {
                // The oldest, whichever row it is known by.
                Self.lower(&identities[group, default: identity], to: identity)
            }
        }
    }

    private static func lower(_ oldest: inout Int64, to identity: Int64) { oldest = min(oldest, identity) }
}
