/// Up to some thousand rows of one file, in one contiguous buffer.
///
/// All cells lie one after the other in `bytes`; `fieldEnds` says where each one ends and `rowEnds` how many cells
/// there are up to the end of each row. A cell is UTF-8 without quotes or escapes. Rows are never ragged: a source
/// pads short rows and rejects those it cannot fit.
package struct RecordBatch: Sendable {
    /// Cells a row, the same for all rows of a file.
    package let columnCount: Int
    /// Where each row starts.
    package private(set) var positions: [Position] = []
    /// Records between these rows that could not be read, in order.
    package var rejects: [Reject] = []
    /// Where reading goes on after this batch.
    package var end: Position
    private var bytes: [UInt8] = []
    private var fieldEnds: [Int32] = []
    private var originals: [UInt8] = []
    private var originalEnds: [Int32] = []

    package init(columnCount: Int, start: Position, reservingBytes capacity: Int = 0) {
        self.columnCount = columnCount
        end = start
        bytes.reserveCapacity(capacity)
    }

    package var rowCount: Int { positions.count }
    package var byteCount: Int { bytes.count + originals.count }

    /// The cell at a row and a column, both 0-based.
    package subscript(row: Int, column: Int) -> ArraySlice<UInt8> {
        let field = row * columnCount + column
        return bytes[(field == 0 ? 0 : Int(fieldEnds[field - 1]))..<Int(fieldEnds[field])]
    }

    /// The record as it stands in the file, where the format keeps it (JSONL); nil where it does not.
    package func original(_ row: Int) -> ArraySlice<UInt8>? {
        guard !originalEnds.isEmpty else { return nil }
        return originals[(row == 0 ? 0 : Int(originalEnds[row - 1]))..<Int(originalEnds[row])]
    }

    /// The cell as text, for a person or a library that wants a `String`.
    package func text(_ row: Int, _ column: Int) -> String {
        String(decoding: self[row, column], as: UTF8.self)
    }

    // MARK: Filling

    /// Adds a row, padded with empty cells where it is short.
    ///
    /// - Parameters:
    ///   - cells: which of `ends` are this row's cells.
    ///   - ends: end of every cell in `source`, one behind the other.
    /// - Returns: false, with nothing added, where it has more than empty cells beyond the last column.
    package mutating func append(
        row cells: Range<Int>, of ends: [Int32], in source: [UInt8], at position: Position
    ) -> Bool {
        let start = cells.lowerBound == 0 ? 0 : ends[cells.lowerBound - 1]
        let fitting = cells.prefix(columnCount)
        let end = fitting.isEmpty ? start : ends[fitting.upperBound - 1]
        guard cells.isEmpty || ends[cells.upperBound - 1] == end else { return false }
        let shift = Int32(bytes.count) - start
        bytes.append(contentsOf: source[Int(start)..<Int(end)])
        for cell in fitting { fieldEnds.append(ends[cell] + shift) }
        padRow(at: position)
        return true
    }

    /// Adds a row cell by cell: `columnCount` times ``append(cell:)``, then this.
    package mutating func padRow(at position: Position) {
        positions.append(position)
        let full = positions.count * columnCount
        while fieldEnds.count < full { fieldEnds.append(Int32(bytes.count)) }
    }

    /// Adds a cell to the row that is being filled.
    package mutating func append(cell: ArraySlice<UInt8>) {
        bytes.append(contentsOf: cell)
        fieldEnds.append(Int32(bytes.count))
    }

    /// Keeps the text of the row that was closed last as it stands in the file.
    package mutating func append(original: UnsafeRawBufferPointer) {
        originals.append(contentsOf: original)
        originalEnds.append(Int32(originals.count))
    }
}
