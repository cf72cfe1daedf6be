import Ledger
package import Records
import Synchronization

/// The index of a table, made anew where the table changes while it is used.
///
/// Whoever looks somebody up takes what is there; a run never refreshes it, so all its rows meet the same table.
final class WatchedTable: Sendable {
    struct Index: Sendable {
        var table: ProviderTable
        /// When the file was last written to, ISO 8601; empty where that is not known.
        var modified: String
    }

    private struct State {
        var index: Index
        /// What the file looked like when it was indexed, or could not be.
        var indexed: String
        /// The same when it was looked at last.
        var seen: String
    }

    /// The provider's.
    let name: String
    private let path: String
    private let open: @Sendable () throws -> Index
    private let state: Mutex<State>

    /// - Parameter open: opens the index of the file as it is now.
    /// - Throws: what `open` throws.
    init(name: String, path: String, open: @escaping @Sendable () throws -> Index) throws {
        (self.name, self.path, self.open) = (name, path, open)
        // Looked at before it is read: what changes in between is noticed.
        let stamp = TableFile.stamp(of: path)
        state = Mutex(State(index: try open(), indexed: stamp, seen: stamp))
    }

    var index: Index { state.withLock { $0.index } }

    /// Indexes the file anew where it has changed, but not while somebody writes to it.
    ///
    /// It must look as it did the last time. Takes as long as indexing does.
    ///
    /// - Returns: whether it did.
    /// - Throws: ``Diagnostic`` where the file cannot be indexed, once for each change; the old index stays.
    func refresh() throws -> Bool {
        let stamp = TableFile.stamp(of: path)
        let isDue = state.withLock { state in
            defer { state.seen = stamp }
            guard stamp != state.indexed, stamp == state.seen else { return false }
            state.indexed = stamp
            return true
        }
        guard isDue else { return false }
        let index = try open()
        state.withLock { $0.index = index }
        return true
    }
}

extension Waterfall {
    /// Looks whether tables have changed, and indexes those anew; for a service that goes on for long.
    ///
    /// Blocks its thread, for minutes where a table is large.
    ///
    /// - Returns: what there is to say of it.
    package func refreshTables() -> [Diagnostic] {
        tables.compactMap { table in
            do {
                guard try table.refresh() else { return nil }
                return Diagnostic(
                    .note, code: "table_changed",
                    "the table of provider '\(table.name)' has changed and is indexed anew: \(table.index.table.count) in it"
                )
            } catch {
                var why = error as? Diagnostic ?? Diagnostic(code: "table_changed", "\(error)")
                why.severity = .warning
                why.message = "the table of provider '\(table.name)' has changed and is used as it was: \(why.message)"
                return why
            }
        }
    }
}
