import Identity
import Ledger

/// Under which texts a row's person is looked for in the ledger.
///
/// Pure.
struct RowAliases {
    let dedupe: IdentitySettings.Dedupe
    let groups: IdentityGroups
    let run: Int64

    private func aliases(_ people: IdentityBatch, _ row: Int, number: Int) -> [String] {
        guard dedupe != .off else { return ["row:\(run):\(number)"] }
        var aliases = Self.own(people, row, dedupe)
        guard groups.hasContested(number) else { return aliases }
        let sure = aliases.filter { !groups.isContested($0, row: number) }
        if !sure.isEmpty {
            aliases = sure
        } else if let bearer = Self.bearer(people, row) {
            // The hint belongs to somebody else as well, so it counts only together with the name.
            aliases = aliases.map { "\($0)|\(bearer)" }
        }
        return aliases
    }

    /// The row's question to the ledger.
    ///
    /// - Parameters:
    ///   - number: of the row in the run, 1-based.
    ///   - key: of the row as a whole.
    func lookup(_ people: IdentityBatch, _ row: Int, number: Int, key: AliasHash? = nil) -> Lookup {
        let aliases = aliases(people, row, number: number)
        var lookup = Lookup(
            aliases: aliases, name: Self.name(people, row), domain: people.text(row, .companyDomain),
            group: groups.group(of: number), row: key)
        if dedupe != .alias || groups.hasContested {
            lookup.hints = people.aliases(row).filter { !aliases.contains($0) }
        }
        return lookup
    }

    /// What the row says by itself; empty where it names nobody.
    static func own(_ people: IdentityBatch, _ row: Int, _ dedupe: IdentitySettings.Dedupe) -> [String] {
        let aliases = people.aliases(row)
        return dedupe == .exact && !aliases.isEmpty ? ["exact:" + aliases.joined(separator: " ")] : aliases
    }

    /// Folded name and company, where the row has both.
    private static func bearer(_ people: IdentityBatch, _ row: Int) -> String? {
        let name = name(people, row)
        return name.isEmpty || people[row, .companyDomain].isEmpty ? nil : name + "|" + people.text(row, .companyDomain)
    }

    /// The folded name; empty where a part of it is missing.
    static func name(_ people: IdentityBatch, _ row: Int) -> String {
        people[row, .firstName].isEmpty || people[row, .lastName].isEmpty
            ? "" : AliasKey.folded(first: people.text(row, .firstName), last: people.text(row, .lastName))
    }
}
