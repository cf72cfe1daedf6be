import Foundation
import TestSupport
import Testing

@Suite struct ConvertAndInspectTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("leads.csv", "Name;Email\r\n\"Quux; Zelda\";z@acme.example\r\n007;\r\nshort\r\n")
    }

    private func run(_ arguments: String..., input: String? = nil) async throws -> Executable.Result {
        try await Executable.run(arguments, in: folder, input: input)
    }

    @Test func convertKeepsEveryValueAndSaysWhatItMended() async throws {
        let csv = try await run("convert", "leads.csv", "-o", "-")
        #expect(csv.code == 0)
        #expect(csv.out == "Name,Email\nQuux; Zelda,z@acme.example\n007,\nshort,\n")
        #expect(csv.err.contains("leads.csv:4: note: rows with fewer cells") && csv.err.hasSuffix("done: 3 rows\n"))
        #expect(try await run("convert", "leads.csv", "-o", "out.jsonl").code == 0)
        #expect(
            try folder.read("out.jsonl").hasPrefix("{\"Name\":\"Quux; Zelda\",\"Email\":\"z@acme.example\"}\n"))
        let back = try await run("convert", "out.jsonl", "-o", "-")
        #expect(back.out == csv.out)
    }

    @Test func convertReadsWorkbooksArchivesAndPipes() async throws {
        try folder.write("book.xlsx", WorkbookWriter(texts: [["Name", "Email"], ["Zelda", "z@acme.example"]]).data())
        let expected = "Name,Email\nZelda,z@acme.example\n"
        #expect(try await run("convert", "book.xlsx", "-o", "-").out == expected)
        try folder.write(
            "a.zip", ArchiveWriter.zip([("in/Lead.csv", Data(expected.utf8)), ("x.csv", Data("a,b\n1,2\n".utf8))]))
        let chosen = try await run(
            "convert", "a.zip", "-o", "-", "--set", "input.members=Lead.csv", "--set", "input.source_file=true")
        #expect(chosen.out == "Name,Email,source_file\nZelda,z@acme.example,a.zip/in/Lead.csv\n", "\(chosen.err)")
        let piped = try await run(
            "convert", "-", "-o", "-", input: "<r><p><Name>Zelda</Name></p><p><Name>Yann</Name></p></r>")
        #expect(piped.out == "Name\nZelda\nYann\n")
    }

    @Test func filesOfSeveralFormatsAreOneStreamWithTheirNames() async throws {
        try folder.write("in/1.csv", "Email,Name\nz@acme.example,Zelda\n")
        try folder.write("in/2.jsonl", "{\"Name\":\"Yann\",\"Email\":\"y@acme.example\"}\n")
        try folder.write("in/readme.md", "not this one")
        let result = try await run("convert", "in", "-o", "-", "--set", "input.source_file=true")
        #expect(
            result.out
                == "Email,Name,source_file\nz@acme.example,Zelda,in/1.csv\ny@acme.example,Yann,in/2.jsonl\n")
    }

    @Test func aPathIntoAnObjectCanHoldAField() async throws {
        try folder.write("deep.jsonl", "{\"who\":{\"mail\":\"z@acme.example\"}}\n")
        let result = try await run("normalize", "deep.jsonl", "-o", "-", "--set", "input.columns={email: who.mail}")
        #expect(result.code == 0 && result.out.contains("email:z@acme.example"), "\(result.err)")
    }

    @Test func tooManyRejectsEndAConversion() async throws {
        try folder.write("bad.csv", "Name,Email\na,b,c\nd,e\n")
        let result = try await run("convert", "bad.csv", "-o", "out.csv", "--max-rejects", "0")
        #expect(result.code == 65 && !folder.has("out.csv"))
        #expect(try await run("convert", "bad.csv", "-o", "out.csv", "--rejects", "rejects.csv").code == 0)
        #expect(try folder.read("rejects.csv") == "file,line,record,reason,raw\nbad.csv,2,1,too_many_cells,\"a,b,c\"\n")
    }

    @Test func inspectShowsWhatAPersonWantsToKnow() async throws {
        let text = try await run("inspect", "leads.csv").out
        #expect(text.hasPrefix("leads.csv: csv, utf-8\ndelimiter ';', quote \", column names on line 1"))
        #expect(text.contains("3 rows, 0 duplicates"))
        #expect(text.contains("→ email      z@acme.example"))
        #expect(text.contains("email           1  (33 %)"))
        #expect(text.contains("To ask a service for what 1 person lacks: 1 bulk request,"))
    }

    @Test func inspectAsJSONNamesEveryKey() async throws {
        let result = try await run("inspect", "leads.csv", "--json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
        for key in [
            "format", "compression", "encoding", "bom", "dialect", "crm", "columns", "rows", "hints", "duplicates",
        ] {
            #expect(object[key] != nil, "\(key)")
        }
        #expect(object["crm"] is NSNull)
        let columns = try #require(object["columns"] as? [[String: Any]])
        #expect(columns.map { $0["field"] as? String } == ["full_name", "email"])
        #expect(columns[1]["examples"] as? [String] == ["z@acme.example"])
    }

    @Test func aFileInWhichNobodyIsNamedIsStillInspected() async throws {
        try folder.write("colours.csv", "Colour,Size\nred,1\n")
        let result = try await run("inspect", "colours.csv")
        #expect(result.code == 0)
        #expect(
            result.out.contains("warning: no column is known") && result.out.contains("Nobody in it can be asked for"))
    }

    @Test func whatCouldNotBeReadIsSaidWithItsLineAndReason() async throws {
        try folder.write("broken.csv", "a,b\n1,2\n1,2,3\n1,2,3\n")
        let result = try await run("convert", "broken.csv", "-o", "out.csv")
        #expect(result.code == 0)
        #expect(
            result.err.contains(
                "broken.csv:3: warning: 2 records could not be read: too_many_cells (the first one here)"),
            "\(result.err)")
    }

    @Test func whatComesBeforeABreakIsWritten() async throws {
        try folder.write("cut.xml", "<r><p><email>a@acme.example</email></p><p><email>b@acme.example</email></p><p><em")
        let result = try await run("convert", "cut.xml", "-o", "-")
        #expect(result.code == 66 && result.err.contains("cut off"), "\(result.err)")
        #expect(result.out.hasSuffix("\na@acme.example,\nb@acme.example,\n"), "\(result.out)")
    }

    @Test(arguments: [",", ";", "|", "#", " "])
    func signsCanBeSetAsTheyAre(_ delimiter: String) async throws {
        try folder.write("signs.csv", "a\(delimiter)b\n1\(delimiter)2\n")
        let result = try await run("convert", "signs.csv", "-o", "-", "--set", "input.csv.delimiter=\(delimiter)")
        #expect(result.out == "a,b\n1,2\n", "\(result.err)")
    }

    @Test func aStarterPipelineWithoutProvidersRunsAndFindsNobody() async throws {
        #expect(try await run("inspect", "leads.csv", "--write", "p.yaml").code == 0)
        #expect(try await run("lint", "p.yaml").code == 0)
        let ran = try await run("run", "p.yaml")
        #expect(ran.code == 0 && ran.err.contains(" 0 credits"), "\(ran.err)")
        #expect(try folder.read("p-waterfall.yaml").contains("providers: []"))
    }

    @Test func theStarterPipelineRuns() async throws {
        try folder.write("people.csv", "Email,Tel\nz@acme.example,+12125550142\n")
        try folder.write(
            "pipelines/waterfall.yaml",
            "providers: [{name: t, path: people.csv, channels: {phone: Tel}, prices: {phone: 2}}]\norder: {phone: [t]}\n"
        )
        let wrote = try await run(
            "inspect", "leads.csv", "--write", "p.yaml", "--set", "input.csv.delimiter=;", "--set", "input.region=DE",
            "--set",
            "input.csv.header_row=1")
        #expect(wrote.code == 0, "\(wrote.err)")
        let pipeline = try folder.read("p.yaml")
        #expect(
            pipeline.contains("email: \"Email\"") && pipeline.contains("csv: {delimiter: ;, header_row: 1}"),
            "\(pipeline)")
        let linted = try await run("lint", "p.yaml")
        #expect(linted.code == 0 && linted.out == "p.yaml: good\n", "\(linted.err)")
        let ran = try await run("run", "p.yaml")
        #expect(ran.code == 0, "\(ran.err)")
        #expect(try folder.read("out/leads.csv").contains("+12125550142"))
        let again = try await run("inspect", "leads.csv", "--write", "p.yaml")
        #expect(again.code == 73 && again.err.contains("--force"))
    }
}
