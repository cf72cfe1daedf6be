/// The rows of a whole input, in groups of one person each.
///
/// A class, since every stage holds it and nobody changes it.
package final class IdentityGroups: Sendable {
    /// For each row that is not alone, the first row of its group.
    private let firstRow: [Int32: Int32]
    private let marks: RowMarks
    private let shared: Set<UInt64>
    private let contested: Set<UInt64>
    private let contestedRows: Set<Int32>

    /// No rows are known, so none belong together.
    package init() {
        (firstRow, marks, shared, contested, contestedRows) = ([:], RowMarks(), [], [], [])
    }

    init(
        groups: some Sequence<[Int32]>, marks: RowMarks, shared: Set<UInt64>, contested: Set<UInt64>,
        contestedRows: Set<Int32>, touched: some Sequence<Int32>
    ) {
        var marks = marks
        var firstRow: [Int32: Int32] = [:]
        for row in touched { marks.contest(row) }
        for rows in groups {
            guard let first = rows.min() else { continue }
            for row in rows { firstRow[row] = first }
            marks.join(rows)
        }
        self.marks = marks
        self.firstRow = firstRow
        self.shared = shared
        self.contested = contested
        self.contestedRows = contestedRows
    }

    /// Whether any rows belong together.
    package var hasAny: Bool { !firstRow.isEmpty }

    /// The first row of the group, by which the group goes; nil where the row is alone.
    ///
    /// - Parameter row: its number in the input, 1-based, as the result.
    package func group(of row: Int) -> Int? { marks.isGrouped(row) ? firstRow[Int32(row)].map(Int.init) : nil }

    /// What the rows of the group want together, as bits.
    package func wanted(_ row: Int) -> UInt8 { marks.wanted(row) }

    /// Whether any row of the group has a hint that is on a suppression list.
    package func isSuppressed(_ row: Int) -> Bool { marks.isSuppressed(row) }

    /// Whether more than one row has a hint.
    package func isShared(_ alias: String) -> Bool { shared.contains(IdentityGraph.hash(alias)) }

    package var hasContested: Bool { !contested.isEmpty }

    /// Whether a hint of a row stands for other people as well, so that ``isContested(_:row:)`` may hold.
    package func hasContested(_ row: Int) -> Bool { marks.isContested(row) }

    /// Whether rows that contradict each other have a hint of a row, so that it stands for none of them.
    package func isContested(_ alias: String, row: Int) -> Bool {
        hasContested(row) && (contestedRows.contains(Int32(row)) || contested.contains(IdentityGraph.hash(alias)))
    }
}
