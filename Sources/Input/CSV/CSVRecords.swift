import Foundation
import Records

/// The records of a CSV text, one after the other, of any width.
final class CSVRecords {
    enum Found {
        /// A record, its cells in the batch's open row.
        case record
        /// A line with nothing on it.
        case blank
        /// A quote that was never closed; what is ``raw`` is the first line of it.
        case unclosedQuote
        /// A record beyond the limit; ``beginning`` shows it.
        case tooLong
    }

    private let window: ByteWindow
    private let scanner: CSVScanner
    private let hasQuote: Bool
    private let limits: RecordLimits
    private var parser: CSVParser
    private var repair: CSVRepair
    /// The record's bytes with its line end; nothing where it is too long.
    private(set) var raw = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The beginning of a record that is too long.
    private(set) var beginning: [UInt8] = []
    /// Physical lines of the record.
    private(set) var lines = 0
    /// Bytes from the record's start to the next one's.
    private var length = 0

    init(_ stream: any ByteStream, dialect: CSVDialect, limits: RecordLimits, from byte: Int, file: String) throws {
        window = try ByteWindow(stream, from: byte, block: limits.block, file: file)
        scanner = CSVScanner(dialect)
        parser = CSVParser(dialect)
        repair = CSVRepair(dialect)
        hasQuote = dialect.quote != nil
        self.limits = limits
    }

    /// Bytes of the stream before the next record.
    var offset: Int { window.offset + length }
    var taken: Int { window.taken }

    /// The next record, or nil at the end.
    ///
    /// ``raw`` and ``lines`` belong to it until the next call.
    func next(into batch: inout RecordBatch) throws -> Found? {
        window.advance(by: length)
        length = 0
        while true {
            if window.count > 0 || window.isAtEnd {
                guard window.count > 0 else { return nil }
                switch scanner.split(
                    window.base, count: window.count, isFinal: window.isAtEnd, shift: batch.nextByte, into: &batch)
                {
                case .record(let end): return take(end, &batch)
                case .irregular(let index):
                    _ = batch.append(window[0..<index])
                    return try readIrregular(from: index, &batch)
                case .incomplete:
                    batch.cutOpenCells(to: 0)
                    // An open quote is followed line by line, so that its end is found without starting over.
                    if window.count > limits.block * 2 { return try readIrregular(from: 0, &batch) }
                }
            }
            _ = try window.fill()
        }
    }

    private func take(_ end: Int, _ batch: inout RecordBatch) -> Found {
        length = end
        raw = window[0..<end]
        lines = Self.lineEnds(in: raw, hasOwn: true)
        if end <= 2, raw.allSatisfy({ $0 == 10 || $0 == 13 }) {
            batch.cutOpenCells(to: 0)
            return .blank
        }
        _ = batch.append(raw)
        return .record
    }

    /// Line ends in a record or in a part of it: nearly always only the one at its end.
    ///
    /// - Parameter hasOwn: the record's own end counts as one, even where the file ends without it.
    private static func lineEnds(in raw: UnsafeRawBufferPointer, hasOwn: Bool) -> Int {
        guard let base = raw.baseAddress, !raw.isEmpty else { return hasOwn ? 1 : 0 }
        var body = raw.count
        while hasOwn, body > 0, raw[body - 1] == 10 || raw[body - 1] == 13 { body -= 1 }
        var count = hasOwn ? 1 : 0
        guard memchr(base, 10, body) != nil || memchr(base, 13, body) != nil else { return count }
        for index in 0..<body where raw[index] == 10 || raw[index] == 13 && raw[index + 1] != 10 { count += 1 }
        return count
    }

    // MARK: Records with quotes that need a closer look

    /// - Parameter first: where the first such cell starts; the cells before it are in the batch's open row.
    private func readIrregular(from first: Int, _ batch: inout RecordBatch) throws -> Found {
        let earlierLines = Self.lineEnds(in: window[0..<first], hasOwn: false)
        repair.begin(onFirstLine: earlierLines == 0)
        lines = earlierLines
        var start = first
        while let line = try line(from: start) {
            guard line.isWhole else {
                batch.cutOpenCells(to: 0)
                return try passOver(from: line.end)
            }
            lines += 1
            let outcome = repair.feed(window[start..<line.textEnd], ending: window[line.textEnd..<line.end])
            start = line.end
            switch outcome {
            case .done:
                length = start
                raw = window[0..<start]
                parser.split(repair.strict, into: &batch)
                return .record
            case .contradicted: return try unclosed(&batch)
            case .open:
                if repair.openCell > limits.field || start > limits.record { return try unclosed(&batch) }
            }
        }
        return try unclosed(&batch)
    }

    /// Gives up on the record: its first line is no row, and the next one may be.
    private func unclosed(_ batch: inout RecordBatch) throws -> Found {
        batch.cutOpenCells(to: 0)
        length = try line(from: 0)?.end ?? window.count
        raw = window[0..<length]
        lines = 1
        return .unclosedQuote
    }

    /// A line from an index on: where its text ends and where the next one starts; nil at the end.
    private func line(from start: Int) throws -> (textEnd: Int, end: Int, isWhole: Bool)? {
        var scanned = start
        while true {
            if let end = lineEnd(from: scanned) {
                if window[end..<end + 1][0] == 10 { return (end, end + 1, true) }
                if end + 1 < window.count { return (end, window[end + 1..<end + 2][0] == 10 ? end + 2 : end + 1, true) }
                if window.isAtEnd { return (end, end + 1, true) }
                scanned = end
            } else {
                scanned = window.count
                if scanned - start > limits.record { return (scanned, scanned, false) }
                if window.isAtEnd { return scanned > start ? (scanned, scanned, true) : nil }
            }
            _ = try window.fill()
        }
    }

    private func lineEnd(from index: Int) -> Int? {
        let lf = window.find(10, from: index)
        let reach = lf ?? window.count
        guard index < reach, let cr = memchr(window.base + index, 13, reach - index) else { return lf }
        return window.base.distance(to: UnsafeRawPointer(cr))
    }

    /// Passes over a line that has no end within the limit.
    private func passOver(from start: Int) throws -> Found {
        beginning = Array(window[0..<min(window.count, Reject.rawLimit)])
        window.advance(by: start)
        while true {
            if let end = lineEnd(from: 0) {
                if window[end..<end + 1][0] == 13, end + 1 == window.count, try window.fill() { continue }
                let isPair =
                    window[end..<end + 1][0] == 13 && end + 1 < window.count && window[end + 1..<end + 2][0] == 10
                length = isPair ? end + 2 : end + 1
                break
            }
            window.advance(by: window.count)
            guard try window.fill() else {
                length = 0
                break
            }
        }
        raw = UnsafeRawBufferPointer(start: nil, count: 0)
        lines += 1
        return .tooLong
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
