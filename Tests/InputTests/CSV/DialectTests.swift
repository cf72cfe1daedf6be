import Foundation
import Input
import Records
import TestSupport
import Testing

@Suite struct DialectTests {
    @Test(arguments: [",", ";", "\t", "|", "^", "~", "\u{1F}", "\u{1}"])
    func theDelimiterIsFound(_ delimiter: String) throws {
        let text = "name,b,c\nx,2,3\ny,,6\n".replacingOccurrences(of: ",", with: delimiter)
        #expect(try Reading.of(text).rows == [["x", "2", "3"], ["y", "", "6"]])
    }

    @Test func theDelimiterThatSpreadsheetsNameCounts() throws {
        let read = try Reading.of("sep=;\r\na;b,c\r\n1;2,3\r\n")
        #expect(read.columns == ["a", "b,c"])
        #expect(read.rows == [["1", "2,3"]])
    }

    @Test func twoDelimitersThatWouldDoAreSaid() throws {
        let read = try Reading.of("a,b;c\n1,2;3\n4,5;6\n")
        #expect(read.columns == ["a", "b;c"])
        #expect(read.diagnostics.map(\.code) == ["ambiguous_delimiter"])
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func everyLineEndEndsARow(_ end: String) throws {
        let text = "a,b\n1,2\n\"x\ny\",4\n".replacingOccurrences(of: "\n", with: end)
        #expect(try Reading.of(text).rows == [["1", "2"], ["x\(end)y", "4"]])
    }

    @Test func lineEndsMayBeMixed() throws {
        let read = try Reading.of("a,b\r1,2\r\n3,4\n5,6\r7,8")
        #expect(read.columns == ["a", "b"])
        #expect(read.rows == [["1", "2"], ["3", "4"], ["5", "6"], ["7", "8"]])
        #expect(read.starts.map(\.line) == [2, 3, 4, 5])
    }

    @Test func aSingleColumnNeedsNoDelimiter() throws {
        let read = try Reading.of("Email\nz@acme.example\ny@acme.example")
        #expect(read.columns == ["Email"])
        #expect(read.rows.count == 2)
    }

    @Test func whatIsNarrowerThanTheTableIsPreamble() throws {
        let read = try Reading.of("Notes:\n\"Some, long\nnote\"\n\nFirst Name,Last Name,URL\nZelda,Quux,u\n")
        #expect(read.columns == ["First Name", "Last Name", "URL"])
        #expect(read.rows == [["Zelda", "Quux", "u"]])
    }

    @Test func aTitleWithEmptyCellsBesideItIsPreamble() throws {
        let read = try Reading.of("Leads of March,,\n,,\nName,Email,Company\nZelda,z@acme.example,Acme\n")
        #expect(read.columns == ["Name", "Email", "Company"])
        #expect(read.rows.count == 1)
    }

    @Test func theHeaderCanBeSetByItsLine() throws {
        let read = try Reading.of("x,y\n1,2\na,b\n3,4\n", .with { $0.csv.headerRow = .lines(3...3) })
        #expect(read.columns == ["a", "b"])
        #expect(read.rows == [["3", "4"]])
        let missing = #expect(throws: Diagnostic.self) {
            try Reading.of("x,y\n1,2\n", .with { $0.csv.headerRow = .lines(9...9) })
        }
        #expect(missing?.code == "no_header" && missing?.line == 9)
    }

    @Test func severalHeaderRowsAreOneWhereTheUpperNamesGroups() throws {
        let text = "Company,,Contact,,\nName,Domain,First,Last,Email\nAcme,acme.example,Zelda,Quux,z@acme.example\n"
        let read = try Reading.of(text)
        #expect(read.columns == ["Company Name", "Company Domain", "Contact First", "Contact Last", "Contact Email"])
        #expect(read.rows.count == 1)
        #expect(read.diagnostics.map(\.code) == ["two_header_rows"])
        let set = try Reading.of(text, .with { $0.csv.headerRow = .lines(1...2) })
        #expect(set.columns == read.columns)
        #expect(try Reading.of(text, .with { $0.csv.headerRow = .lines(2...2) }).columns[0] == "Name")
    }

    @Test func withoutAHeaderColumnsAreCalledByWhatTheyHoldOrTheirNumber() throws {
        let read = try Reading.of("Zelda,z@x.example,1\nYann,y@x.example,2\n")
        #expect(read.columns == ["column_1", "email", "column_3"])
        #expect(read.rows.count == 2)
        #expect(read.diagnostics.map(\.code) == ["no_header"])
        let set = try Reading.of("a,b\nc,d\n", .with { $0.csv.headerRow = .none })
        #expect(set.columns == ["column_1", "column_2"])
        #expect(set.rows.count == 2)
    }

    @Test func aHeaderThatIsShorterThanEveryRowIsNotGuessedAt() throws {
        let read = try Reading.of("name,mail\nx,y,z\nx,y,z\n")
        #expect(read.columns == ["name", "mail"])
        #expect(read.rejects.map(\.reason) == ["too_many_cells", "too_many_cells"])
    }

    @Test func emptyAndRepeatedNamesStayAsTheyAre() throws {
        #expect(try Reading.of("a,,a\n1,2,3\n").columns == ["a", "", "a"])
    }

    @Test(
        arguments: try FileManager.default.contentsOfDirectory(
            atPath: Checkout.file("Tests/Fixtures/csv-spectrum/csvs")
        ).sorted())
    func publicCasesAreReadAsTheirAuthorsSay(_ name: String) throws {
        let folder = Checkout.file("Tests/Fixtures/csv-spectrum")
        let expected = try JSONDecoder().decode(
            [[String: String]].self,
            from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/json/\(name.dropLast(4)).json")))
        let settings = ExportSettings.with { $0.csv.headerRow = .lines(1...1) }
        #expect(try Reading("\(folder)/csvs/\(name)", settings).objects == expected)
    }
}
