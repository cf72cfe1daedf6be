import CLibCSV
import Records

/// libcsv, fed one physical line at a time: the only place that knows it.
///
/// Its defaults would trim blanks around cells, which RFC 4180 (section 2.4) forbids, so no character counts as a
/// blank here. It has no line numbers and no limits either; who feeds it line by line has both.
struct CSVParser: ~Copyable {
    private var parser = csv_parser()
    private let dialect: CSVDialect
    /// What the parser has handed out since the last ``CSVRows/removeAll()``.
    let rows = CSVRows()

    init(_ dialect: CSVDialect) {
        self.dialect = dialect
        start()
    }

    deinit {
        var parser = parser
        csv_free(&parser)
    }

    private mutating func start() {
        csv_init(&parser, 0)
        csv_set_delim(&parser, dialect.delimiter)
        csv_set_quote(&parser, dialect.quote)
        csv_set_space_func(&parser) { _ in 0 }
        csv_set_blk_size(&parser, 16_384)
    }

    /// Reads on through one line.
    mutating func feed(_ line: UnsafeRawBufferPointer) {
        csv_parse(&parser, line.baseAddress, line.count, addCell, endRow, Unmanaged.passUnretained(rows).toOpaque())
    }

    /// Says that the file ends here; the record that is open becomes a row.
    mutating func finish() {
        csv_fini(&parser, addCell, endRow, Unmanaged.passUnretained(rows).toOpaque())
    }

    /// Whether a quoted cell is open, so that the record goes on in the next line.
    ///
    /// libcsv's state 2 is "inside a cell".
    var isInQuotes: Bool { parser.pstate == 2 && parser.quoted != 0 }

    /// Bytes of the cell that is open.
    var openCellBytes: Int { Int(parser.entry_pos) }

    /// Forgets the record that is open.
    mutating func reset() {
        csv_free(&parser)
        rows.removeAll()
        start()
    }
}

/// Rows as they come out of the parser, of any width, in one buffer.
final class CSVRows {
    private(set) var bytes: [UInt8] = []
    /// End of each cell in `bytes`.
    private(set) var cellEnds: [Int32] = []
    /// End of each row in `cellEnds`.
    private(set) var rowEnds: [Int] = []
    private(set) var longestCell = 0

    func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        cellEnds.removeAll(keepingCapacity: true)
        rowEnds.removeAll(keepingCapacity: true)
        longestCell = 0
    }

    /// Cells of a row, as text.
    func texts(_ row: Int) -> [String] {
        cells(row).map { String(decoding: bytes[start(of: $0)..<Int(cellEnds[$0])], as: UTF8.self) }
    }

    func cells(_ row: Int) -> Range<Int> { (row == 0 ? 0 : rowEnds[row - 1])..<rowEnds[row] }

    private func start(of cell: Int) -> Int { cell == 0 ? 0 : Int(cellEnds[cell - 1]) }

    fileprivate func add(_ cell: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: cell)
        cellEnds.append(Int32(bytes.count))
        longestCell = max(longestCell, cell.count)
    }

    fileprivate func endRow() { rowEnds.append(cellEnds.count) }
}

private let addCell: @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?) -> Void = {
    cell, length, rows in
    guard let rows else { return }
    Unmanaged<CSVRows>.fromOpaque(rows)._withUnsafeGuaranteedRef {
        $0.add(UnsafeRawBufferPointer(start: cell, count: length))
    }
}

private let endRow: @convention(c) (Int32, UnsafeMutableRawPointer?) -> Void = { _, rows in
    guard let rows else { return }
    Unmanaged<CSVRows>.fromOpaque(rows)._withUnsafeGuaranteedRef { $0.endRow() }
}
