import Foundation
import Input
import Records
import TestSupport
import Testing

@Suite struct CSVTests {
    private func read(
        _ text: String, _ settings: ExportSettings = ExportSettings(), limits: RecordLimits = RecordLimits()
    ) throws -> Reading {
        try Reading.of(text, settings, limits: limits)
    }

    @Test func blanksBelongToTheCell() throws {
        #expect(try read("a,b\n  x , y\t\n").rows == [["  x ", " y\t"]])
    }

    @Test func lineBreaksAndQuotesInCellsStay() throws {
        #expect(try read("a,b\n\"x\ny\",\"say \"\"hi\"\"\"\n").rows == [["x\ny", "say \"hi\""]])
    }

    @Test func zeroBytesBelongToTheCell() throws {
        #expect(try read("a,b\nx\u{0}y,\u{0}\n").rows == [["x\u{0}y", "\u{0}"]])
    }

    @Test func shortRowsArePaddedAndNoted() throws {
        let read = try read("a,b,c,d\n1,2\n1,2,3,4\n9,8,7\n")
        #expect(read.rows == [["1", "2", "", ""], ["1", "2", "3", "4"], ["9", "8", "7", ""]])
        #expect(read.notes[.shortRow] == RecordNotes.Note(count: 2, firstLine: 2))
        #expect(read.rejects.isEmpty)
    }

    @Test func longRowsAreRejectedUnlessTheirFurtherCellsAreEmpty() throws {
        let read = try read("a,b\n1,2\n1,2,3\n1,2,,\n")
        #expect(read.rows == [["1", "2"], ["1", "2"]])
        #expect(read.rejects.map(\.reason) == ["too_many_cells"])
        #expect(read.rejects.map(\.line) == [3])
        #expect(read.rejects.map(\.raw) == ["1,2,3"])
    }

    @Test func longRowsAreKeptWhereThatIsSet() throws {
        let settings = ExportSettings.with { $0.rules.longRows = .keep }
        let read = try read("a,b\n1,2\n1,2,3,\"x\"\"y\"\n5\n", settings)
        #expect(read.columns == ["a", "b", "extra_cells"])
        #expect(read.rows == [["1", "2", ""], ["1", "2", "[\"3\",\"x\\\"y\"]"], ["5", "", ""]])
        #expect(read.notes[.extraCells] == RecordNotes.Note(count: 1, firstLine: 3))
    }

    @Test func footersOfReportsAreLeftOutAndNoted() throws {
        let report = """
            "Lead Owner","First Name","Email"
            "x","Zelda","z@acme.example"

            "Grand Totals (1 record)"

            "Confidential Information - Do Not Distribute"
            "Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."
            """
        let read = try read(report)
        #expect(read.rows == [["x", "Zelda", "z@acme.example"]])
        #expect(read.notes[.footer] == RecordNotes.Note(count: 3, firstLine: 4))
        #expect(read.rejects.isEmpty)
    }

    @Test func aSingleCellInTheTableOrWithoutFooterWordsIsARow() throws {
        let read = try read("a,b,c\nconfidential information\n1,2,3\nZelda\n")
        #expect(read.rows == [["confidential information", "", ""], ["1", "2", "3"], ["Zelda", "", ""]])
        #expect(read.notes[.footer] == nil)
        #expect(read.notes[.shortRow]?.count == 2)
    }

    @Test func aHeaderThatStandsInTheFileAgainIsLeftOutAndNoted() throws {
        let read = try read("a,b\n1,2\na,b\n3,4\na,c\n")
        #expect(read.rows == [["1", "2"], ["3", "4"], ["a", "c"]])
        #expect(read.notes[.repeatedHeader] == RecordNotes.Note(count: 1, firstLine: 3))
    }

    @Test func aBlankLineIsARowOnlyInASingleColumn() throws {
        let single = ExportSettings.with { $0.csv.headerRow = .lines(1...1) }
        #expect(
            try read("email\na@x.example\n\nb@x.example\n", single).rows == [["a@x.example"], [""], ["b@x.example"]])
        #expect(try read("a,b\n1,2\n\n3,4\n").rows.count == 2)
    }

    @Test func bytesThatAreNoTextAreRejectedOrReplacedAsSet() throws {
        // A sample this long is UTF-8 without a doubt; the byte comes behind it.
        var text = Data("a,b\n".utf8)
        for row in 0..<40_000 { text += Data("r\(row),ü\n".utf8) }
        text += Data([UInt8(ascii: "x"), 0xFF, UInt8(ascii: ","), UInt8(ascii: "y"), 10]) + Data("z,z\n".utf8)
        let rejected = try Reading.of(text)
        #expect(rejected.rows.count == 40_001)
        #expect(rejected.rejects.map(\.reason) == ["invalid_text"])
        #expect(rejected.rejects.map(\.line) == [40_002])
        let replaced = try Reading.of(text, .with { $0.rules.invalidText = .replace })
        #expect(replaced.rows.suffix(2) == [["x\u{FFFD}", "y"], ["z", "z"]])
        #expect(replaced.notes[.replacedBytes] == RecordNotes.Note(count: 1, firstLine: 40_002))
    }

    @Test(arguments: [("", "empty_input"), ("\u{FEFF}", "empty_input"), ("\n\n", "empty_input")])
    func whatCannotBeReadIsSaidClearly(_ text: String, _ code: String) throws {
        let error = #expect(throws: Diagnostic.self) { try read(text) }
        #expect(error?.code == code)
        #expect(error?.file?.hasSuffix("in") == true)
    }

    @Test func longColumnListsAreReadAndTooLongOnesRefused() throws {
        let header = (1...3000).map { "c\($0)" }.joined(separator: ",")
        #expect(try read(header + "\n" + String(repeating: ",", count: 2999) + "\n").rows.first?.count == 3000)
        var limits = RecordLimits()
        limits.columns = 2999
        #expect(
            #expect(throws: Diagnostic.self) { try read(header + "\n", limits: limits) }?.code == "too_many_columns")
    }
}
