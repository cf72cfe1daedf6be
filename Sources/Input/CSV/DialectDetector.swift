import Records

/// Finds out how a CSV file is written, from its beginning.
///
/// Pure: the sample decides. Each way of writing is tried; the one under which most rows have the same number of cells wins.
struct DialectDetector {
    private(set) var dialect: CSVDialect
    private(set) var columns: [String]
    /// Where the first record starts: behind the header.
    private(set) var dataStart: Position
    /// The share of sampled rows that have the usual number of cells, 0–1.
    private(set) var confidence: Double
    /// Columns in which no sampled row has a value.
    private(set) var emptyColumns: Set<Int>
    private(set) var notes: [Diagnostic] = []

    /// In the order of how likely they are; the last ones are what databases and pipes write.
    private static let delimiters: [UInt8] = [",", ";", "\t", "|", "^", "~", "\u{1F}", "\u{1}"].map {
        Character($0).asciiValue ?? 0
    }

    /// - Parameters:
    ///   - sample: the first bytes of the file, without byte order mark.
    ///   - isWhole: the sample is the whole file, so its last line is complete.
    /// - Throws: ``Diagnostic`` `empty_input` or `no_header`.
    init(_ sample: [UInt8], isWhole: Bool, settings: CSVSettings, limits: RecordLimits, file: String) throws {
        let named = Self.namedDelimiter(sample)
        let wanted = settings.delimiter ?? named
        let layouts = try (wanted.map { [$0] } ?? Self.delimiters).flatMap { delimiter in
            try Self.quotes(settings, sample, delimiter).map { quote, escape in
                try CSVLayout(
                    sample, isWhole: isWhole, CSVDialect(delimiter: delimiter, quote: quote, escape: escape),
                    limits: limits, file: file)
            }
        }
        let best = layouts.dropFirst().reduce(layouts[0]) { $1.score > $0.score ? $1 : $0 }
        let rows = named == nil ? best.rows : Array(best.rows.dropFirst())
        guard !rows.isEmpty else {
            throw Diagnostic(code: "empty_input", "the file has no rows", file: file, hint: "export it again")
        }
        let header = try HeaderFinder(
            rows, width: best.width, namesRest: false, setting: settings.headerRow, file: file)
        dialect = best.dialect
        dialect.header = header.place
        columns = header.columns
        dataStart =
            header.place == .none && header.rowsAbove == 0 ? best.start(skippingFirst: named != nil) : header.dataStart
        emptyColumns = header.emptyColumns
        confidence = best.consistency(behind: header.rowsAbove + (named == nil ? 0 : 1))
        notes = header.notes
        let rivals = layouts.filter { $0.dialect.delimiter != best.dialect.delimiter && $0.score > best.score * 0.95 }
        if let rival = rivals.first, best.score > 0 {
            notes.append(
                Diagnostic(
                    .warning, code: "ambiguous_delimiter",
                    "cells end at \(Self.shown(best.dialect.delimiter)), but \(Self.shown(rival.dialect.delimiter)) would do nearly as well",
                    file: file, hint: "where that is wrong, set input.csv.delimiter"))
        }
    }

    static func shown(_ delimiter: UInt8) -> String {
        delimiter == 9
            ? "tab" : delimiter < 0x20 ? "byte \(delimiter)" : "'\(String(decoding: [delimiter], as: UTF8.self))'"
    }

    /// Spreadsheets take a first line `sep=;` as what stands between cells.
    private static func namedDelimiter(_ sample: [UInt8]) -> UInt8? {
        guard sample.count > 5, sample.starts(with: Array("sep=".utf8)), sample[5] == 10 || sample[5] == 13 else {
            return nil
        }
        return sample[4]
    }

    /// The quotes and escapes to try.
    private static func quotes(_ settings: CSVSettings, _ sample: [UInt8], _ delimiter: UInt8)
        -> [(UInt8?, CSVDialect.Escape)]
    {
        let double = UInt8(ascii: "\""), single = UInt8(ascii: "'"), backslash = UInt8(ascii: "\\")
        var quotes: [UInt8?]
        switch settings.quote {
        case .none: return [(nil, .doubled)]
        case .character(let quote): quotes = [quote]
        case .auto: quotes = [double] + (isQuote(single, rather: double, sample, delimiter) ? [single] : [])
        }
        if quotes.count > 1 { quotes.removeFirst() }
        return quotes.flatMap { quote -> [(UInt8?, CSVDialect.Escape)] in
            if let escape = settings.escape { return [(quote, escape)] }
            let escaped = zip(sample, sample.dropFirst()).contains { $0 == backslash && $1 == quote }
            guard escaped, let quote else { return [(quote, .doubled)] }
            // Where both read equally well, the first one counts.
            return isEscaped(quote, by: backslash, sample, delimiter)
                ? [(quote, .backslash), (quote, .doubled)] : [(quote, .doubled), (quote, .backslash)]
        }
    }

    /// Whether quotes within text stand behind a backslash and none is doubled; at the end of a cell a backslash may be
    /// its last character.
    private static func isEscaped(_ quote: UInt8, by backslash: UInt8, _ sample: [UInt8], _ delimiter: UInt8) -> Bool {
        var escaped = 0, doubled = 0
        for index in sample.indices.dropFirst().dropLast(2) where sample[index + 1] == quote {
            let (before, after) = (sample[index - 1], sample[index + 2])
            let isInside = ![delimiter, quote, 10, 13].contains(after)
            if sample[index] == backslash, isInside { escaped += 1 }
            if sample[index] == quote, isInside, ![delimiter, quote, backslash, 10, 13].contains(before) {
                doubled += 1
            }
        }
        return escaped > doubled
    }

    /// Whether cells stand in this kind of quotes and in none of the other: an apostrophe alone is no quote.
    private static func isQuote(_ quote: UInt8, rather other: UInt8, _ sample: [UInt8], _ delimiter: UInt8) -> Bool {
        var opened = 0, closed = 0
        for (index, byte) in sample.enumerated() where byte == quote {
            let before = index == 0 ? 10 : sample[index - 1]
            let after = index + 1 == sample.count ? 10 : sample[index + 1]
            if before == delimiter || before == 10 || before == 13 { opened += 1 }
            if after == delimiter || after == 10 || after == 13 { closed += 1 }
            if before == other || after == other { return false }
        }
        return opened >= 4 && abs(opened - closed) * 10 <= opened && !sample.contains(other)
    }
}

/// A sample, read in one way.
struct CSVLayout {
    let dialect: CSVDialect
    /// The first rows.
    private(set) var rows: [SampleRow] = []
    /// The number of cells that most rows have.
    private(set) var width = 1
    private(set) var consistency = 1.0
    private var broken = 0
    /// Cells of each row.
    private var widths: [Int] = []

    /// Rows whose cells are kept; beyond them only how many there are counts.
    private static let keptRows = 200

    init(_ sample: [UInt8], isWhole: Bool, _ dialect: CSVDialect, limits: RecordLimits, file: String) throws {
        self.dialect = dialect
        let records = try CSVRecords(
            SampleBytes(sample), dialect: dialect, limits: limits, from: 0, file: file)
        var line = 1
        while true {
            var batch = RecordBatch(columnCount: 1, start: .start)
            guard let found = try records.next(into: &batch) else { break }
            let isCut = !isWhole && records.offset == sample.count
            if case .record = found, !isCut || widths.isEmpty {
                widths.append(batch.openCells)
                if rows.count < Self.keptRows {
                    rows.append(
                        SampleRow(
                            line: line,
                            cells: batch.openCells(from: 0).map {
                                String(decoding: batch.bytes(of: $0), as: UTF8.self)
                            },
                            end: Position(byte: records.offset, line: line + records.lines, record: 1)))
                }
            } else if case .unclosedQuote = found, !isCut {
                broken += 1
            }
            line += records.lines
        }
        width = Self.usual(widths)
        consistency = consistency(behind: 0)
    }

    /// The share of rows with the usual number of cells among those behind the first ones.
    func consistency(behind first: Int) -> Double {
        let rows = widths.dropFirst(first)
        return rows.isEmpty ? 1 : Double(rows.count { $0 == width }) / Double(rows.count + broken)
    }

    /// Rows of one cell say nothing about a delimiter; the more cells agree, the better.
    var score: Double { consistency * Double(width - 1) / Double(width) }

    /// Where the first row starts.
    func start(skippingFirst: Bool) -> Position {
        guard skippingFirst, let first = rows.first else { return .start }
        return first.end
    }

    /// The width of most rows; rows of a single cell are preamble wherever there are others, and where as many rows have
    /// one width as another, the earlier one counts.
    private static func usual(_ widths: [Int]) -> Int {
        let wide = widths.filter { $0 > 1 }
        let counts = wide.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        let most = counts.values.max()
        return wide.first { counts[$0] == most } ?? 1
    }
}

/// A sample as a stream.
final class SampleBytes: ByteStream {
    private let bytes: [UInt8]
    private(set) var taken = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - taken)
        buffer.copyBytes(from: bytes[taken..<(taken + count)])
        taken += count
        return count
    }
}
