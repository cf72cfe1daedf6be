import GRDB

/// The rows of a table that is only appended to and cleared, as a transaction sees them.
package struct LogReading: Sendable, Equatable {
    /// The first that is there, or would be.
    package var first: Int64
    /// The last that was ever appended; before the first where the table is empty.
    package var last: Int64

    var count: Int64 { last - first + 1 }

    /// - Parameter table: whose numbers are never used twice (AUTOINCREMENT).
    init(_ database: Database, of table: String) throws {
        var last: Int64 = 0
        try HotStatement(database, "SELECT seq FROM sqlite_sequence WHERE name = '\(table)'").run {
            last = $0.integer(0)
        }
        var first = last + 1
        try HotStatement(database, "SELECT min(id) FROM \(table)").run { if !$0.isNull(0) { first = $0.integer(0) } }
        (self.first, self.last) = (first, last)
    }
}
