import Foundation
import Input
import Records
import TestSupport
import Testing

/// Any table comes back as it was written, under every dialect and however its bytes arrive.
@Suite struct CSVPropertyTests {
    static let pieces = [
        "", " ", "x", "ü", "\"", "\"\"", "'", "\n", "\r", "\r\n", ",", ";", "\t", "|", "日本", "\\", "a\\\"b", "😀",
        "=1+1", "\u{0}",
    ]

    static func table(_ random: inout SeededRandom, rows: Int, columns: Int) -> [[String]] {
        (0..<rows).map { row in
            // The first cell keeps rows from looking like blank lines, headers and footers.
            ["r\(row)"]
                + (1..<columns).map { _ in
                    (0..<Int.random(in: 0...4, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                        .joined()
                }
        }
    }

    static func csv(
        _ rows: [[String]], _ dialect: CSVDialect, lineEnd: String, _ random: inout SeededRandom
    ) -> String {
        let delimiter = String(decoding: [dialect.delimiter], as: UTF8.self)
        let quote = String(decoding: [dialect.quote ?? 0], as: UTF8.self)
        let special = [delimiter, quote, "\n", "\r"]
        return rows.map { row in
            row.map { cell in
                let mustQuote = special.contains { piece in cell.utf8.contains { $0 == piece.utf8.first } }
                guard mustQuote || Bool.random(using: &random) else { return cell }
                var text = cell
                if dialect.escape == .backslash {
                    text = text.replacingOccurrences(of: "\\", with: "\\\\")
                        .replacingOccurrences(of: quote, with: "\\" + quote)
                } else {
                    text = text.replacingOccurrences(of: quote, with: quote + quote)
                }
                return quote + text + quote
            }.joined(separator: delimiter) + lineEnd
        }.joined()
    }

    @Test(
        arguments: [",", ";", "\t", "|"].flatMap { delimiter in ["\"", "'"].map { (delimiter, $0) } },
        [CSVDialect.Escape.doubled, .backslash])
    func whatIsWrittenIsRead(_ marks: (String, String), _ escape: CSVDialect.Escape) throws {
        let dialect = CSVDialect(
            delimiter: marks.0.utf8.first ?? 0, quote: marks.1.utf8.first, escape: escape)
        let settings = ExportSettings.with {
            $0.format = .csv
            $0.encoding = .utf8
            $0.csv.delimiter = dialect.delimiter
            $0.csv.quote = .character(dialect.quote ?? 0)
            $0.csv.escape = escape
            $0.csv.headerRow = .lines(1...1)
        }
        var random = SeededRandom(
            UInt64(dialect.delimiter) * 1000 + UInt64(dialect.quote ?? 0) + (escape == .doubled ? 0 : 7))
        for lineEnd in ["\n", "\r\n", "\r"] {
            for _ in 0..<12 {
                let columns = Int.random(in: 2...6, using: &random)
                let rows = Self.table(&random, rows: 40, columns: columns)
                let header = [(0..<columns).map { "c\($0)" }]
                let text = Self.csv(header + rows, dialect, lineEnd: lineEnd, &random)
                let read = try Reading.of(text, settings)
                // Quoted text with a backslash before a line end or a letter keeps it only where backslashes do not escape.
                #expect(read.rejects.isEmpty, "\(read.rejects)")
                #expect(read.rows == rows)
            }
        }
    }

    /// What detection makes of a table is what it is.
    @Test(arguments: [",", ";", "\t", "|"])
    func theDialectOfAnyTableIsFound(_ delimiter: String) throws {
        var random = SeededRandom(UInt64(delimiter.utf8.first ?? 0))
        for _ in 0..<20 {
            let rows = Self.table(&random, rows: 60, columns: 5).map { row in
                row.map { $0.filter { !"\"'\\\u{0}".contains($0) || delimiter.contains($0) } }
            }
            let dialect = CSVDialect(delimiter: delimiter.utf8.first ?? 0)
            let header = [["Name", "Email", "Company", "Phone", "Country"]]
            let text = Self.csv(header + rows, dialect, lineEnd: "\n", &random)
            let read = try Reading.of(text)
            #expect(read.columns == header[0])
            #expect(read.rows == rows)
        }
    }

    /// A pipe hands out bytes in pieces of any size.
    @Test func anySplitOfTheBytesGivesTheSameRows() async throws {
        var random = SeededRandom(11)
        let rows = Self.table(&random, rows: 200, columns: 4)
        let dialect = CSVDialect()
        let text = Array(Self.csv([["a", "b", "c", "d"]] + rows, dialect, lineEnd: "\r\n", &random).utf8)
        let settings = ExportSettings.with {
            $0.csv.delimiter = dialect.delimiter
            $0.csv.headerRow = .lines(1...1)
        }
        for seed in 1...5 {
            let folder = try TemporaryFolder()
            let path = folder.file("pipe")
            #expect(mkfifo(path, 0o600) == 0)
            let writer = Thread {
                var random = SeededRandom(UInt64(seed))
                let descriptor = open(path, O_WRONLY)
                var start = 0
                while start < text.count {
                    let count = min(text.count - start, Int.random(in: 1...(seed * 40), using: &random))
                    start += text[start..<(start + count)].withUnsafeBytes {
                        write(descriptor, $0.baseAddress, $0.count)
                    }
                }
                close(descriptor)
            }
            writer.start()
            #expect(try Reading(path, settings).rows == rows)
        }
    }
}
