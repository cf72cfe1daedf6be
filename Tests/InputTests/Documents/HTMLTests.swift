import Foundation
import Input
import Records
import TestSupport
import Testing

@Suite struct HTMLTests {
    static let page = """
        <html><head><meta charset="utf-8"><style>td {color: red}</style></head><body>
        <table><tr><td>Menu</td></tr></table>
        <table border=1>
        <tr><th>Name</th><th>Email</th><th>Company</th></tr>
        <tr><td>  Zelda
          Quux </td><td><a href="mailto:z@acme.example">z@acme.example</a></td><td>Acme &amp; Co<br>Ltd</td></tr>
        <tr><td>Yann</td><td>&nbsp;</td><td>J&ouml;rg &#252;</td>
        </table></body></html>
        """

    @Test func theTableWithTheMostRowsIsRead() throws {
        let read = try Reading.of(Self.page)
        #expect(read.format == "html")
        #expect(read.columns == ["Name", "Email", "Company"])
        #expect(
            read.rows == [["Zelda Quux", "z@acme.example", "Acme & Co\nLtd"], ["Yann", "", "Jörg ü"]])
        #expect(read.starts.map(\.line) == [5, 7])
        #expect(read.diagnostics.map(\.code) == ["many_tables"])
    }

    @Test func anotherTableCanBeSet() throws {
        let page = "<table><tr><td>a</td></tr><tr><td>1</td></tr></table>" + Self.page
        let read = try Reading.of(page, .with { $0.html.number = 1 })
        #expect(read.columns == ["a"] && read.rows == [["1"]])
        #expect(
            #expect(throws: Diagnostic.self) { try Reading.of(page, .with { $0.html.number = 9 }) }?.code == "no_table")
    }

    @Test func mergedCellsKeepTheOthersInTheirColumns() throws {
        let read = try Reading.of(
            """
            <table><tr><th>a</th><th>b</th><th>c</th></tr>
            <tr><td rowspan=2>1</td><td>2</td><td>3</td></tr><tr><td>5</td><td>6</td></tr>
            <tr><td colspan=2>7</td><td>9</td></tr><tr><td>x</td><td>y</td><td>z</td></tr></table>
            """)
        #expect(read.rows == [["1", "2", "3"], ["", "5", "6"], ["7", "", "9"], ["x", "y", "z"]])
    }

    @Test func aTableInACellBelongsToTheCell() throws {
        let read = try Reading.of(
            "<table><tr><td>a</td><td>b</td></tr><tr><td>1</td><td><table><tr><td>in</td></tr></table></td></tr></table>"
        )
        #expect(read.rows == [["1", "in"]])
    }

    @Test func aPageWithoutATableIsSaid() throws {
        let error = #expect(throws: Diagnostic.self) { try Reading.of("<html><body><p>Sign in</p></body></html>") }
        #expect(error?.code == "no_table")
    }

    /// Found by the fuzzer: libxml2 makes other tags of a broken page where its bytes arrive in other pieces.
    @Test func aBrokenPageIsTheSameHoweverItArrives() async throws {
        let page = "<table><tr><th>a<th>b</t\u{4}<t.r><td r<table><tr><th>a<<style>olspa<th>a<t></tab>a<"
        let whole = try? Reading.of(page).rows
        for piece in [1, 3, 7] {
            let folder = try TemporaryFolder()
            let path = folder.file("pipe")
            #expect(mkfifo(path, 0o600) == 0)
            let writer = Thread {
                let descriptor = open(path, O_WRONLY)
                var rest = Array(page.utf8)[...]
                while !rest.isEmpty {
                    let part = Array(rest.prefix(piece))
                    rest = rest.dropFirst(part.count)
                    _ = write(descriptor, part, part.count)
                }
                close(descriptor)
            }
            writer.start()
            #expect((try? Reading(path).rows) == whole)
        }
    }

    @Test func theDeclaredEncodingCounts() throws {
        let data =
            Data(
                "<html><meta http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1252\"><table><tr><td>Name</td></tr><tr><td>J"
                    .utf8)
            + Data([0xF6]) + Data("rg</td></tr></table>".utf8)
        #expect(try Reading.of(data).rows == [["Jörg"]])
    }
}
