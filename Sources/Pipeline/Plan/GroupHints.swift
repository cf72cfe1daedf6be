import EnrichmentAPI
import Identity

/// What all rows of a person say together, whichever of them is asked for.
struct GroupHints: Sendable {
    let spool: IdentitySpool
    let groups: IdentityGroups
    let settings: EnrichSettings

    /// Goes through the rows that belong together once more.
    ///
    /// Where everything is known nobody needs this, so it is done when the first of them is to be asked for.
    /// - Returns: hints by the number of the group.
    /// - Throws: ``Diagnostic`` where the spool cannot be read.
    func gathered() async throws -> [Int: PersonHints] {
        var hints: [Int: PersonHints] = [:]
        var pieces = spool.pieces.makeIterator()
        try await inOrder(width: InputScan.width) {
            pieces.next()
        } transform: { (piece: IdentitySpool.Piece) -> [(group: Int, own: PersonHints)] in
            let rows = piece.rows.compactMap { row in groups.group(of: row).map { (row: row, group: $0) } }
            guard !rows.isEmpty else { return [] }
            let people = try spool.people(of: piece)
            return rows.compactMap { row, group in
                said(people, row - piece.rows.lowerBound, number: row).map { (group: group, own: $0) }
            }
        } take: { rows in
            for (group, own) in rows { hints[group, default: own].join(own) }
        }
        return hints
    }

    /// What a row says for its group to be asked with; nil where it names nobody.
    private func said(_ people: IdentityBatch, _ row: Int, number: Int) -> PersonHints? {
        let way = RowNeeds(people, row, settings).way
        return way == .nobody
            ? nil
            : RowNeeds.hints(
                people, row, way, withName: settings.engine == .embedded, groups: groups, number: number)
    }
}

extension PersonHints {
    /// Takes up what another row of the person says; it does not matter which of them comes first.
    fileprivate mutating func join(_ other: PersonHints) {
        if self == other { return }
        Self.join(&email, other.email)
        Self.join(&linkedinURL, other.linkedinURL)
        Self.join(&companyDomain, other.companyDomain)
        // A name is taken as a whole.
        let kept = [name, other.name].compactMap(\.self).min { $0 < $1 }
        (firstName, lastName) = (kept?.first, kept?.last)
    }

    private static func join(_ one: inout String?, _ other: String?) {
        guard let other else { return }
        one = min(one ?? other, other)
    }

    private var name: (first: String, last: String)? {
        guard let firstName, let lastName else { return nil }
        return (firstName, lastName)
    }
}
