import Records

/// The objects of a JSONL file (one JSON object a line) as rows.
///
/// Columns are the members that the beginning of the file shows; the last column, ``otherFieldsColumn``, takes what
/// turns up later. A string's cell is its text, a null's is empty, anything else stands as written.
final class JSONLSource: RecordSource {
    let columns: [String]
    private let file: String
    private let limits: RecordLimits
    private let lines: LineReader
    private let parser = JSONObjectParser()
    private let places: JSONLColumns
    private var position: Position

    init(_ reader: FileReader, name: String, columns: JSONLColumns, limits: RecordLimits, from start: Position) throws {
        file = name
        places = columns
        self.columns = columns.names
        self.limits = limits
        position = start
        lines = try LineReader(reader, terminator: UInt8(ascii: "\n"), from: start.byte, lineLimit: limits.field)
    }

    func next() throws -> RecordBatch? {
        var batch = RecordBatch(columnCount: columns.count, start: position, reservingBytes: limits.batchBytes)
        var isAtEnd = false
        while batch.rowCount < limits.batchRows, batch.byteCount < limits.batchBytes, !isAtEnd {
            isAtEnd = try !readLine(into: &batch)
        }
        batch.end = position
        return isAtEnd && batch.rowCount == 0 && batch.rejects.isEmpty ? nil : batch
    }

    private func readLine(into batch: inout RecordBatch) throws -> Bool {
        lines.beginRecord()
        guard let line = try lines.next() else { return false }
        defer {
            position.byte = line.end
            position.line += 1
        }
        let text = UnsafeRawBufferPointer(rebasing: line.bytes[...].trimmedLineEnd)
        guard text.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }) else { return true }
        var cells = places.emptyRow()
        let problem =
            line.isCut
            ? "record_too_long"
            : parser.members(of: text) { key, kind, value in
                cells.set(key, kind, value)
            }.map { "invalid_json: \($0)" }
        if let problem {
            batch.rejects.append(
                Reject(file: file, line: position.line, record: position.record, reason: problem, raw: text))
        } else {
            for cell in cells.values() { batch.append(cell: cell) }
            batch.padRow(at: position)
            batch.append(original: text)
        }
        position.record += 1
        return true
    }
}
