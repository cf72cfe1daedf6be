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

    /// Appends the records of a row, one for each of its hints.
    ///
    /// - Parameter number: of the row in the input, 1-based.
    package static func append(_ row: IdentityGraph.Row, number: Int, to records: inout [HintRecord]) {
        for hint in row.aliases {
            records.append(
                HintRecord(
                    hash: hint, row: Int32(number), name: UInt32(truncatingIfNeeded: row.name),
                    domain: UInt32(truncatingIfNeeded: row.domain), hintsOfRow: UInt32(row.aliases.count)))
        }
    }
}

/// Of some hints those that more than one row has.
package struct SharedHints: Sendable {
    /// Those of one hint together, by their rows.
    private(set) var records: [HintRecord] = []
    /// Where the records of each hint end.
    private(set) var ends: [Int] = []

    /// - Parameter all: the records of some hints in any order, all that there are of each.
    package init(_ all: [HintRecord]) {
        var candidates = Self.perhapsShared(all)
        candidates.sort { $0.hash == $1.hash ? $0.row < $1.row : $0.hash < $1.hash }
        var start = 0
        while start < candidates.count {
            var end = start + 1
            while end < candidates.count, candidates[end].hash == candidates[start].hash { end += 1 }
            if end - start > 1 {
                records += candidates[start..<end]
                ends.append(records.count)
            }
            start = end
        }
    }

    /// Leaves out most of the hints that one record has alone, so that few are sorted: one bit for each hint that came,
    /// and one for each that came again, in sixteen times as many places as there are records.
    private static func perhapsShared(_ all: [HintRecord]) -> [HintRecord] {
        let words = max(1, all.count / 4)
        var came = [UInt64](repeating: 0, count: words), cameAgain = came
        /// By the upper bits, since the lower ones are alike in a part of the hints.
        func place(_ hash: UInt64) -> (word: Int, bit: UInt64) {
            let place = hash.multipliedFullWidth(by: UInt64(words) * 64).high
            return (Int(place >> 6), 1 << (place & 63))
        }
        for record in all {
            let (word, bit) = place(record.hash)
            cameAgain[word] |= came[word] & bit
            came[word] |= bit
        }
        return all.filter { record in
            let (word, bit) = place(record.hash)
            return cameAgain[word] & bit != 0
        }
    }
}

/// What is kept of every row of an input: what it wants, whether it must not be asked for, and whether it is alone.
///
/// One byte a row.
package struct RowMarks: Sendable {
    private(set) var bytes: [UInt8] = []
    private static let suppressed: UInt8 = 0x80
    /// Other rows are the same person.
    private static let grouped: UInt8 = 0x40
    /// Rows of other people have one of its hints.
    private static let contested: UInt8 = 0x20
    private static let channels: UInt8 = 0x0F

    package init() {}

    /// - Parameter wanted: channels as bits; four of them.
    package mutating func append(wanted: UInt8, isSuppressed: Bool) {
        bytes.append(wanted | (isSuppressed ? Self.suppressed : 0))
    }

    package mutating func append(_ later: RowMarks) { bytes += later.bytes }

    /// - Parameter row: its number, 1-based.
    func wanted(_ row: Int) -> UInt8 { mark(row) & Self.channels }
    func isSuppressed(_ row: Int) -> Bool { mark(row) & Self.suppressed != 0 }
    func isGrouped(_ row: Int) -> Bool { mark(row) & Self.grouped != 0 }
    func isContested(_ row: Int) -> Bool { mark(row) & Self.contested != 0 }

    private func mark(_ row: Int) -> UInt8 { bytes.indices.contains(row - 1) ? bytes[row - 1] : 0 }

    /// What rows of one person want, all of them want; what one must not, none may.
    mutating func join(_ rows: [Int32]) {
        let joint = rows.reduce(Self.grouped) { $0 | mark(Int($1)) & (Self.channels | Self.suppressed) }
        for row in rows { add(joint, to: row) }
    }

    mutating func contest(_ row: Int32) { add(Self.contested, to: row) }

    private mutating func add(_ mark: UInt8, to row: Int32) {
        while bytes.count < Int(row) { bytes.append(0) }
        bytes[Int(row) - 1] |= mark
    }
}
