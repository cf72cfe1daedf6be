import EnrichmentAPI
import Identity
import Ledger

/// What the first reading of an input finds out: who all rows are, and which of them are one person.
struct InputScan: Sendable {
    let groups: IdentityGroups
    let spool: IdentitySpool
    /// Whom earlier runs know rows as; nil where that was not asked.
    let identities: RowIdentities?

    /// Batches that are worked on at once.
    static let width = 3

    /// - Parameter keys: makes the keys under which the ledger knows rows as a whole; nil where it knows nobody.
    /// - Throws: ``Diagnostic`` where a file cannot be read.
    init(
        _ settings: PipelineSettings, _ list: SuppressionList, _ reader: LeadReader, keys: RowKeys?, _ feed: RunFeed,
        _ stop: StopSignal
    ) async throws {
        let partitions = HintPartitions()
        var marks = RowMarks()
        var spool = try IdentitySpool.Writer()
        var identities = try keys.map { try RowIdentities.Writer($0.ledger) }
        try await inOrder(width: Self.width) {
            try stop.check()
            return try reader.next()
        } transform: { part in
            Scanned(try part.identified().people, first: part.firstRow, settings, list, keys)
        } take: { batch in
            try partitions.add(batch.hints)
            marks.append(batch.marks)
            try spool.append(batch.spooled, rowCount: batch.rowCount)
            try await identities?.add(batch.keys)
            feed.tell(.lookedThrough(rows: batch.rowCount))
        }
        var graph = try await partitions.graph()
        groups = graph.groups(marks)
        self.spool = spool.spool
        self.identities = try await identities?.finish()
    }
}

/// A batch of rows as far as it matters for who belongs together.
private struct Scanned: Sendable {
    let rowCount: Int
    var hints: [HintRecord] = []
    var marks = RowMarks()
    var spooled: [UInt8] = []
    var keys: [AliasHash?] = []

    init(
        _ people: IdentityBatch, first: Int, _ settings: PipelineSettings, _ list: SuppressionList, _ keys: RowKeys?
    ) {
        rowCount = people.rowCount
        people.appendSpooled(to: &spooled)
        hints.reserveCapacity(rowCount * 3)
        let enrich = settings.enrich, dedupe = settings.identity.dedupe, joinsAll = dedupe == .exact
        let needs = (0..<rowCount).map { RowNeeds(people, $0, enrich) }
        self.keys =
            keys?.keys(of: people) { needs[$0].way != .nobody && !needs[$0].channels.isEmpty } ?? []
        var graphRow = IdentityGraph.Row(aliases: [])
        for (row, needs) in needs.enumerated() {
            // What a row lacks its group lacks together.
            marks.append(
                wanted: needs.way == .nobody ? 0 : needs.channels.bits, isSuppressed: list.contains(people, row))
            guard dedupe != .off else { continue }
            people.look(row, joinsAll: joinsAll, into: &graphRow)
            HintRecord.append(graphRow, number: first + row, to: &hints)
        }
    }
}
