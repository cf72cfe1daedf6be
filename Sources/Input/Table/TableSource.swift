import Records

/// The rows of a table in a document (a spreadsheet, a web page) as rows.
final class TableSource: RecordSource {
    let columns: [String]
    private let limits: RecordLimits
    private let rules: ReadingRules
    private let rows: any TableRows
    private var assembler: RowAssembler
    /// `byte` counts the rows of the table that were read, header and preamble among them.
    private var position: Position

    /// - Parameter start: behind the header, or where an earlier reader's batch ended; rows before it are passed over.
    init(
        _ rows: any TableRows, name: String, columns: [String], rules: ReadingRules, limits: RecordLimits,
        from start: Position
    ) throws {
        self.rows = rows
        self.columns = columns
        self.rules = rules
        self.limits = limits
        position = start
        assembler = RowAssembler(columns: columns, rules: rules, file: name, record: start.record)
        for _ in 0..<start.byte {
            var passed = RecordBatch(columnCount: 1, start: .start)
            guard try rows.next(into: &passed) != nil else { break }
        }
    }

    private var broken = ReadingBreak()

    func next() throws -> RecordBatch? {
        try broken.check()
        var batch = RecordBatch(columnCount: columns.count, start: position)
        var isAtEnd = false
        while !isAtEnd, assembler.isWaiting || !batch.isFull(limits) {
            do {
                guard let row = try rows.next(into: &batch) else {
                    assembler.finish(&batch)
                    isAtEnd = true
                    break
                }
                take(row, into: &batch)
                position.byte += 1
            } catch {
                try broken.keep(error, behind: batch)
                isAtEnd = true
            }
        }
        position.record = assembler.record
        batch.end = position
        batch.taken = rows.taken
        return isAtEnd && batch.isEmpty ? nil : batch
    }

    private func take(_ row: TableRow, into batch: inout RecordBatch) {
        position.line = row.line
        let cells = batch.openCells(from: 0).map { Array(batch.bytes(of: $0)) }
        let raw = { Array(cells.joined(separator: [9]).prefix(Reject.rawLimit)) }
        if let problem = row.problem {
            return assembler.reject(problem, in: &batch, line: row.line, raw: raw())
        }
        if cells.contains(where: { MarkupText.isMarked($0) }) {
            guard rules.invalidText == .replace else {
                return assembler.reject("invalid_text", in: &batch, line: row.line, raw: MarkupText.replaced(raw()))
            }
            batch.cutOpenCells(to: 0)
            for cell in cells { MarkupText.replaced(cell).withUnsafeBytes { batch.append(cell: $0) } }
            batch.notes.add(.replacedBytes, line: row.line)
        }
        assembler.add(&batch, at: position, raw: raw)
    }
}

/// What a table's header is, found among its first rows.
struct TableHeader {
    let columns: [String]
    let place: HeaderPlace
    /// Rows of the table down to the header, the header among them.
    let rowsAbove: Int
    let confidence: Double
    let notes: [Diagnostic]
    let emptyColumns: Set<Int>

    /// How many rows decide.
    private static let sampled = 200

    /// - Throws: ``Diagnostic`` `empty_input` where the table has no rows.
    init(_ rows: any TableRows, setting: HeaderSetting, file: String) throws {
        var sample: [SampleRow] = []
        while sample.count < Self.sampled {
            var batch = RecordBatch(columnCount: 1, start: .start)
            guard let row = try rows.next(into: &batch) else { break }
            let cells = batch.openCells(from: 0).map { String(decoding: batch.bytes(of: $0), as: UTF8.self) }
            sample.append(SampleRow(line: row.line, cells: cells, end: .start))
        }
        guard !sample.isEmpty else {
            throw Diagnostic(code: "empty_input", "the table has no rows", file: file, hint: "export it again")
        }
        // Trailing cells without a value do not stand in the file, so the widest row counts, and a title does not.
        let width = sample.map(\.cells.count).max() ?? 1
        let found = try HeaderFinder(sample, width: width, namesRest: true, setting: setting, file: file)
        columns = found.columns
        place = found.place
        rowsAbove = found.rowsAbove
        notes = found.notes
        emptyColumns = found.emptyColumns
        let wide = sample.dropFirst(rowsAbove).count { $0.cells.count * 2 > width }
        confidence = sample.count == rowsAbove ? 1 : Double(wide) / Double(sample.count - rowsAbove)
    }
}
