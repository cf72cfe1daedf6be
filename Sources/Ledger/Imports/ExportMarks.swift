import GRDB

/// What was exported of a record: 64 bits of the record, and of all that was written of it.
package struct ExportMark: Sendable {
    package var record: Int64
    package var content: Int64

    package init(record: Int64, content: Int64) {
        self.record = record
        self.content = content
    }
}

extension Ledger {
    /// A mark of texts; only the ledger's secret can make it.
    package func exportMark(record: String, content: String, in scope: Scope) -> ExportMark {
        ExportMark(
            record: hasher.alias("record:" + record, in: scope).key,
            content: hasher.alias("content:" + content, in: scope).key)
    }

    /// Which of some rows are new: no run that has ended exported the same of the same record.
    ///
    /// - Parameters:
    ///   - export: the name of the file of changes, in whose history is looked.
    ///   - run: the run that asks; what it has marked itself is no earlier export.
    package func isNew(_ marks: [ExportMark], export: String, run: Int64) async throws -> [Bool] {
        guard !marks.isEmpty else { return [] }
        return try await read { database in
            let find = try HotStatement(
                database,
                """
                SELECT 1 FROM export_mark AS mark JOIN export ON export.id = mark.export LEFT JOIN run ON run.id = mark.run
                WHERE export.name = ?1 AND mark.record = ?2 AND mark.content = ?3 AND mark.run <> ?4
                  AND coalesce(run.status, 'done') IN ('whole', 'done')
                """)
            return try marks.map { mark in
                var isNew = true
                try find.run(.text(export), .integer(mark.record), .integer(mark.content), .integer(run)) { _ in
                    isNew = false
                }
                return isNew
            }
        }
    }

    /// Remembers what a run exports; it counts once the run has ended.
    package func mark(_ marks: [ExportMark], export: String, run: Int64) async throws {
        guard !marks.isEmpty else { return }
        try await write(.relaxed) { database in
            try database.execute(sql: "INSERT OR IGNORE INTO export (name) VALUES (?)", arguments: [export])
            let put = try HotStatement(
                database,
                """
                INSERT OR REPLACE INTO export_mark (export, record, content, run)
                VALUES ((SELECT id FROM export WHERE name = ?1), ?2, ?3, ?4)
                """)
            for mark in marks {
                try put.run(.text(export), .integer(mark.record), .integer(mark.content), .integer(run))
            }
        }
    }
}
