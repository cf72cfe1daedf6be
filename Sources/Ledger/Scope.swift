import GRDB

/// Whose answers are meant: a workspace and the engine that answered.
package struct Scope: Sendable, Hashable {
    package let id: Int64
    package let workspace: String
    package let engine: String
}

extension Ledger {
    /// The same for somebody who only looks: a scope that nobody has asked for yet has the number 0, under which nobody is.
    package func knownScope(workspace: String, engine: String) async throws -> Scope {
        let id = try await read {
            try Int64.fetchOne(
                $0, sql: "SELECT id FROM scope WHERE workspace = ? AND engine = ?", arguments: [workspace, engine])
        }
        return Scope(id: id ?? 0, workspace: workspace, engine: engine)
    }

    package func scope(workspace: String, engine: String) async throws -> Scope {
        let id = try await write(.relaxed) { database in
            try database.execute(
                sql: "INSERT INTO scope (workspace, engine) VALUES (?, ?) ON CONFLICT DO NOTHING",
                arguments: [workspace, engine])
            return try Int64.fetchOne(
                database, sql: "SELECT id FROM scope WHERE workspace = ? AND engine = ?",
                arguments: [workspace, engine]) ?? 0
        }
        return Scope(id: id, workspace: workspace, engine: engine)
    }
}
