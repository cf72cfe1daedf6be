import Foundation
import GRDB
package import Records

/// A table or view in a SQLite file of somebody else's, as rows of text; nothing is ever written to it.
package struct SQLiteTable: Sendable {
    package let columns: [String]
    private let database: DatabaseQueue
    private let name: String
    private let path: String

    /// Rows that are read at once.
    private static let batchRows = 4096

    /// - Parameter name: of the table or view; empty where there is only one.
    /// - Throws: ``Diagnostic`` `unreadable_input` or `no_table`.
    package init(_ path: String, table name: String) throws {
        self.path = path
        var configuration = Configuration()
        configuration.readonly = true
        do {
            database = try DatabaseQueue(path: path, configuration: configuration)
            let names = try database.read {
                try String.fetchAll(
                    $0,
                    sql:
                        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
                )
            }
            let wanted = name.isEmpty && names.count == 1 ? names[0] : name
            guard names.contains(wanted) else {
                throw Diagnostic(
                    code: "no_table", wanted.isEmpty ? "the file has several tables" : "there is no table '\(wanted)'",
                    file: path, hint: "set table to one of: \(names.joined(separator: ", "))")
            }
            self.name = wanted
            columns = try database.read { try $0.columns(in: wanted).map(\.name) }
        } catch let error as DatabaseError {
            throw Self.unreadable(path, error)
        }
    }

    /// Hands out all rows, batch after batch.
    package func forEachBatch(_ body: (RecordBatch) throws -> Void) throws {
        let quoted = "\"" + name.replacing("\"", with: "\"\"") + "\""
        do {
            try database.read { database in
                let rows = try Row.fetchCursor(database, sql: "SELECT * FROM \(quoted)")
                var batch = RecordBatch(columnCount: columns.count, start: .start)
                var number = 0
                while let row = try rows.next() {
                    number += 1
                    for column in columns.indices {
                        var text = Self.text(row[column])
                        text.withUTF8 { batch.append(cell: UnsafeRawBufferPointer($0)) }
                    }
                    batch.endRow(at: Position(byte: 0, line: number, record: number))
                    guard batch.rowCount == Self.batchRows else { continue }
                    try body(batch)
                    batch = RecordBatch(columnCount: columns.count, start: batch.end)
                }
                if batch.rowCount > 0 { try body(batch) }
            }
        } catch let error as DatabaseError {
            throw Self.unreadable(path, error)
        }
    }

    private static func text(_ value: DatabaseValue) -> String {
        switch value.storage {
        case .null: ""
        case .int64(let number): String(number)
        case .double(let number):
            number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
        case .string(let text): text
        case .blob(let bytes): String(decoding: bytes, as: UTF8.self)
        }
    }

    private static func unreadable(_ path: String, _ error: DatabaseError) -> Diagnostic {
        Diagnostic(
            code: "unreadable_input", "this SQLite file cannot be read: \(error.message ?? "unknown error")", file: path
        )
    }
}
