import GRDB

/// An insert of rows by the thousand: many with each statement, since to start one costs as much as a row.
struct HotInsert {
    private let many: HotStatement
    private let one: HotStatement

    /// More of them gain nothing, and each is an argument of the statement.
    private static let rows = 32

    /// - Parameters:
    ///   - sql: the statement up to `VALUES`.
    ///   - columns: values of a row.
    init(_ database: Database, _ sql: String, columns: Int) throws {
        let row = "(\(Array(repeating: "?", count: columns).joined(separator: ", ")))"
        let rows = Array(repeating: row, count: Self.rows).joined(separator: ", ")
        one = try HotStatement(database, "\(sql) VALUES \(row)")
        many = try HotStatement(database, "\(sql) VALUES \(rows)")
    }

    /// Inserts rows in their order.
    ///
    /// - Parameter row: gives the values of a row.
    func write(_ count: Int, row: (Int, inout HotArguments) -> Void) throws {
        var next = 0
        while count - next >= Self.rows {
            try many.write { arguments in
                for index in next..<(next + Self.rows) { row(index, &arguments) }
            }
            next += Self.rows
        }
        while next < count {
            try one.write { row(next, &$0) }
            next += 1
        }
    }
}
