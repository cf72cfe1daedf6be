/// The keys of many lookups, made before a transaction begins, so that nobody waits for it.
struct LookupKeys: Sendable {
    /// Of all lookups' aliases.
    private(set) var aliases: [AliasHash] = []
    /// Of those rows that are remembered as a whole.
    private(set) var rows: [AliasHash] = []
    /// Where the aliases of each lookup begin; one more at the end.
    private var bounds: [Int] = [0]
    /// Where the row of each lookup stands behind the aliases.
    private var places: [Int?] = []

    init(_ lookups: [Lookup], _ hasher: AliasHasher, _ scope: Scope) {
        for lookup in lookups {
            for alias in lookup.aliases { aliases.append(hasher.alias(alias, in: scope)) }
            bounds.append(aliases.count)
        }
        for lookup in lookups {
            places.append(lookup.row == nil ? nil : aliases.count + rows.count)
            if let row = lookup.row { rows.append(row) }
        }
    }

    /// Where the aliases of a lookup stand.
    func aliases(of lookup: Int) -> Range<Int> { bounds[lookup]..<bounds[lookup + 1] }

    /// Where the row of a lookup stands, counted on from the aliases; nil where it is not remembered as a whole.
    func row(of lookup: Int) -> Int? { places[lookup] }
}
