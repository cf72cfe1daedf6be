package import Records

/// Finds out how a CSV file is written, from its beginning.
///
/// Pure: the sample decides.
package struct DialectDetector {
    package var dialect: CSVDialect
    /// Column names of the header row, or `column_1`, … where there is none.
    package var columns: [String]
    /// Where the first record starts: behind the header.
    package var dataStart: Position
    /// Why this dialect: the share of sampled rows that have the usual number of cells, 0–1.
    package var confidence: Double

    private static let candidates = [",", ";", "\t", "|"].map { Character($0).asciiValue ?? 0 }

    /// - Parameters:
    ///   - sample: the first bytes of the file, without byte order mark.
    ///   - isWhole: the sample is the whole file, so its last line is complete.
    /// - Throws: ``Diagnostic`` `empty_input` or `no_header`.
    package init(_ sample: UnsafeRawBufferPointer, isWhole: Bool, settings: CSVSettings, file: String) throws {
        let lines = Self.lines(of: sample, isWhole: isWhole)
        guard lines.contains(where: { !$0.isBlank }) else {
            throw Diagnostic(code: "empty_input", "the file has no rows", file: file, hint: "export it again")
        }
        let tried = (settings.delimiter.map { [$0] } ?? Self.candidates)
            .map { Layout(lines, delimiter: $0, quote: settings.quote) }
        let best = tried.dropFirst().reduce(tried[0]) { $1.score > $0.score ? $1 : $0 }
        let header = try best.header(settings.headerRow, file: file)
        if case .line(let line) = header.row, best.rows.count(where: { $0.line == line }) > 1 {
            throw Diagnostic(
                code: "unknown_format",
                "the header's line goes on after a lone carriage return, so a row would be lost",
                file: file, line: line, hint: "give all lines the same end: tr '\\r' '\\n' < FILE")
        }
        dialect = CSVDialect(
            delimiter: best.delimiter, quote: settings.quote, headerRow: header.row,
            terminator: Self.terminator(of: sample))
        columns = header.columns
        dataStart = header.dataStart
        confidence = best.consistency
    }

    /// CR only where there is no LF: the line ends of spreadsheets on old Macs.
    static func terminator(of sample: UnsafeRawBufferPointer) -> UInt8 {
        let lf = UInt8(ascii: "\n"), cr = UInt8(ascii: "\r")
        return !sample.contains(lf) && sample.contains(cr) ? cr : lf
    }

    private struct Line {
        var bytes: UnsafeRawBufferPointer
        var isBlank: Bool { bytes.allSatisfy { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } }
    }

    private static func lines(of sample: UnsafeRawBufferPointer, isWhole: Bool) -> [Line] {
        let terminator = terminator(of: sample)
        var lines: [Line] = []
        var start = 0
        while start < sample.count {
            let end = sample[start...].firstIndex(of: terminator).map { $0 + 1 }
            guard end != nil || isWhole || lines.isEmpty else { break }
            lines.append(Line(bytes: UnsafeRawBufferPointer(rebasing: sample[start..<(end ?? sample.count)])))
            start = end ?? sample.count
        }
        return lines
    }

    private struct Row {
        /// The physical line on which it starts, 1-based.
        var line: Int
        var cells: [String]
        /// Where the next row starts.
        var end: Position
    }

    /// The sample, read with one delimiter.
    private struct Layout {
        var delimiter: UInt8
        var rows: [Row] = []
        /// The number of cells that most rows have.
        var width = 1
        var consistency = 0.0

        /// Rows of one cell say nothing about a delimiter; the more cells agree, the better.
        var score: Double { consistency * Double(width - 1) / Double(width) }

        init(_ lines: [Line], delimiter: UInt8, quote: UInt8) {
            self.delimiter = delimiter
            var parser = CSVParser(CSVDialect(delimiter: delimiter, quote: quote))
            var recordLine = 1
            var end = Position.start
            for line in lines {
                if !parser.isInQuotes { recordLine = end.line }
                parser.feed(line.bytes)
                end.byte += line.bytes.count
                end.line += 1
                if !parser.isInQuotes { collect(parser.rows, line: recordLine, end: end) }
            }
            if !parser.isInQuotes || rows.isEmpty {
                parser.finish()
                collect(parser.rows, line: recordLine, end: end)
            }
            width = usualWidth
            let agreeing = rows.count { $0.cells.count == width }
            consistency = rows.isEmpty ? 0 : Double(agreeing) / Double(rows.count)
        }

        /// The width of most rows; rows of a single cell are preamble wherever there are others, and where as many rows
        /// have one width as another, the earlier one counts.
        private var usualWidth: Int {
            let wide = rows.map(\.cells.count).filter { $0 > 1 }
            let counts = wide.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            let most = counts.values.max()
            return wide.first { counts[$0] == most } ?? 1
        }

        private mutating func collect(_ found: CSVRows, line: Int, end: Position) {
            for row in found.rowEnds.indices { rows.append(Row(line: line, cells: found.texts(row), end: end)) }
            found.removeAll()
        }

        func header(
            _ wanted: CSVSettings.HeaderRow, file: String
        ) throws -> (row: CSVDialect.HeaderRow, columns: [String], dataStart: Position) {
            switch wanted {
            case .none:
                return (.none, (1...width).map { "column_\($0)" }, .start)
            case .line(let line):
                guard let row = rows.first(where: { $0.line == line }) else {
                    throw Diagnostic(
                        code: "no_header", "no row starts on this line, which is set as the header", file: file,
                        line: line)
                }
                return (.line(line), row.cells, row.end)
            case .auto:
                // What is much narrower than the table is preamble: a title, a note, an address.
                let first = rows.first { $0.cells.count * 2 > width }
                guard let row = first, !Self.looksLikeData(row.cells) else {
                    throw Diagnostic(
                        code: "no_header", "the first row holds data, not column names", file: file,
                        line: first?.line,
                        hint:
                            "set input.csv.header_row to none and name the columns by number: columns: {email: \"#1\"}")
                }
                return (.line(row.line), row.cells, row.end)
            }
        }

        /// Column names are words; an address or a row that is mostly numbers is not.
        private static func looksLikeData(_ cells: [String]) -> Bool {
            let filled = cells.filter { !$0.isEmpty }
            guard !filled.isEmpty else { return true }
            if filled.contains(where: { $0.contains("@") && $0.contains(".") || $0.contains("://") }) { return true }
            return filled.count(where: { $0.allSatisfy { $0.isNumber || "+-. ".contains($0) } }) * 2 > filled.count
        }
    }
}
