/// One hint of one row, as the graph looks at it.
package struct HintRecord: Sendable {
    /// ``IdentityGraph/hash(_:)`` of the hint as an alias.
    package var hash: UInt64
    /// The row's number in the input, 1-based.
    package var row: Int32
    /// The folded name and the company's domain of the row, in 32 bits of their hashes; 0 where there is none.
    package var name: UInt32
    package var domain: UInt32
    /// Hints that the row has in all.
    package var hintsOfRow: UInt32

    /// The records of a row, one for each of its hints.
    package static func records(of row: IdentityGraph.Row, number: Int) -> [HintRecord] {
        let hints = row.aliases.count > 1 ? Array(Set(row.aliases)) : row.aliases
        return hints.map { hint in
            HintRecord(
                hash: hint, row: Int32(number), name: UInt32(truncatingIfNeeded: row.name),
                domain: UInt32(truncatingIfNeeded: row.domain), hintsOfRow: UInt32(hints.count))
        }
    }
}

/// What is kept of every row of an input: what it wants, and whether it must not be asked for.
///
/// One byte a row.
package struct RowMarks: Sendable {
    private(set) var bytes: [UInt8] = []
    private static let suppressed: UInt8 = 0x80

    package init() {}

    /// - Parameter wanted: channels as bits; four of them.
    package mutating func append(wanted: UInt8, isSuppressed: Bool) {
        bytes.append(wanted | (isSuppressed ? Self.suppressed : 0))
    }

    package mutating func append(_ later: RowMarks) { bytes += later.bytes }

    /// - Parameter row: its number, 1-based.
    func wanted(_ row: Int) -> UInt8 { bytes.indices.contains(row - 1) ? bytes[row - 1] & ~Self.suppressed : 0 }
    func isSuppressed(_ row: Int) -> Bool {
        bytes.indices.contains(row - 1) && bytes[row - 1] & Self.suppressed != 0
    }

    /// What rows of one person have, all of them have.
    mutating func join(_ rows: [Int32]) {
        let joint = rows.reduce(0) { bytes.indices.contains(Int($1) - 1) ? $0 | bytes[Int($1) - 1] : $0 }
        for row in rows where bytes.indices.contains(Int(row) - 1) { bytes[Int(row) - 1] = joint }
    }
}
