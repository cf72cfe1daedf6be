import Records

/// The rows of a CSV file.
final class CSVSource: RecordSource {
    let columns: [String]
    private let limits: RecordLimits
    private let rules: ReadingRules
    private let records: CSVRecords
    private var assembler: RowAssembler
    /// Where the next record starts.
    private var position: Position

    private var broken = ReadingBreak()

    /// - Parameter start: behind the header, or where an earlier reader's batch ended.
    init(
        _ stream: any ByteStream, name: String, columns: [String], dialect: CSVDialect, rules: ReadingRules,
        limits: RecordLimits, from start: Position
    ) throws {
        self.columns = columns
        self.rules = rules
        self.limits = limits
        position = start
        records = try CSVRecords(stream, dialect: dialect, limits: limits, from: start.byte, file: name)
        assembler = RowAssembler(columns: columns, rules: rules, file: name, record: start.record)
    }

    func next() throws -> RecordBatch? {
        try broken.check()
        var batch = RecordBatch(
            columnCount: columns.count, start: position, reservingBytes: limits.batchBytes + limits.batchBytes / 4)
        var isAtEnd = false
        while !isAtEnd, assembler.isWaiting || !batch.isFull(limits) {
            do {
                isAtEnd = try !readRecord(into: &batch)
            } catch {
                try broken.keep(error, behind: batch)
                isAtEnd = true
            }
        }
        position.record = assembler.record
        batch.end = position
        batch.taken = records.taken
        return isAtEnd && batch.isEmpty ? nil : batch
    }

    /// False at the end of the file.
    private func readRecord(into batch: inout RecordBatch) throws -> Bool {
        guard let found = try records.next(into: &batch) else {
            assembler.finish(&batch)
            return false
        }
        switch found {
        case .record: take(into: &batch)
        case .blank:
            // A blank line is a row only where a row is a single cell.
            if columns.count == 1 { assembler.addEmpty(&batch, at: position) }
        case .unclosedQuote: reject("unclosed_quote", in: &batch)
        case .tooLong: reject("record_too_long", in: &batch)
        }
        position.byte = records.offset
        position.line += records.lines
        return true
    }

    private func take(into batch: inout RecordBatch) {
        if !UTF8Check.isValid(records.raw) {
            guard rules.invalidText == .replace else { return reject("invalid_text", in: &batch) }
            repairOpenCells(of: &batch)
            batch.notes.add(.replacedBytes, line: position.line)
        }
        if records.raw.count > limits.field, batch.openCells(from: 0).contains(where: { $0.count > limits.field }) {
            return reject("cell_too_long", in: &batch)
        }
        assembler.add(&batch, at: position) { self.raw }
    }

    private func repairOpenCells(of batch: inout RecordBatch) {
        let texts = batch.openCells(from: 0).map { batch.bytes(of: $0).withUnsafeBytes { UTF8Check.repaired($0) } }
        batch.cutOpenCells(to: 0)
        for text in texts { text.withUnsafeBytes { batch.append(cell: $0) } }
    }

    private func reject(_ reason: String, in batch: inout RecordBatch) {
        assembler.reject(reason, in: &batch, line: position.line, raw: raw)
    }

    private var raw: [UInt8] {
        records.raw.isEmpty
            ? records.beginning : Array(records.raw[...].trimmedLineEnd.prefix(Reject.rawLimit))
    }
}
