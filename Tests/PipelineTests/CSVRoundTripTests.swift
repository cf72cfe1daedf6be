import Input
import Records
import TestSupport
import Testing

@testable import Pipeline

/// What our writer writes, our reader reads.
@Suite struct CSVRoundTripTests {
    @Test(arguments: [",", ";", "\t", "|"])
    func anyTableComesBackAsItWas(_ mark: String) throws {
        let delimiter = try #require(mark.utf8.first)
        let csv = CSVText(delimiter: delimiter)
        let pieces = [
            "", " ", "x", "ü", "\"", "'", "\n", "\r", "\r\n", ",", ";", "\t", "|", "日本", "\\", "=1+1", "\u{0}", "😀",
        ]
        var random = SeededRandom(UInt64(delimiter))
        var settings = ExportSettings()
        settings.csv.delimiter = delimiter
        settings.csv.escape = .doubled
        settings.csv.headerRow = .lines(1...1)
        for _ in 0..<40 {
            let width = Int.random(in: 1...5, using: &random)
            let table = (0..<30).map { row in
                (0..<width).map { column in
                    // The first cell keeps a row from looking like the header or a line under the table.
                    (column == 0 ? "r\(row)" : "")
                        + (0..<Int.random(in: 0...4, using: &random)).map { _ in
                            pieces.randomElement(using: &random) ?? ""
                        }.joined()
                }
            }
            let header = (0..<width).map { "c\($0)" }
            let bytes = ([header] + table).flatMap { csv.row($0) }
            let folder = try TemporaryFolder()
            let records = try Export(
                folder.write("in", String(decoding: bytes, as: UTF8.self)), settings: settings
            ).records()
            var read: [[String]] = []
            while let batch = try records.next() {
                #expect(batch.rejects.isEmpty)
                read += (0..<batch.rowCount).map { row in (0..<width).map { batch.text(row, $0) } }
            }
            #expect(read == table)
        }
    }
}
