/// Up to some thousand rows of one file, in one contiguous buffer.
///
/// `bytes` holds everything that was read, `cells` says where in it each cell lies, row after row. A cell is UTF-8
/// without quotes or escapes. Rows are never ragged: a source pads short rows and rejects those it cannot fit.
///
/// What readers and writers do for every cell is public, since the compiler inlines nothing else across modules.
public struct RecordBatch: Sendable {
    /// Cells a row, the same for all rows of a file.
    public let columnCount: Int
    /// Where each row starts.
    package private(set) var positions: [Position] = []
    /// Cells of rows that are closed.
    @usableFromInline private(set) var closedCells = 0
    /// Records between these rows that could not be read, in order.
    package var rejects: [Reject] = []
    /// What was remarkable about what was read, and left or mended as it is.
    package var notes = RecordNotes()
    /// Where reading goes on after this batch.
    package var end: Position
    /// Bytes of the file itself that were taken when this batch was whole; a compressed file has fewer than its text.
    package var taken = 0
    @usableFromInline var bytes: [UInt8] = []
    @usableFromInline var cells: [Cell] = []
    private var originals: [UInt8] = []
    private var originalEnds: [Int32] = []

    /// Where a cell lies in a buffer.
    public struct Cell: Sendable, Equatable {
        public var start: Int32
        public var end: Int32

        @inlinable @inline(__always) public init(start: Int, end: Int) {
            self.start = Int32(truncatingIfNeeded: start)
            self.end = Int32(truncatingIfNeeded: end)
        }

        @inlinable public var isEmpty: Bool { start == end }
        @inlinable public var count: Int { Int(end - start) }

        /// The same cell where its buffer begins `distance` bytes later.
        package func moved(by distance: Int) -> Cell { Cell(start: Int(start) + distance, end: Int(end) + distance) }
    }

    package init(columnCount: Int, start: Position, reservingBytes capacity: Int = 0) {
        self.columnCount = columnCount
        end = start
        bytes.reserveCapacity(capacity)
        if capacity > 0 { cells.reserveCapacity(capacity / 16) }
    }

    package var rowCount: Int { positions.count }
    package var byteCount: Int { bytes.count + originals.count }

    /// Whether it holds as much as it may.
    package func isFull(_ limits: RecordLimits) -> Bool {
        rowCount >= limits.batchRows
            || byteCount + cells.count * MemoryLayout<Cell>.stride >= limits.batchBytes
    }

    package var isEmpty: Bool { positions.isEmpty && rejects.isEmpty && notes.isEmpty }

    /// The cell at a row and a column, both 0-based.
    package subscript(row: Int, column: Int) -> ArraySlice<UInt8> {
        let cell = cells[row * columnCount + column]
        return bytes[Int(cell.start)..<Int(cell.end)]
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

    /// The cells without a copy and a check for each, for loops that go over all of them.
    package func withCells<Result>(_ body: (CellView) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBytes { bytes in
            try cells.withUnsafeBufferPointer {
                try body(CellView(cells: $0, bytes: bytes, columnCount: columnCount))
            }
        }
    }

    /// The cells of a batch; good while ``withCells(_:)`` runs.
    public struct CellView {
        @usableFromInline let cells: UnsafeBufferPointer<Cell>
        @usableFromInline let bytes: UnsafeRawBufferPointer
        @usableFromInline let columnCount: Int

        @inlinable
        public subscript(row: Int, column: Int) -> UnsafeRawBufferPointer {
            @inline(__always) get {
                let cell = cells[row &* columnCount &+ column]
                return UnsafeRawBufferPointer(rebasing: bytes[Int(cell.start)..<Int(cell.end)])
            }
        }
    }

    // MARK: Filling

    /// Adds bytes that cells will lie in, and says where they start.
    @inlinable @inline(__always)
    public mutating func append(_ more: UnsafeRawBufferPointer) -> Int {
        defer { bytes.append(contentsOf: more) }
        return bytes.count
    }

    /// Where bytes that are added next will start.
    @inlinable public var nextByte: Int { bytes.count }

    /// Adds a cell that lies in bytes that were added or will be.
    @inlinable @inline(__always) public mutating func append(_ cell: Cell) { cells.append(cell) }

    /// Adds a cell with its bytes.
    package mutating func append(cell: UnsafeRawBufferPointer) {
        let start = append(cell)
        cells.append(Cell(start: start, end: bytes.count))
    }

    /// What a cell holds.
    package func bytes(of cell: Cell) -> ArraySlice<UInt8> { bytes[Int(cell.start)..<Int(cell.end)] }

    /// Cells of the row that is being filled.
    @inlinable public var openCells: Int { cells.count - closedCells }

    /// One cell of the row that is being filled.
    @inlinable public func openCell(_ column: Int) -> Cell { cells[closedCells + column] }

    /// The cells of the row that is being filled, from one of them on.
    package func openCells(from first: Int) -> ArraySlice<Cell> { cells[(closedCells + first)...] }

    /// Takes back cells of the row that is being filled until `count` are left.
    package mutating func cutOpenCells(to count: Int) {
        cells.removeLast(max(0, openCells - count))
    }

    /// Closes the row that is being filled: what is missing of `columnCount` cells is empty.
    package mutating func endRow(at position: Position) {
        positions.append(position)
        let missing = positions.count * columnCount - cells.count
        if missing > 0 {
            let empty = Cell(start: bytes.count, end: bytes.count)
            cells.append(contentsOf: repeatElement(empty, count: missing))
        }
        closedCells = cells.count
    }

    /// Keeps the text of the row that was closed last as it stands in the file.
    package mutating func append(original: UnsafeRawBufferPointer) {
        originals.append(contentsOf: original)
        originalEnds.append(Int32(originals.count))
    }
}
