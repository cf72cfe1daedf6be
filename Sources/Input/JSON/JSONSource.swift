import Records

/// The objects of a JSON file as rows.
///
/// A string's cell is its text, a null's is empty, anything else stands as written; the members of an object in an
/// object are columns of their own, dotted. Each row keeps its object as it stands in the file.
final class JSONSource: RecordSource {
    let columns: [String]
    private let file: String
    private let limits: RecordLimits
    private let rules: ReadingRules
    private let records: JSONRecords
    private let parser = SimdJSON()
    private let isOneLine: Bool
    private var row: MemberColumns.Row
    private var position: Position

    init(
        _ stream: any ByteStream, name: String, layout: JSONLayout, rules: ReadingRules, limits: RecordLimits,
        from start: Position
    ) throws {
        file = name
        let members = layout.columns
        columns = members.names
        row = MemberColumns.Row(members)
        self.limits = limits
        self.rules = rules
        isOneLine = layout.arrangement == .lines
        position = start
        records = try JSONRecords(stream, arrangement: layout.arrangement, limits: limits, from: start, file: name)
    }

    private var broken = ReadingBreak()

    func next() throws -> RecordBatch? {
        try broken.check()
        var batch = RecordBatch(
            columnCount: columns.count, start: position, reservingBytes: limits.batchBytes + limits.batchBytes / 4)
        var isAtEnd = false
        while !isAtEnd, !batch.isFull(limits) {
            do {
                isAtEnd = try !readRecord(into: &batch)
            } catch {
                try broken.keep(error, behind: batch)
                isAtEnd = true
            }
        }
        batch.end = position
        batch.taken = records.taken
        return isAtEnd && batch.isEmpty ? nil : batch
    }

    private func readRecord(into batch: inout RecordBatch) throws -> Bool {
        guard let found = try records.next() else { return false }
        position.byte = records.start.byte
        position.line = records.start.line
        switch found {
        case .blank: break
        case .object(let text): take(text, into: &batch)
        case .tooLong(let beginning):
            beginning.withUnsafeBytes { reject("record_too_long", $0, in: &batch) }
        case .unclosed(let beginning):
            beginning.withUnsafeBytes { reject("invalid_json: the text ends inside it", $0, in: &batch) }
        }
        (position.byte, position.line) = records.end
        return true
    }

    private func take(_ text: UnsafeRawBufferPointer, into batch: inout RecordBatch) {
        switch parser.members(of: text, depth: limits.depth) {
        case .success(let members): add(members, of: text, to: &batch)
        case .failure(let refusal):
            if UTF8Check.isValid(text) {
                reject("invalid_json: \(refusal.why)", text, in: &batch)
            } else if rules.invalidText == .replace {
                takeRepaired(text, into: &batch)
            } else {
                reject("invalid_text", text, in: &batch)
            }
        }
    }

    private func takeRepaired(_ text: UnsafeRawBufferPointer, into batch: inout RecordBatch) {
        let repaired = UTF8Check.repaired(text)
        let padded = repaired + repeatElement(0, count: SimdJSON.padding)
        padded.withUnsafeBytes { bytes in
            let text = UnsafeRawBufferPointer(rebasing: bytes[..<repaired.count])
            switch parser.members(of: text, depth: limits.depth) {
            case .success(let members):
                batch.notes.add(.replacedBytes, line: position.line)
                add(members, of: text, to: &batch)
            case .failure(let refusal): reject("invalid_json: \(refusal.why)", text, in: &batch)
            }
        }
    }

    private func add(_ members: SimdJSON.Members, of text: UnsafeRawBufferPointer, to batch: inout RecordBatch) {
        for member in members {
            row.set(
                member.path, to: member.value, isText: member.kind == .string, isNull: member.kind == .null, in: &batch)
        }
        row.take(into: &batch)
        batch.endRow(at: position)
        if isOneLine {
            batch.append(original: text)
        } else {
            // Line ends can only stand between tokens; a line of the output holds one object.
            let line = text.map { $0 == 10 || $0 == 13 ? 32 : $0 }
            line.withUnsafeBytes { batch.append(original: $0) }
        }
        position.record += 1
    }

    private func reject(_ reason: String, _ raw: UnsafeRawBufferPointer, in batch: inout RecordBatch) {
        batch.rejects.append(
            Reject(file: file, line: position.line, record: position.record, reason: reason, raw: raw))
        position.record += 1
    }
}
