import Foundation
import Records

/// Writes a record whose quotes are not plain anew, as RFC 4180 (section 2) asks for, one physical line after the other.
///
/// What a quote in the middle means is decided here and nowhere else:
/// - twice, or behind a backslash where the dialect has that: a quote in the text;
/// - before a delimiter or a line end: the end of the cell;
/// - before other text, where the same line still closes the cell: a quote that somebody forgot to double;
/// - before other text, where it does not: the end of the quotes, and the text belongs to the cell;
/// - before other text at the beginning of a cell of a later line: the quote that is open was never closed.
struct CSVRepair {
    private let delimiter: UInt8
    private let quote: UInt8
    private let hasBackslash: Bool
    /// The record so far, strictly written.
    private(set) var strict: [UInt8] = []
    /// Bytes of the quoted cell that is open.
    private(set) var openCell = 0
    private var isInQuotes = false
    private var isFirstLine = true

    enum Outcome {
        /// The record ends with this line.
        case done
        /// A quoted cell goes on in the next line.
        case open
        /// The quote that is open was never closed.
        case contradicted
    }

    init(_ dialect: CSVDialect) {
        delimiter = dialect.delimiter
        quote = dialect.quote ?? 0
        hasBackslash = dialect.escape == .backslash
    }

    /// Begins with a record, or with the rest of one.
    mutating func begin(onFirstLine: Bool) {
        strict.removeAll(keepingCapacity: true)
        (openCell, isInQuotes, isFirstLine) = (0, false, onFirstLine)
    }

    /// Reads on through one line.
    ///
    /// - Parameters:
    ///   - line: without its line end.
    ///   - ending: the line end, which belongs to the text where a quoted cell goes on.
    mutating func feed(_ line: UnsafeRawBufferPointer, ending: UnsafeRawBufferPointer) -> Outcome {
        defer { isFirstLine = false }
        var index = 0
        /// Quotes before this one are text: the cell is closed there.
        var closing = 0
        while true {
            if !isInQuotes {
                guard index < line.count, line[index] == quote else {
                    index = takePlain(line, from: index)
                    guard index < line.count else { return .done }
                    index = takeDelimiter(at: index)
                    continue
                }
                strict.append(quote)
                (isInQuotes, openCell) = (true, 0)
                index += 1
            }
            guard let stop = mark(in: line, from: index) else {
                take(line[index...])
                take(ending[...])
                return .open
            }
            take(line[index..<stop])
            let next = stop + 1 < line.count ? line[stop + 1] : nil
            if line[stop] != quote {
                index = takeBackslash(before: next, at: stop)
            } else if next == quote {
                takeQuote()
                index = stop + 2
            } else if next == nil || next == delimiter {
                strict.append(quote)
                isInQuotes = false
                guard next != nil else { return .done }
                index = takeDelimiter(at: stop + 1)
            } else if !isFirstLine, stop == 0 || line[stop - 1] == delimiter {
                return .contradicted
            } else if stop < closing || !isFirstLine {
                takeQuote()
                index = stop + 1
            } else if let close = closeOnThisLine(line, behind: stop) {
                closing = close
                takeQuote()
                index = stop + 1
            } else {
                let end = find(delimiter, in: line, from: stop + 1) ?? line.count
                for byte in line[(stop + 1)..<end] { byte == quote ? takeQuote() : strict.append(byte) }
                strict.append(quote)
                isInQuotes = false
                guard end < line.count else { return .done }
                index = takeDelimiter(at: end)
            }
        }
    }

    /// Where the next quote or backslash stands.
    private func mark(in line: UnsafeRawBufferPointer, from index: Int) -> Int? {
        guard hasBackslash else { return find(quote, in: line, from: index) }
        return line[index...].firstIndex { $0 == quote || $0 == 0x5C }
    }

    private func find(_ byte: UInt8, in line: UnsafeRawBufferPointer, from index: Int) -> Int? {
        guard let base = line.baseAddress, index < line.count,
            let found = memchr(base + index, Int32(byte), line.count - index)
        else { return nil }
        return base.distance(to: UnsafeRawPointer(found))
    }

    /// Where the cell is closed behind a quote that stands before other text; nil where another cell begins before that.
    private func closeOnThisLine(_ line: UnsafeRawBufferPointer, behind stop: Int) -> Int? {
        var index = stop + 1
        while let found = find(quote, in: line, from: index) {
            if line[found - 1] == delimiter { return nil }
            if found + 1 == line.count || line[found + 1] == delimiter { return found }
            index = found + (line[found + 1] == quote ? 2 : 1)
            if index > line.count { return nil }
        }
        return nil
    }

    /// A cell that does not begin with a quote; quotes in it are text.
    private mutating func takePlain(_ line: UnsafeRawBufferPointer, from index: Int) -> Int {
        let end = find(delimiter, in: line, from: index) ?? line.count
        let cell = UnsafeRawBufferPointer(rebasing: line[index..<end])
        guard find(quote, in: cell, from: 0) != nil else {
            strict.append(contentsOf: cell)
            return end
        }
        strict.append(quote)
        for byte in cell { byte == quote ? takeQuote() : strict.append(byte) }
        strict.append(quote)
        return end
    }

    private mutating func takeDelimiter(at index: Int) -> Int {
        strict.append(delimiter)
        return index + 1
    }

    private mutating func take(_ text: Slice<UnsafeRawBufferPointer>) {
        strict.append(contentsOf: UnsafeRawBufferPointer(rebasing: text))
        openCell += text.count
    }

    private mutating func takeQuote() {
        strict.append(quote)
        strict.append(quote)
        openCell += 1
    }

    /// A backslash makes a quote or a backslash text; before anything else it is text itself.
    private mutating func takeBackslash(before next: UInt8?, at stop: Int) -> Int {
        if next == quote {
            takeQuote()
            return stop + 2
        }
        strict.append(0x5C)
        openCell += 1
        return stop + (next == 0x5C ? 2 : 1)
    }
}
