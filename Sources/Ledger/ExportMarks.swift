import GRDB

/// What was last exported of a record: 64 bits of the record and of all that was written of it.
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

    /// Which of some rows are new: not what the last run that ended exported of the same record.
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
                SELECT CASE WHEN mark.run <> ?3 AND coalesce(run.status, 'done') IN ('whole', 'done')
                  THEN mark.content ELSE mark.before END
                FROM export_mark AS mark JOIN export ON export.id = mark.export LEFT JOIN run ON run.id = mark.run
                WHERE export.name = ?1 AND mark.record = ?2
                """)
            return try marks.map { mark in
                var isNew = true
                try find.run(.text(export), .integer(mark.record), .integer(run)) { row in
                    isNew = row.isNull(0) || row.integer(0) != mark.content
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
            // What stood there before stays for as long as it is not sure that this run ends.
            let put = try HotStatement(
                database,
                """
                INSERT INTO export_mark (export, record, content, run, before)
                VALUES ((SELECT id FROM export WHERE name = ?1), ?2, ?3, ?4, NULL)
                ON CONFLICT (export, record) DO UPDATE SET
                  before = CASE WHEN run <> ?4 AND coalesce((SELECT status FROM run AS own WHERE own.id = run), 'done')
                    IN ('whole', 'done') THEN content ELSE before END,
                  content = ?3, run = ?4
                """)
            for mark in marks {
                try put.run(.text(export), .integer(mark.record), .integer(mark.content), .integer(run))
            }
        }
    }
}
