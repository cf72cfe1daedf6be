import Foundation
import TestSupport
import Testing

@Suite struct CommandTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("people.csv", "Email,Tel\nz@acme.example,+12125550142\n")
        try folder.write(
            "w.yaml",
            "providers: [{name: t, path: people.csv, channels: {phone: Tel}, prices: {phone: 2}}]\norder: {phone: [t]}\n"
        )
        try folder.write("leads.csv", "Name,Email\nZelda,z@acme.example\nHank,h@acme.example\n")
    }

    private func run(_ arguments: String..., input: String? = nil) async throws -> Executable.Result {
        try await Executable.run(arguments, in: folder, input: input)
    }

    private func enrich(_ arguments: String..., input: String? = nil) async throws -> Executable.Result {
        try await Executable.run(
            ["enrich"] + arguments + ["--waterfall", "w.yaml", "--channels", "phone"], in: folder, input: input)
    }

    @Test func enrichWritesTheRowsAndSaysWhatTheyCost() async throws {
        let result = try await enrich("leads.csv", "-o", "out.csv")
        #expect(result.code == 0)
        #expect(result.out == "")
        #expect(result.err.hasSuffix("done: 2 rows, 2 credits\n"))
        let lines = try folder.read("out.csv").split(separator: "\n")
        #expect(
            lines[0].hasPrefix(
                "Name,Email,enrichment_status,enrichment_reason,enrichment_origin,enrichment_record_id,credits_used,enriched_phone,"
            ))
        #expect(lines[1].hasPrefix("Zelda,z@acme.example,enriched,,api,emb_"))
        #expect(lines[2].hasPrefix("Hank,h@acme.example,unmatched,,api,emb_"))
    }

    @Test func rowsGoThroughPipes() async throws {
        let result = try await enrich("-", "-o", "-", input: "Name,Email\nZelda,z@acme.example\n")
        #expect(result.code == 0, "\(result.err)")
        #expect(result.out.split(separator: "\n").count == 2)
        #expect(result.out.contains("+12125550142"))
    }

    @Test func jsonlStaysAsItIsAndGetsOneMember() async throws {
        let line = #"{ "email":"z@acme.example", "n": 1.50,"o":{"a":[1]} }"#
        try folder.write("leads.jsonl", line + "\n")
        #expect(try await enrich("leads.jsonl", "-o", "out.jsonl").code == 0)
        let out = try folder.read("out.jsonl")
        #expect(out.hasPrefix(line.dropLast(1) + #","enrichment":{"status":"enriched","#))
        #expect(try JSONSerialization.jsonObject(with: Data(out.utf8)) is [String: Any])
    }

    @Test(arguments: [
        ("empty.csv", "", 66, "the file is empty"),
        ("nohint.csv", "Colour,Size\nred,1\n", 66, "no column is known"),
        ("data.xml", "<?xml version=\"1.0\"?><leads/>", 66, "no column is known"),
        ("broken.xml", "<leads><lead", 66, "XML is broken"), ("page.xls", "<html><p>Sign in</p>", 66, "no table"),
        ("book.xlsx", "PK\u{3}\u{4}....", 66, "cut off or damaged"),
        ("old.xls", "\u{0}", 66, "old binary Excel workbook"),
        ("cut.csv.gz", "\u{1}", 66, "cut off or damaged"),
    ])
    func inputThatCannotBeReadIsSaidClearly(_ name: String, _ text: String, _ code: Int32, _ words: String) async throws
    {
        var data = Data(text.utf8)
        if name == "old.xls" { data = Data([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) }
        if name == "cut.csv.gz" {
            data = ArchiveWriter.compressed(Data("Name,Email\nZelda,z\n".utf8), .gzip).prefix(20)
        }
        try folder.write(name, data)
        let result = try await enrich(name, "-o", "out.csv")
        #expect(result.code == code)
        #expect(
            result.err.contains(name) && result.err.contains(words) && result.err.contains("hint:"), "\(result.err)")
        #expect(!folder.has("out.csv"))
    }

    @Test func aMissingFileAFolderAndAMissingProviderAreSaidClearly() async throws {
        let missing = try await enrich("none.csv", "-o", "out.csv")
        #expect(missing.code == 66 && missing.err.contains("none.csv: error: no such file"))
        try folder.write("empty/readme.md", "x")
        let directory = try await enrich("empty", "-o", "out.csv")
        #expect(directory.code == 66 && directory.err.contains("the folder holds no export"))
        try FileManager.default.removeItem(atPath: folder.file("people.csv"))
        let provider = try await enrich("leads.csv", "-o", "out.csv")
        #expect(provider.code == 66 && provider.err.contains("people.csv"))
    }

    @Test func anOutputThatCannotBeMadeIsSaidClearly() async throws {
        let result = try await enrich("leads.csv", "-o", "/proc/nowhere/out.csv")
        #expect(result.code == 73, "\(result.err)")
        #expect(result.err.contains("/proc/nowhere/out.csv"))
    }

    @Test func aFullDiskIsSaidAndTheRunGoesOnLater() async throws {
        // Standard output to /dev/full is a disk that is full from the first byte.
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", "\"$0\" enrich leads.csv -o - --waterfall w.yaml --state s.sqlite > /dev/full 2> err",
            Executable.path,
        ]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 74)
        let said = try folder.read("err")
        #expect(
            said.contains("No space left") && said.contains("make room") && said.contains("go on with: "), "\(said)")
    }

    @Test func mistakesInAPipelineAreSaidWithTheirPlaces() async throws {
        try folder.write(
            "p.yaml",
            "input: {paths: [leads.csv]}\nenrich:\n  chanels: [phone]\noutput: [{path: out.xls}]\nverify: {url: \"${NO_SUCH}\"}\n"
        )
        let result = try await run("run", "p.yaml")
        #expect(result.code == 78)
        #expect(
            result.err.contains("p.yaml:3:3: error: there is no key 'chanels' here\n  hint: did you mean 'channels'?"),
            "\(result.err)")
        #expect(result.err.contains("NO_SUCH"))
    }

    @Test func lintSaysEveryMistakeInEveryPipelineAndItsWaterfall() async throws {
        try folder.write("a.yaml", "input: {paths: [no-such.csv]}\nenrich:\n  chanels: [phone]\n  min_confidence: 7\n")
        try folder.write("b.yaml", "input:\n  paths: [x.csv]\n enrich: {}\n")
        try folder.write(
            "c.yaml", "input: {paths: [no-such.csv]}\nenrich: {waterfall: c-w.yaml}\noutput: [{path: o.csv}]\n")
        try folder.write("c-w.yaml", "providers: []\norder: {phone: [nobody]}\n")
        try folder.write(
            "d.yaml", "input: {paths: [no-such.csv]}\nenrich: {waterfall: w.yaml}\noutput: [{path: o.csv}]\n")
        let result = try await run("lint", "a.yaml", "b.yaml", "c.yaml", "d.yaml")
        #expect(result.code == 78)
        for place in ["a.yaml:3:3: error", "a.yaml:4:", "b.yaml:3:", "c-w.yaml:2:9: error: order.phone"] {
            #expect(result.err.contains(place), "\(place) in \(result.err)")
        }
        #expect(result.out == "d.yaml: good\n")
        #expect(try await run("lint", "nowhere.yaml").code == 66)
    }

    @Test func lintReadsWaterfallsAndSettingsOfTheServiceToo() async throws {
        try folder.write("w2.yaml", "providers: [{name: v, kind: http, http: {url: ftp://x}}]\norder: {phone: [v]}\n")
        try folder.write("s.yaml", "listen: 127.0.0.1:0\nwaterfall: w2.yaml\nlimits: {bulk_per_minut: 1}\n")
        let result = try await run("lint", "w2.yaml", "s.yaml", "w.yaml")
        #expect(result.code == 78 && result.out == "w.yaml: good\n", "\(result.out) \(result.err)")
        #expect(
            result.err.contains("http.url begins with https") && result.err.contains("did you mean 'bulk_per_minute'"))
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("pipelines"), withDestinationPath: Checkout.file("pipelines"))
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("samples"), withDestinationPath: Checkout.file("samples"))
        let ours = ["waterfall", "serve", "quickstart"].map { "pipelines/\($0).yaml" }
        let good = try await Executable.run(["lint"] + ours, in: folder)
        #expect(good.code == 0, "\(good.err)")
    }

    @Test func thePipelineOfTheREADMEIsAccepted() async throws {
        let readme = try String(contentsOfFile: Checkout.file("README.md"), encoding: .utf8)
        let start = try #require(readme.range(of: "```yaml\n")), text = readme[start.upperBound...]
        let end = try #require(text.range(of: "```"))
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("pipelines"), withDestinationPath: Checkout.file("pipelines"))
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("samples"), withDestinationPath: Checkout.file("samples"))
        try folder.write("readme.yaml", String(text[..<end.lowerBound]))
        let result = try await Executable.run(
            ["run", "readme.yaml"], in: folder,
            environment: ["UNSTUCK_API_URL": "http://127.0.0.1:1", "UNSTUCK_API_KEY": "k", "VERIFY_SECRET": "s"])
        // Nothing is wrong with it but that there are no exports here.
        #expect(result.code == 66 && result.err.hasPrefix("exports/*.csv: error: no file matches"), "\(result.err)")
    }

    @Test func anExportIsNeverOverwritten() async throws {
        let before = try folder.read("leads.csv")
        let result = try await enrich("leads.csv", "-o", "./leads.csv")
        #expect(result.code == 78 && result.err.contains("is an input as well"), "\(result.err)")
        #expect(try folder.read("leads.csv") == before)
    }

    @Test func keysDoNotComeBackInTheCommandThatGoesOn() async throws {
        let result = try await run(
            "enrich", "leads.csv", "-o", "out.csv", "--engine", "api", "--set", "enrich.api.url=http://127.0.0.1:1",
            "--set", "enrich.api.key=very-secret", "--set", "enrich.retries.attempts=1")
        #expect(result.code == 69, "\(result.err)")
        #expect(result.err.contains("enrich.api.key=YOUR_KEY") && !result.err.contains("very-secret"))
    }

    @Test func usageMistakesEndWith64() async throws {
        #expect(try await run("enrich").code == 64)
        #expect(try await run("frobnicate").code == 64)
        #expect(try await enrich("leads.csv", "-o", "out.csv", "--set", "nonsense").code == 64)
    }

    @Test func tooManyRejectsEndTheRun() async throws {
        try folder.write("bad.csv", "Name,Email\na,b,c\nd,e,f\ng,h\n")
        #expect(try await enrich("bad.csv", "-o", "out.csv", "--max-rejects", "1").code == 65)
        #expect(try await enrich("bad.csv", "-o", "out2.csv", "--max-rejects", "2").code == 0)
    }

    @Test func normalizeAddsTheColumnsOfTheContract() async throws {
        let result = try await run("normalize", "leads.csv", "-o", "-")
        #expect(result.code == 0)
        #expect(
            result.out.hasPrefix(
                "Name,Email,normalized_email,normalized_first_name,normalized_last_name,normalized_company_name,normalized_company_domain,normalized_linkedin_url,normalized_phone,identity_key\nZelda,z@acme.example,z@acme.example,Zelda,,,acme.example,,,email:z@acme.example\n"
            ), "\(result.out)")
    }

    @Test func inspectSaysWhatAFileIs() async throws {
        let result = try await run("inspect", "leads.csv", "--json")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
        #expect(json["format"] as? String == "csv" && json["rows"] as? Int == 2 && json["duplicates"] as? Int == 0)
        #expect((json["dialect"] as? [String: Any])?["header_row"] as? Int == 1)
        let columns = try #require(json["columns"] as? [[String: Any]])
        #expect(columns.map { $0["field"] as? String } == ["full_name", "email"])
        #expect(try await run("inspect", "leads.csv").out.contains("Email  → email"))
    }

    @Test func helpShowsAnExampleAndVersionWorks() async throws {
        for command in ["run", "enrich", "normalize", "convert", "inspect"] {
            let help = try await run(command, "--help")
            #expect(help.code == 0 && help.out.contains("Example") && help.out.contains("millrace \(command)"))
        }
        #expect(try await run("--version").out.split(separator: ".").count == 3)
    }

    @Test(
        arguments: try FileManager.default.contentsOfDirectory(atPath: Checkout.file("Tests/Fixtures/exports")).sorted()
    )
    func exportsOfRealProgramsComeToTheEnd(_ name: String) async throws {
        let path = Checkout.file("Tests/Fixtures/exports/\(name)")
        let result = try await enrich(path, "-o", "out.csv", "--rejects", "rejects.csv", "--report", "report")
        #expect(result.code == 0, "\(result.err)")
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(folder.read("report.json").utf8)) as? [String: Any])
        let records = try #require(report["records"] as? [String: Any])
        let normalized = try await run("normalize", "out.csv", "-o", "-")
        #expect(normalized.code == 0)
        let people = name.hasPrefix("salesforce") ? 2 : 3
        #expect(records["read"] as? Int == people && records["rejected"] as? Int == 0, "\(records)")
    }

    @Test func anInterruptedRunGoesOnWithTheCommandThatItNames() async throws {
        var many = "Name,Email\n"
        for row in 0..<60_000 { many += "P,p\(row)@acme.example\n" }
        try folder.write("many.csv", many)
        let running = try Executable.Running(
            ["enrich", "many.csv", "-o", "out.csv", "--waterfall", "w.yaml", "--channels", "phone"], in: folder)
        while !folder.has("out.csv.partial"), running.process.isRunning { usleep(1000) }
        running.kill(SIGINT)
        let result = try await running.result()
        #expect(result.code == 130)
        #expect(
            result.err.contains("go on with: ")
                && result.err.hasSuffix("enrich many.csv -o out.csv --waterfall w.yaml --channels phone\n"),
            "\(result.err)")
        #expect(!folder.has("out.csv"))
        #expect(try await enrich("many.csv", "-o", "out.csv").code == 0)
        #expect(try folder.read("out.csv").split(separator: "\n").count == 60_001)
    }

    @Test func theSamplesAreWhatTheirGeneratorMakes() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Checkout.file(".build/debug/generate-samples"))
        process.arguments = [folder.file("samples")]
        try process.run()
        process.waitUntilExit()
        for name in [
            "hubspot-contacts.csv", "leads.jsonl", "leads.xml", "providers/crm-archive.csv",
            "providers/event-scans.csv", "providers/bought-list.csv", "providers/companies.csv",
        ] {
            #expect(
                try folder.read("samples/\(name)")
                    == String(contentsOfFile: Checkout.file("samples/\(name)"), encoding: .utf8),
                "\(name): run `make samples`")
        }
    }

    @Test func theQuickstartRunsTheWholeWayAndIsFreeTheSecondTime() async throws {
        for name in ["samples", "pipelines"] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.file(name), withDestinationPath: Checkout.file(name))
        }
        var values: [String] = []
        for attempt in 1...2 {
            let result = try await run("run", "pipelines/quickstart.yaml")
            #expect(result.code == 0, "\(result.err)")
            let report = try #require(
                try JSONSerialization.jsonObject(with: Data(folder.read("out/credit-report.json").utf8))
                    as? [String: Any])
            let credits = try #require(report["credits"] as? [String: Any]),
                records = try #require(report["records"] as? [String: Any])
            let used = try #require(credits["used"] as? Double)
            #expect(attempt == 1 ? used > 0 : used == 0)
            #expect(records["read"] as? Int == 2000 && records["rejected"] as? Int == 0)
            let lines = try folder.read("out/enriched.jsonl").split(separator: "\n")
            #expect(lines.count == 2000)
            var sum = 0.0
            let found = try lines.map { line in
                let row = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                let enrichment = try #require(row["enrichment"] as? [String: Any])
                sum += try #require(enrichment["credits_used"] as? Double)
                return
                    "\(String(data: try JSONSerialization.data(withJSONObject: enrichment["channels"] ?? [:], options: .sortedKeys), encoding: .utf8) ?? "")"
            }
            #expect(abs(sum - used) < 0.0001)
            if attempt == 2 { #expect(found == values) }
            values = found
            #expect((report["verification"] as? [String: Any])?["invalid"] as? Int != 0 || attempt == 2)
        }
    }
}
