import Records

/// The records of an XML file as rows.
final class XMLSource: RecordSource, XMLRecords.Receiver {
    let columns: [String]
    private let file: String
    private let limits: RecordLimits
    private let rules: ReadingRules
    private let joins: Bool
    private var row: MemberColumns.Row
    private var handler: XMLRecords?
    private var feed: MarkupFeed?
    private var isAtEnd = false

    private var batch: RecordBatch
    /// Records passed over and read so far, and how many to pass over.
    private var record = 0
    private let skipped: Int
    private var line = 1
    private var rowStart = 0
    private var problem: String?
    private var hasMark = false

    /// - Parameter start: the file is read from its beginning, and records before `start.record` are passed over.
    init(
        _ stream: any ByteStream, name: String, layout: XMLLayout, rules: ReadingRules, limits: RecordLimits,
        from start: Position
    ) throws {
        file = name
        self.limits = limits
        self.rules = rules
        joins = layout.joins
        skipped = start.record - 1
        columns = layout.columns
        row = MemberColumns.Row(layout.places)
        batch = RecordBatch(columnCount: columns.count, start: start)
        let handler = XMLRecords(record: layout.record, joins: joins, mostText: limits.record, receiver: self)
        self.handler = handler
        feed = MarkupFeed(stream, as: .xml, handler: handler, limits: limits, file: file)
    }

    func next() throws -> RecordBatch? {
        while !isAtEnd, !batch.isFull(limits) {
            do {
                isAtEnd = try feed?.next() != true
            } catch {
                try broken.keep(error, behind: batch)
                isAtEnd = true
            }
        }
        if batch.isEmpty {
            try broken.check()
            return nil
        }
        batch.end = Position(byte: max(record, skipped), line: line, record: max(record, skipped) + 1)
        batch.taken = feed?.taken ?? 0
        let full = batch
        batch = RecordBatch(columnCount: columns.count, start: full.end)
        row.move(from: full, to: &batch)
        rowStart = 0
        return full
    }

    private var broken = ReadingBreak()

    // MARK: From the records

    func recordStarts() {
        line = feed?.line ?? line
        rowStart = batch.nextByte
        (problem, hasMark) = (nil, false)
    }

    func value(_ path: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer) {
        guard record >= skipped, problem == nil else { return }
        if text.count > limits.field { problem = "cell_too_long" }
        if batch.nextByte - rowStart > limits.record { problem = "record_too_long" }
        guard problem == nil else { return }
        guard MarkupText.isMarked(text) else { return set(path, text) }
        hasMark = true
        MarkupText.replaced(text).withUnsafeBytes { set(path, $0) }
    }

    private func set(_ path: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer) {
        row.set(path, to: text, isText: true, joining: joins, in: &batch)
    }

    func recordEnds() {
        record += 1
        guard record > skipped else { return }
        if handler?.isTooLong == true { problem = problem ?? "record_too_long" }
        if hasMark, rules.invalidText == .reject { problem = problem ?? "invalid_text" }
        if let problem {
            batch.rejects.append(
                Reject(file: file, line: line, record: record, reason: problem, raw: row.json(batch)))
            return row.clear()
        }
        if hasMark { batch.notes.add(.replacedBytes, line: line) }
        row.take(into: &batch)
        batch.endRow(at: Position(byte: record - 1, line: line, record: record))
    }
}
