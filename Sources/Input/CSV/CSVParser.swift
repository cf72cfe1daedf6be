import CLibCSV
import Records

/// libcsv, given one whole record at a time: the only place that knows it.
///
/// Its defaults would trim blanks around cells, which RFC 4180 (section 2.4) forbids, so no character counts as a
/// blank here. It has no line numbers, no limits, and takes an unclosed quote to the end of the file; so it gets only
/// records whose end is known.
struct CSVParser: ~Copyable {
    private var parser = csv_parser()
    private let cells = CSVCells()

    init(_ dialect: CSVDialect) {
        csv_init(&parser, 0)
        csv_set_delim(&parser, dialect.delimiter)
        csv_set_quote(&parser, dialect.quote ?? 0)
        csv_set_space_func(&parser) { _ in 0 }
        csv_set_blk_size(&parser, 16_384)
    }

    deinit {
        var parser = parser
        csv_free(&parser)
    }

    /// Splits a record into cells and adds them to a batch's open row.
    ///
    /// - Parameter record: strictly written, without its line end.
    mutating func split(_ record: [UInt8], into batch: inout RecordBatch) {
        cells.removeAll()
        let context = Unmanaged.passUnretained(cells).toOpaque()
        csv_parse(&parser, record, record.count, addCell, endRow, context)
        csv_fini(&parser, addCell, endRow, context)
        let shift = cells.bytes.withUnsafeBytes { batch.append($0) }
        var start = 0
        for end in cells.ends {
            batch.append(RecordBatch.Cell(start: shift + start, end: shift + end))
            start = end
        }
    }
}

/// The cells of one record as they come out of the parser.
private final class CSVCells {
    private(set) var bytes: [UInt8] = []
    private(set) var ends: [Int] = []

    func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    func add(_ cell: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: cell)
        ends.append(bytes.count)
    }
}

private let addCell: @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?) -> Void = {
    cell, length, cells in
    guard let cells else { return }
    Unmanaged<CSVCells>.fromOpaque(cells)._withUnsafeGuaranteedRef {
        $0.add(UnsafeRawBufferPointer(start: cell, count: length))
    }
}

private let endRow: @convention(c) (Int32, UnsafeMutableRawPointer?) -> Void = { _, _ in }
