import Foundation
import Input
import Records
import TestSupport
import Testing

@Suite struct CSVTests {
    private func read(
        _ text: String, _ settings: ExportSettings = ExportSettings(), limits: RecordLimits = RecordLimits()
    ) throws -> (
        columns: [String], rows: [[String]], rejects: [Reject]
    ) {
        let folder = try TemporaryFolder()
        let export = try Export(folder.write("in.csv", text), settings: settings, limits: limits)
        let records = try export.records()
        var rows: [[String]] = []
        var rejects: [Reject] = []
        while let batch = try records.next() {
            rows += (0..<batch.rowCount).map { row in (0..<batch.columnCount).map { batch.text(row, $0) } }
            rejects += batch.rejects
        }
        return (export.columns, rows, rejects)
    }

    @Test func blanksBelongToTheCell() throws {
        #expect(try read("a,b\n  x , y\t\n").rows == [["  x ", " y\t"]])
    }

    @Test func lineBreaksAndQuotesInCellsStay() throws {
        #expect(try read("a,b\n\"x\ny\",\"say \"\"hi\"\"\"\n").rows == [["x\ny", "say \"hi\""]])
    }

    @Test(arguments: [",", ";", "\t", "|"])
    func theDelimiterIsFound(_ delimiter: String) throws {
        let text = "a,b,c\n1,2,3\n4,,6\n".replacingOccurrences(of: ",", with: delimiter)
        #expect(try read(text).rows == [["1", "2", "3"], ["4", "", "6"]])
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func everyLineEndEndsARow(_ end: String) throws {
        #expect(
            try read("a,b\n1,2\n3,4\n".replacingOccurrences(of: "\n", with: end)).rows == [["1", "2"], ["3", "4"]])
    }

    @Test func shortRowsArePaddedAndLongOnesRejected() throws {
        let read = try read("a,b\n1\n1,2,3\n1,2,,\n")
        #expect(read.rows == [["1", ""], ["1", "2"]])
        #expect(read.rejects.map(\.reason) == ["too_many_cells"])
        #expect(read.rejects.map(\.line) == [3])
        #expect(read.rejects.map(\.raw) == ["1,2,3"])
    }

    @Test func aRowOnTheHeadersLineIsRefusedRatherThanLost() throws {
        #expect(#expect(throws: Diagnostic.self) { try read("a,b\r1,2\r\n3,4\r\n") }?.code == "unknown_format")
    }

    @Test func anUnclosedQuoteCostsOnlyItsOwnLine() throws {
        var limits = RecordLimits()
        limits.field = 200
        let tail = (1...50).map { "row\($0),x" }.joined(separator: "\n")
        let read = try read("a,b\n1,2\n\"open,3\n\(tail)\n", limits: limits)
        #expect(read.rejects.map(\.reason) == ["unclosed_quote"])
        #expect(read.rejects.map(\.line) == [3])
        #expect(read.rows.count == 51)
    }

    @Test func anUnclosedQuoteAtTheEndCostsOnlyItsOwnLine() throws {
        let read = try read("a,b\n\"open,3\n5,6\n")
        #expect(read.rejects.map(\.line) == [2])
        #expect(read.rows == [["5", "6"]])
    }

    @Test func aLineWithoutEndInsideQuotesCostsOnlyItsRecord() throws {
        var limits = RecordLimits()
        limits.field = 1000
        let endless = String(repeating: "x", count: 40_000)
        let read = try read("a,b\n1,\"open\n\(endless)\n3,4\n5,6\n", limits: limits)
        #expect(read.rejects.map(\.reason) == ["record_too_long"])
        #expect(read.rows == [["3", "4"], ["5", "6"]])
    }

    @Test func aBlankLineIsARowOnlyInASingleColumn() throws {
        #expect(
            try read("email\na@x.example\n\nb@x.example\n", singleColumn).rows == [
                ["a@x.example"], [""], ["b@x.example"],
            ])
        #expect(try read("a,b\n1,2\n\n3,4\n").rows.count == 2)
    }

    private var singleColumn: ExportSettings {
        var settings = ExportSettings()
        settings.csv.headerRow = .line(1)
        return settings
    }

    @Test func whatIsNarrowerThanTheTableIsPreamble() throws {
        let read = try read("Notes:\n\"Some, long\nnote\"\n\nFirst Name,Last Name,URL\nZelda,Quux,u\n")
        #expect(read.columns == ["First Name", "Last Name", "URL"])
        #expect(read.rows == [["Zelda", "Quux", "u"]])
    }

    @Test func noHeaderGivesNumberedColumns() throws {
        var settings = ExportSettings()
        settings.csv.headerRow = .none
        let read = try read("z@x.example,1\ny@x.example,2\n", settings)
        #expect(read.columns == ["column_1", "column_2"])
        #expect(read.rows.count == 2)
    }

    @Test(arguments: [
        ("", "empty_input"), ("\u{FEFF}", "empty_input"), ("\n\n", "empty_input"),
        ("z@x.example,b\ny@x.example,c\n", "no_header"),
        ("<leads/>", "unknown_format"), ("[{\"a\":1}]", "unknown_format"),
    ])
    func whatCannotBeReadIsSaidClearly(_ text: String, _ code: String) throws {
        let error = #expect(throws: Diagnostic.self) { try read(text) }
        #expect(error?.code == code)
        #expect(error?.file?.hasSuffix("in.csv") == true)
    }

    @Test func aFolderAndAMissingFileAreSaidClearly() throws {
        let folder = try TemporaryFolder()
        #expect(#expect(throws: Diagnostic.self) { try Export(folder.path) }?.code == "input_is_directory")
        #expect(#expect(throws: Diagnostic.self) { try Export(folder.file("none.csv")) }?.code == "no_input")
    }

    @Test func aFileThatGrowsWhileItIsReadIsNoticed() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("in.csv", "a,b\n1,2\n")
        let stream = ExportStream([try Export(path)])
        _ = try stream.next()
        try folder.write("in.csv", "a,b\n1,2\n3,4\n")
        #expect(#expect(throws: Diagnostic.self) { try stream.next() }?.code == "input_changed")
    }

    @Test func filesWithOtherColumnsShareOneTable() throws {
        let folder = try TemporaryFolder()
        let exports = [
            try Export(folder.write("1.csv", "a,b\n1,2\n")), try Export(folder.write("2.csv", "b,c,b\n3,4,5\n")),
        ]
        let stream = ExportStream(exports)
        #expect(stream.columns == ["a", "b", "c", "b"])
        #expect(stream.places == [[0, 1, nil, nil], [nil, 0, 1, 2]])
    }

    /// The files hold what their names say, and for each a JSON file says what a reader has to make of it.
    @Test func longColumnListsAreRead() throws {
        let header = (1...3000).map { "c\($0)" }.joined(separator: ",")
        #expect(try read(header + "\n" + String(repeating: ",", count: 2999) + "\n").rows.first?.count == 3000)
    }
}
