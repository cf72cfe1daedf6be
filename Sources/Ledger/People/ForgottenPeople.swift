import GRDB

/// People who are never asked for again, as keys that tell nothing of them.
package struct ForgottenPeople: Sendable {
    /// Keys by the scope that they are mixed with; 0 for hints as such.
    private let keys: [Int64: Set<AliasHash>]
    private let hasher: AliasHasher

    package var isEmpty: Bool { keys.isEmpty }

    /// Whether an alias is that of somebody who was forgotten, whichever workspace knew it.
    package func contains(_ alias: String) -> Bool {
        keys.contains { scope, keys in keys.contains(hasher.alias(alias, scope: scope)) }
    }

    fileprivate init(_ keys: [Int64: Set<AliasHash>], _ hasher: AliasHasher) {
        (self.keys, self.hasher) = (keys, hasher)
    }
}

extension Ledger {
    /// Whom nobody may ask for.
    package func forgotten() async throws -> ForgottenPeople {
        let hasher = hasher
        return try await read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT scope, key, proof FROM forgotten")
            let keys = rows.reduce(into: [:]) { keys, row in
                keys[row[0] as Int64, default: Set<AliasHash>()].insert(AliasHash(key: row[1], check: row[2]))
            }
            return ForgottenPeople(keys, hasher)
        }
    }
}
