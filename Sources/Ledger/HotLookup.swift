import GRDB

/// A look-up of keys by the thousand: many with each statement, since to start one costs as much as to find a key.
struct HotLookup {
    private let many: HotStatement
    private let one: HotStatement

    private static let keys = 64

    /// - Parameter sql: what is wanted of whom, from `asked`, which has a column `key`; such as
    ///   `identity FROM asked CROSS JOIN alias USING (key)`.
    init(_ database: Database, _ sql: String) throws {
        func statement(_ keys: Int) throws -> HotStatement {
            let asked = (0..<keys).map { "(\($0), ?)" }.joined(separator: ", ")
            return try HotStatement(database, "WITH asked(place, key) AS (VALUES \(asked)) SELECT place, \(sql)")
        }
        one = try statement(1)
        many = try statement(Self.keys)
    }

    /// Hands on what is found, in the order of the keys; fastest where they ascend, since neighbours stand on one page.
    ///
    /// - Parameter row: takes the place of the key, and the row, whose first column is not for it.
    func find(_ keys: [Int64], row: (Int, HotRow) throws -> Void) throws {
        var next = 0
        while next < keys.count {
            let count = keys.count - next >= Self.keys ? Self.keys : 1
            try (count == 1 ? one : many).run { arguments in
                for key in keys[next..<(next + count)] { arguments.integer(key) }
            } row: {
                try row(next + Int($0.integer(0)), $0)
            }
            next += count
        }
    }
}
