import Records

/// Makes rows out of the cells of records, for all formats whose records are lists of cells.
///
/// Here is decided, once for all of them, what becomes of a record that is shorter or longer than the header, of lines
/// under the table, and of a header that stands in it again.
struct RowAssembler {
    /// The number of the next record, 1-based.
    private(set) var record: Int
    private let width: Int
    private let file: String
    private let rules: ReadingRules
    private let names: [[UInt8]]
    private var footers: FooterWatch

    /// - Parameter columns: of the table; the last one is `extra_cells` where long rows are kept.
    init(columns: [String], rules: ReadingRules, file: String, record: Int) {
        width = columns.count - (rules.longRows == .keep ? 1 : 0)
        self.record = record
        self.file = file
        self.rules = rules
        names = columns.prefix(width).map { Array($0.utf8) }
        footers = FooterWatch(width: width)
    }

    /// Whether records are held back, so that reading cannot go on behind the last one.
    var isWaiting: Bool { footers.isWaiting }

    /// Takes the cells in the batch's open row as a record that starts at a place.
    ///
    /// - Parameter raw: the record as it stands in the file, in case it cannot be a row.
    mutating func add(_ batch: inout RecordBatch, at place: Position, raw: () -> [UInt8]) {
        if footers.isCandidate, isAlone(batch) {
            let full = footers.hold(
                Array(batch.bytes(of: batch.openCell(0))), isPadded: batch.openCells == width, at: place)
            batch.cutOpenCells(to: 0)
            return settle(full, in: &batch)
        }
        if footers.isWaiting {
            let cells = Array(batch.openCells(from: 0))
            batch.cutOpenCells(to: 0)
            settle(footers.notAtEnd(), in: &batch)
            for cell in cells { batch.append(cell) }
        }
        close(&batch, at: place, raw: raw)
    }

    /// Says that the file ends.
    mutating func finish(_ batch: inout RecordBatch) { settle(footers.atEnd(), in: &batch) }

    /// Takes back the batch's open row and rejects the record.
    mutating func reject(_ reason: String, in batch: inout RecordBatch, line: Int, raw: [UInt8]) {
        batch.cutOpenCells(to: 0)
        batch.rejects.append(Reject(file: file, line: line, record: record, reason: reason, raw: raw))
        record += 1
    }

    /// An empty row, where an empty line is one.
    mutating func addEmpty(_ batch: inout RecordBatch, at place: Position) {
        batch.endRow(at: Position(byte: place.byte, line: place.line, record: record))
        record += 1
    }

    private mutating func settle(_ outcome: FooterWatch.Outcome?, in batch: inout RecordBatch) {
        guard let outcome else { return }
        for line in outcome.rows {
            line.cell.withUnsafeBytes { batch.append(cell: $0) }
            let empty = RecordBatch.Cell(start: batch.nextByte, end: batch.nextByte)
            while line.isPadded, batch.openCells < width { batch.append(empty) }
            close(&batch, at: line.position) { line.cell }
        }
        for line in outcome.footers { batch.notes.add(.footer, line: line.position.line) }
    }

    private mutating func close(_ batch: inout RecordBatch, at place: Position, raw: () -> [UInt8]) {
        let count = batch.openCells
        if count != width || mayBeHeader(batch) {
            if count < width {
                batch.notes.add(.shortRow, line: place.line)
            } else if count > width {
                guard takeExtraCells(in: &batch, line: place.line) else {
                    return reject("too_many_cells", in: &batch, line: place.line, raw: raw())
                }
            } else if zip(batch.openCells(from: 0), names).allSatisfy({ batch.bytes(of: $0).elementsEqual($1) }) {
                batch.cutOpenCells(to: 0)
                batch.notes.add(.repeatedHeader, line: place.line)
                return
            }
        }
        batch.endRow(at: Position(byte: place.byte, line: place.line, record: record))
        record += 1
    }

    /// False where there are cells beyond the header that are not to be kept.
    private func takeExtraCells(in batch: inout RecordBatch, line: Int) -> Bool {
        let extra = Array(batch.openCells(from: width))
        guard !extra.allSatisfy(\.isEmpty) else {
            batch.cutOpenCells(to: width)
            return true
        }
        guard rules.longRows == .keep else { return false }
        var json: [UInt8] = [UInt8(ascii: "[")]
        for (number, cell) in extra.enumerated() {
            if number > 0 { json.append(UInt8(ascii: ",")) }
            JSONText.append(string: batch.bytes(of: cell), to: &json)
        }
        json.append(UInt8(ascii: "]"))
        batch.cutOpenCells(to: width)
        json.withUnsafeBytes { batch.append(cell: $0) }
        batch.notes.add(.extraCells, line: line)
        return true
    }

    /// Whether only the first cell has a value, as lines under a table have.
    private func isAlone(_ batch: RecordBatch) -> Bool {
        guard batch.openCells == 1 || batch.openCells == width, !batch.openCell(0).isEmpty else { return false }
        for column in 1..<max(batch.openCells, 1) where !batch.openCell(column).isEmpty { return false }
        return true
    }

    /// Whether the first cell is the first column's name, which few rows have.
    private func mayBeHeader(_ batch: RecordBatch) -> Bool {
        guard let name = names.first else { return false }
        let cell = batch.openCell(0)
        return cell.count == name.count && batch.bytes(of: cell).elementsEqual(name)
    }
}
