import Records

/// The rows of a CSV file.
final class CSVSource: RecordSource {
    let columns: [String]
    private let file: String
    private let limits: RecordLimits
    private let lines: LineReader
    private var parser: CSVParser
    /// Where the next record starts.
    private var position: Position

    /// A record may be this many times as long as a cell.
    private static let recordFactor = 16
    private var recordLimit: Int { limits.field * Self.recordFactor }

    /// - Parameter start: behind the header, or where an earlier reader's batch ended.
    init(
        _ reader: FileReader, name: String, columns: [String], dialect: CSVDialect, limits: RecordLimits,
        from start: Position
    ) throws {
        file = name
        self.columns = columns
        self.limits = limits
        position = start
        parser = CSVParser(dialect)
        lines = try LineReader(
            reader, terminator: dialect.terminator, from: start.byte, lineLimit: limits.field * Self.recordFactor)
    }

    func next() throws -> RecordBatch? {
        var batch = RecordBatch(
            columnCount: columns.count, start: position, reservingBytes: limits.batchBytes + limits.batchBytes / 4)
        var isAtEnd = false
        while batch.rowCount < limits.batchRows, batch.byteCount < limits.batchBytes, !isAtEnd {
            isAtEnd = try !readRecord(into: &batch)
        }
        batch.end = position
        return isAtEnd && batch.rowCount == 0 && batch.rejects.isEmpty ? nil : batch
    }

    /// Reads the lines of one record.
    ///
    /// False at the end of the file.
    private func readRecord(into batch: inout RecordBatch) throws -> Bool {
        lines.beginRecord()
        var isBroken = false
        var lineCount = 0
        var secondLine: Int?
        while let line = try lines.next() {
            lineCount += 1
            if lineCount == 1 { secondLine = line.end }
            if line.isCut {
                reject("record_too_long", line.bytes, in: &batch)
                parser.reset()
                goOn(at: line.end, afterLines: lineCount)
                return true
            }
            isBroken = isBroken || !UTF8Check.isValid(line.bytes)
            parser.feed(line.bytes)
            if parser.isInQuotes {
                let isTooLong = parser.openCellBytes > limits.field || lines.recordBytes.count > recordLimit
                guard isTooLong, let secondLine else { continue }
                rejectUnclosedQuote(goingOnAt: secondLine, in: &batch)
                return true
            }
            take(isBroken: isBroken, into: &batch)
            goOn(at: line.end, afterLines: lineCount)
            return true
        }
        guard lineCount > 0, let secondLine else { return false }
        // The file ends inside quotes: only the first line is surely part of the broken record.
        rejectUnclosedQuote(goingOnAt: secondLine, in: &batch)
        return true
    }

    /// Rows out of the line that was fed last; more than one where lone CRs stand between LFs.
    private func take(isBroken: Bool, into batch: inout RecordBatch) {
        if parser.rows.rowEnds.isEmpty {
            parser.finish()
        }
        let rows = parser.rows
        defer { rows.removeAll() }
        if rows.rowEnds.isEmpty {
            // A blank line is a row only where a row is a single cell.
            guard columns.count == 1 else { return }
            batch.padRow(at: position)
            position.record += 1
            return
        }
        for row in rows.rowEnds.indices {
            if isBroken {
                reject("invalid_utf8", lines.recordBytes, in: &batch)
            } else if rows.longestCell > limits.field {
                reject("cell_too_long", lines.recordBytes, in: &batch)
            } else if batch.append(row: rows.cells(row), of: rows.cellEnds, in: rows.bytes, at: position) {
                position.record += 1
            } else {
                reject("too_many_cells", lines.recordBytes, in: &batch)
            }
        }
    }

    private func rejectUnclosedQuote(goingOnAt byte: Int, in batch: inout RecordBatch) {
        let first = lines.recordBytes[..<(byte - position.byte)]
        reject("unclosed_quote", UnsafeRawBufferPointer(rebasing: first), in: &batch)
        parser.reset()
        lines.rewind(to: byte)
        goOn(at: byte, afterLines: 1)
    }

    private func reject(_ reason: String, _ raw: UnsafeRawBufferPointer, in batch: inout RecordBatch) {
        batch.rejects.append(
            Reject(
                file: file, line: position.line, record: position.record, reason: reason, raw: raw[...].trimmedLineEnd))
        position.record += 1
    }

    private func goOn(at byte: Int, afterLines count: Int) {
        position.byte = byte
        position.line += count
    }
}

extension Slice<UnsafeRawBufferPointer> {
    /// Without the line end.
    var trimmedLineEnd: Self {
        var text = self
        while let last = text.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { text = text.dropLast() }
        return text
    }
}
