import Records

/// The rows of a table in a document, one after the other; rows without any value are passed over.
protocol TableRows: AnyObject {
    /// Reads the next row's cells into the batch's open row; nil at the end.
    ///
    /// - Throws: ``Diagnostic`` where the document is broken.
    func next(into batch: inout RecordBatch) throws -> TableRow?

    /// Bytes of the file that were taken so far.
    var taken: Int { get }
}

struct TableRow {
    /// In a spreadsheet the number of the row, else the physical line.
    var line: Int
    /// Why it cannot be a row, if so.
    var problem: String?
}

/// Rows between a parser that hands them out in bursts and a reader that takes them one by one.
struct RowQueue {
    private var bytes: [UInt8] = []
    private var cells: [RecordBatch.Cell] = []
    private var rows: [(row: TableRow, end: Int)] = []
    private var taken = 0
    /// A cell that has more bytes than this makes its row a reject.
    let mostBytes: Int
    private var problem: String?

    init(mostBytes: Int) { self.mostBytes = mostBytes }

    var isEmpty: Bool { taken == rows.count }

    /// Cells of the row that is being filled.
    var openCells: Int { cells.count - (rows.last?.end ?? 0) }

    mutating func append(cell: some Collection<UInt8>) {
        if cell.count > mostBytes { problem = "cell_too_long" }
        let start = bytes.count
        bytes.append(contentsOf: cell.prefix(mostBytes))
        cells.append(RecordBatch.Cell(start: start, end: bytes.count))
    }

    /// Ends a row; one without any value is forgotten.
    mutating func endRow(line: Int, problem other: String? = nil) {
        defer { problem = nil }
        let start = rows.last?.end ?? 0
        while cells.count > start, cells[cells.count - 1].isEmpty { cells.removeLast() }
        let why = problem ?? other
        guard cells.count > start || why != nil else { return }
        rows.append((TableRow(line: line, problem: why), cells.count))
    }

    mutating func takeFirst(into batch: inout RecordBatch) -> TableRow {
        let (row, end) = rows[taken]
        let first = taken == 0 ? 0 : rows[taken - 1].end
        bytes.withUnsafeBytes { bytes in
            for cell in cells[first..<end] {
                batch.append(cell: UnsafeRawBufferPointer(rebasing: bytes[Int(cell.start)..<Int(cell.end)]))
            }
        }
        taken += 1
        if isEmpty {
            // Blocks mostly end in the middle of a row, whose cells move to the front.
            let passed = end < cells.count ? Int(cells[end].start) : bytes.count
            bytes.removeSubrange(..<passed)
            cells.removeSubrange(..<end)
            for index in cells.indices { cells[index] = cells[index].moved(by: -passed) }
            rows.removeAll(keepingCapacity: true)
            taken = 0
        }
        return row
    }
}
