import Foundation
import Input
import Records
import TestSupport
import Testing

@Suite struct XLSXTests {
    private func read(_ book: WorkbookWriter, _ settings: ExportSettings = ExportSettings()) throws -> Reading {
        try Reading.of(book.data(), settings)
    }

    private static let header =
        "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Name</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>Value</t></is></c></row>"

    /// The value of a cell as it comes out.
    private func value(_ cell: String, _ change: (inout WorkbookWriter) -> Void = { _ in }) throws -> String {
        var book = WorkbookWriter(
            Self.header + "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>x</v></c>\(cell)</row>")
        change(&book)
        return try read(book).rows.first?[1] ?? "-"
    }

    @Test func textsOfEveryKindAreRead() throws {
        var book = WorkbookWriter(
            """
            <row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><r><t>Com</t></r><r><rPr><b/></rPr><t>pany</t></r></is></c></row>
            <row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="str"><f>A2&amp;"x"</f><v>calculated</v></c><c r="C2" t="s"><v>3</v></c></row>
            """)
        book.sharedStrings =
            "<si><t>Name</t></si><si><t>Email</t></si><si><r><t xml:space=\"preserve\">山田 </t></r><r><t>太郎</t></r><rPh sb=\"0\" eb=\"2\"><t>ヤマダ</t></rPh></si><si><t>a_x000D_b &lt;c&gt;_x005F_</t></si>"
        let read = try read(book)
        #expect(read.format == "xlsx")
        #expect(read.columns == ["Name", "Email", "Company"])
        #expect(read.rows == [["山田 太郎", "calculated", "a\rb <c>_"]])
    }

    @Test(arguments: [
        ("1.4155550142E10", "14155550142"), ("12125550142", "12125550142"), ("0.30000000000000004", "0.3"),
        ("1E-3", "0.001"), ("-2.5", "-2.5"), ("1.5E3", "1500"), ("1E+20", "100000000000000000000"), ("42", "42"),
    ])
    func numbersAreAsAPersonSeesThem(_ text: String, _ shown: String) throws {
        #expect(try value("<c r=\"B2\"><v>\(text)</v></c>") == shown)
    }

    @Test func booleansErrorsAndFormulasAreTheirValues() throws {
        #expect(try value("<c r=\"B2\" t=\"b\"><v>1</v></c>") == "TRUE")
        #expect(try value("<c r=\"B2\" t=\"b\"><v>0</v></c>") == "FALSE")
        #expect(try value("<c r=\"B2\" t=\"e\"><v>#N/A</v></c>") == "#N/A")
        #expect(try value("<c r=\"B2\"><f>1+1</f><v>2</v></c>") == "2")
        #expect(try value("<c r=\"B2\"><f>1+1</f></c>") == "")
    }

    @Test(arguments: [
        (14, "46093", "2026-03-12"), (22, "46093.60416666667", "2026-03-12T14:30:00"), (20, "0.604166666", "14:30:00"),
        (14, "46093.5", "2026-03-12T12:00:00"), (14, "1", "1900-01-01"), (14, "59", "1900-02-28"),
        (14, "61", "1900-03-01"), (46, "1.5", "36:00:00"), (9, "0.25", "0.25"), (14, "-1", "-1"),
        (22, "46093.9999999", "2026-03-13T00:00:00"),
    ])
    func builtInFormatsTellDates(_ format: Int, _ number: String, _ shown: String) throws {
        #expect(try value("<c r=\"B2\" s=\"1\"><v>\(number)</v></c>") { $0.styles = [0, format] } == shown)
    }

    @Test(arguments: [
        ("dd\\.mm\\.yyyy", "46093", "2026-03-12"), ("[$-409]d mmm yyyy h:mm AM/PM", "46093.5", "2026-03-12T12:00:00"),
        ("yyyy\"年\"m\"月\"d\"日\";@", "46093", "2026-03-12"), ("[h]:mm:ss", "1.25", "30:00:00"),
        ("00000", "2134", "02134"),
        ("#,##0.00 \"days\"", "5", "5"), ("General", "46093", "46093"), ("[Red]0.00", "1.5", "1.5"),
        ("mm:ss", "0.5", "12:00:00"),
    ])
    func formatsOfAFileTellDatesAndZeros(_ code: String, _ number: String, _ shown: String) throws {
        #expect(
            try value("<c r=\"B2\" s=\"1\"><v>\(number)</v></c>") {
                $0.styles = [0, 170]
                $0.formats = [170: code]
            } == shown)
    }

    @Test func daysMayCountFrom1904() throws {
        #expect(
            try value("<c r=\"B2\" s=\"1\"><v>44631</v></c>") {
                $0.styles = [0, 14]
                $0.countsFrom1904 = true
            } == "2026-03-12")
    }

    @Test func gapsMergedAndHiddenRowsAreRight() throws {
        let text = { (place: String, text: String) in "<c r=\"\(place)\" t=\"str\"><v>\(text)</v></c>" }
        let book = WorkbookWriter(
            """
            <row r="2">\(text("A2", "Leads of March"))</row>
            <row r="4">\(text("A4", "a"))\(text("B4", "b"))\(text("C4", "c"))</row>
            <row r="5" hidden="1">\(text("A5", "1"))\(text("C5", "3"))</row>
            <row r="6"><c r="A6" s="0"/><c r="B6"/></row>
            <row r="9">\(text("B9", "x"))</row><row><c t="str"><v>4</v></c><c t="str"><v>5</v></c></row>
            """)
        let read = try read(book)
        #expect(read.columns == ["a", "b", "c"])
        #expect(read.rows == [["1", "", "3"], ["", "x", ""], ["4", "5", ""]])
        #expect(read.starts.map(\.line) == [5, 9, 10])
    }

    @Test func columnsWithoutANameAreCalledByTheirNumber() throws {
        let read = try read(WorkbookWriter(texts: [["name", "mail"], ["x", "y", "z"], ["x", "y"]]))
        #expect(read.columns == ["name", "mail", "column_3"])
        #expect(read.diagnostics.map(\.code) == ["unnamed_columns"])
        #expect(read.rows == [["x", "y", "z"], ["x", "y", ""]])
    }

    @Test func sheetsAreChosenByNumberNameOrTheFirstThatIsSeen() throws {
        var book = WorkbookWriter("")
        let sheet = { (name: String) in
            "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>Name</v></c></row><row r=\"2\"><c r=\"A2\" t=\"str\"><v>\(name)</v></c></row>"
        }
        book.sheets = [("Hidden", sheet("h")), ("Leads", sheet("l")), ("Old & done", sheet("o"))]
        book.hidden = ["Hidden"]
        let first = try read(book)
        #expect(first.rows == [["l"]])
        #expect(first.diagnostics.map(\.code) == ["many_sheets"])
        #expect(try read(book, .with { $0.xlsx.sheet = .number(1) }).rows == [["h"]])
        #expect(try read(book, .with { $0.xlsx.sheet = .name("old & done") }).rows == [["o"]])
        let missing = #expect(throws: Diagnostic.self) { try read(book, .with { $0.xlsx.sheet = .number(4) }) }
        #expect(missing?.code == "no_sheet" && missing?.hint?.contains("Leads") == true)
    }

    @Test func aSheetThatClaimsAMillionColumnsTakesNoMemoryForThem() throws {
        let wide = (2..<3000).map {
            "<row r=\"\($0)\"><c r=\"A\($0)\"><v>1</v></c><c r=\"ZZZZ\($0)\"><v>1</v></c></row>"
        }
        let far = "<row r=\"3000\"><c r=\"A3000\"><v>7</v></c><c r=\"XFD3000\"/></row>"
        let read = try read(WorkbookWriter(Self.header + far + wide.joined()))
        #expect(read.rows == [["7", ""]])
        #expect(read.rejects.count == 2998)
        #expect(read.rejects.allSatisfy { $0.reason == "too_many_cells" })
    }

    @Test func aTextOfManyMegabytesLiesOutsideTheMemory() throws {
        let count = 25_000
        let texts = (0..<count).map { ["name \($0)", String(repeating: "x", count: 200) + "\($0)"] }
        let read = try read(WorkbookWriter(texts: [["Name", "Note"]] + texts))
        #expect(read.rows == texts)
    }

    @Test(arguments: [
        ("xl/workbook.bin", "XLSB"), ("content.xml", "OpenDocument"), ("word/document.xml", "Word"),
    ])
    func otherOfficeFilesAreRefusedByName(_ part: String, _ word: String) throws {
        let data = ArchiveWriter.zip([("[Content_Types].xml", Data()), (part, Data("x".utf8))])
        let error = #expect(throws: Diagnostic.self) { try Reading.of(data) }
        #expect(error?.code == "unknown_format" && error?.message.contains(word) == true)
    }

    @Test func anOldBinaryWorkbookIsRefusedWithWhatToDo() throws {
        let error = #expect(throws: Diagnostic.self) {
            try Reading.of(Data([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) + Data(count: 512))
        }
        #expect(error?.code == "unknown_format" && error?.hint?.contains("save it as XLSX") == true)
    }
}
