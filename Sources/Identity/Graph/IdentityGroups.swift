/// The rows of a whole input, in groups of one person each.
package struct IdentityGroups: Sendable {
    struct Mark: Sendable {
        var wanted: UInt8
        var isSuppressed: Bool
    }

    /// For each row the first row of its group, 0-based; -1 for a row that is alone.
    private var firstRow: [Int32]
    private var marks: [Mark]
    private let shared: Set<UInt64>
    private let contested: Set<UInt64>

    /// No rows are known, so none belong together.
    package init() {
        (firstRow, marks, shared, contested) = ([], [], [], [])
    }

    init(nodeOfRow: [Int32], sets: inout DisjointSets, marks: [Mark], shared: Set<UInt64>, contested: Set<UInt64>) {
        self.shared = shared
        self.contested = contested
        var first = [Int32](repeating: -1, count: sets.count)
        var isShared = [Bool](repeating: false, count: sets.count)
        var joint = [Mark](repeating: Mark(wanted: 0, isSuppressed: false), count: sets.count)
        for (row, node) in nodeOfRow.enumerated() where node >= 0 {
            let root = Int(sets.root(of: node))
            if first[root] < 0 { first[root] = Int32(row) } else { isShared[root] = true }
            joint[root].wanted |= marks[row].wanted
            joint[root].isSuppressed = joint[root].isSuppressed || marks[row].isSuppressed
        }
        self.marks = marks
        firstRow = [Int32](repeating: -1, count: nodeOfRow.count)
        for (row, node) in nodeOfRow.enumerated() where node >= 0 {
            let root = Int(sets.root(of: node))
            if isShared[root] { firstRow[row] = first[root] }
            self.marks[row] = joint[root]
        }
    }

    /// Whether any rows belong together.
    package var hasAny: Bool { firstRow.contains { $0 >= 0 } }

    /// The first row of the group, by which the group goes; nil where the row is alone.
    ///
    /// - Parameter row: its number in the input, 1-based, as the result.
    package func group(of row: Int) -> Int? {
        guard firstRow.indices.contains(row - 1), firstRow[row - 1] >= 0 else { return nil }
        return Int(firstRow[row - 1]) + 1
    }

    /// What the rows of the group want together, as bits.
    package func wanted(_ row: Int) -> UInt8 { marks.indices.contains(row - 1) ? marks[row - 1].wanted : 0 }

    /// Whether any row of the group has a hint that is on a suppression list.
    package func isSuppressed(_ row: Int) -> Bool { marks.indices.contains(row - 1) && marks[row - 1].isSuppressed }

    /// Whether more than one row has a hint.
    package func isShared(_ alias: String) -> Bool { shared.contains(IdentityGraph.hash(alias)) }

    package var hasContested: Bool { !contested.isEmpty }

    /// Whether rows that contradict each other have a hint, so that it stands for none of them.
    package func isContested(_ alias: String) -> Bool {
        !contested.isEmpty && contested.contains(IdentityGraph.hash(alias))
    }
}
