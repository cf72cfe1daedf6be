import Connect
import EnrichmentAPI
import Foundation
import Input
import Records
import TestSupport
import Testing

@testable import Pipeline

/// How enriched rows are written, where that is asked for.
@Suite struct OutputFormTests {
    let runs: WrittenRuns

    init() throws { runs = try WrittenRuns() }

    private func output(_ name: String, _ change: (inout OutputSettings) -> Void = { _ in }) -> OutputSettings {
        var output = OutputSettings(path: runs.folder.file(name))
        change(&output)
        return output
    }

    @Test func packedFilesHoldTheSameBytesAsPlainOnes() async throws {
        var settings = try runs.settings(WrittenRuns.people(3000))
        settings.enrich.discover = false
        settings.output = ["a.csv", "b.csv.gz", "c.csv.zst", "d.jsonl", "e.jsonl.zst"].map { output($0) }
        try await runs.run(settings)
        for (packed, plain) in [("b.csv.gz", "a.csv"), ("c.csv.zst", "a.csv"), ("e.jsonl.zst", "d.jsonl")] {
            let there = try runs.readBack(packed)
            #expect(try there == runs.readBack(plain) && there.count == 3000, "\(packed)")
            #expect(try Export(runs.folder.file(packed)).compression != .none)
        }
        #expect(try runs.cells("a.csv").count == 3001)
    }

    @Test func whatSpreadsheetsWouldCalculateIsAText() async throws {
        let cells = [
            "=1+1", "+1-415-555-0100", "@sum(a1)", "-2+3", "+14155550100", "-5.3", "1,5", "-1,200.50", "plain",
            "'quoted",
            "-", "+49 30 23125042",
        ]
        let text = "Email,Cell\n" + cells.map { "p@acme.example,\"\($0)\"\n" }.joined()
        var settings = try runs.settings(text)
        settings.identity.dedupe = .off
        settings.output = [output("x.csv") { $0.excel = true }, output("plain.csv")]
        try await runs.run(settings)
        #expect(try runs.bytes("x.csv").starts(with: [0xEF, 0xBB, 0xBF]))
        let guarded = try runs.cells("x.csv").dropFirst().map { $0[1] }
        #expect(
            guarded == [
                "'=1+1", "'+1-415-555-0100", "'@sum(a1)", "'-2+3", "+14155550100", "-5.3", "1,5", "-1,200.50", "plain",
                "'quoted", "'-", "+49 30 23125042",
            ])
        #expect(try runs.cells("plain.csv").dropFirst().map { $0[1] } == cells)
    }

    @Test func theExportsDialectIsKeptOnRequest() async throws {
        let text = "\u{FEFF}Name;Email\r\n\"a;b\";p1@acme.example\r\nc;p2@acme.example\r\n"
        var settings = try runs.settings(text)
        settings.output = [output("same.csv") { $0.dialect = .input }, output("standard.csv")]
        try await runs.run(settings)
        let same = try runs.bytes("same.csv"), standard = try runs.bytes("standard.csv")
        #expect(same.starts(with: [0xEF, 0xBB, 0xBF]) && same.count { $0 == 13 } == 3 && same.suffix(2) == [13, 10])
        #expect(standard.starts(with: Array("Name,Email,".utf8)) && !standard.contains(13))
        #expect(try runs.folder.read("same.csv").contains("\"a;b\";p1@"))
        let lines = try runs.cells("same.csv", delimiter: ";")
        #expect(lines.map { $0.dropFirst() } == (try runs.cells("standard.csv")).map { $0.dropFirst() })
    }

    @Test func columnsAreCalledAndLeftOutAsTheTemplatesSay() async throws {
        var settings = try runs.settings(WrittenRuns.people(5))
        settings.output = [
            output("named.csv") {
                $0.columns.status = "Outcome"
                $0.columns.value = "Found {Channel}"
                ($0.columns.reason, $0.columns.source, $0.columns.time, $0.columns.verified) = ("", "", "", "")
            }
        ]
        try await runs.run(settings)
        let header = try runs.cells("named.csv")[0].joined(separator: ",")
        #expect(
            header == WrittenRuns.header
                + ",Outcome,enrichment_origin,enrichment_record_id,credits_used,Found Work Email,enriched_work_email_confidence,Found Phone,enriched_phone_confidence"
        )
    }

    /// A channel's find goes where the export has a column for it, and what stood there goes beside it.
    @Test(arguments: [OutputSettings.Write.fillEmpty, .overwriteIfBetter])
    func findsGoIntoTheColumnsOfTheExport(_ write: OutputSettings.Write) async throws {
        let one = WrittenRuns.email(with: .phone)
        let two = WrittenRuns.email(with: .phone, besides: [one])
        let three = WrittenRuns.email(with: .phone, besides: [one, two])
        let text = """
            Email,Phone Number,Company Name
            \(one),,Acme
            \(two),12,Acme
            \(three),+14155550100,Acme

            """
        var settings = try runs.settings(text)
        settings.enrich.channels = [.phone]
        settings.enrich.onlyMissing = false
        settings.output = [output("w.csv") { $0.write = write }, output("plain.csv")]
        try await runs.run(settings)
        let found = try runs.rows("plain.csv").map { $0["enriched_phone"] ?? "" }
        #expect(found.allSatisfy { !$0.isEmpty })
        let rows = try runs.rows("w.csv")
        #expect(
            try runs.cells("w.csv")[0].prefix(4) == ["Email", "Phone Number", "previous_Phone Number", "Company Name"])
        let isBetter = write == .overwriteIfBetter
        #expect(rows.map { $0["Phone Number"] ?? "" } == [found[0], isBetter ? found[1] : "12", "+14155550100"])
        #expect(rows.map { $0["previous_Phone Number"] ?? "" } == ["", isBetter ? "12" : "", ""])
    }

    @Test func anEmailThatIsKnownToBeValidIsBetterThanOneThatIsNot() async throws {
        let bad = WrittenRuns.email(with: .workEmail)
        let good = WrittenRuns.email(with: .workEmail, besides: [bad])
        var settings = try runs.settings("Email,Company Name\n\(bad),Acme\n\(good),Acme\n")
        settings.enrich.channels = [.workEmail]
        settings.enrich.onlyMissing = false
        settings.verify = VerifySettings()
        settings.verify?.inputEmail = true
        settings.output = [output("w.csv") { $0.write = .overwriteIfBetter }]
        try await runs.run(
            settings,
            verifier: Mailroom { .said($0 == bad ? .invalid : .valid) })
        let rows = try runs.rows("w.csv")
        #expect(rows[0]["Email"] == rows[0]["enriched_work_email"] && rows[0]["previous_Email"] == bad)
        #expect(rows[0]["input_email_verified"] == "false" && rows[1]["input_email_verified"] == "true")
        #expect(rows[1]["Email"] == good && rows[1]["previous_Email"] == "")
    }

    @Test func aRunThatIsCutOffEndsWithTheSamePackedBytes() async throws {
        var settings = try runs.settings(WrittenRuns.people(3000))
        settings.enrich.discover = false
        settings.input.limits.batchRows = 75
        settings.output = ["a.csv.gz", "b.jsonl.zst"].map { output($0) }
        settings.audience = [audience("hub.csv", .hubspot)]
        settings.audience[0].rows = 400
        settings.changes = ChangeSettings(path: runs.folder.file("changes.csv"))
        try await runs.run(settings)
        let names = ["a.csv.gz", "b.jsonl.zst", "changes.csv", "hub.csv", "hub-2.csv", "hub-5.csv"]
        let whole = try names.map { try Data(contentsOf: URL(fileURLWithPath: runs.folder.file($0))) }
        let other = try WrittenRuns()
        var again = settings
        again.output = ["a.csv.gz", "b.jsonl.zst"].map { OutputSettings(path: other.folder.file($0)) }
        again.audience[0].path = other.folder.file("hub.csv")
        again.changes = ChangeSettings(path: other.folder.file("changes.csv"))
        // Stops the run at every checkpoint that it makes, until none is left.
        var attempts = 0
        while true {
            let stop = StopSignal()
            attempts += 1
            do {
                try await other.run(
                    again, watch: StepWatch { if $0 == .written { stop.stop(.interrupted) } }, stop: stop)
                break
            } catch RunStop.interrupted {
                #expect(attempts < 100)
            }
        }
        #expect(attempts > 1)
        for (name, bytes) in zip(names, whole) {
            #expect(try Data(contentsOf: URL(fileURLWithPath: other.folder.file(name))) == bytes, "\(name)")
        }
    }

    /// Several pipelines may share a folder, and all of their files are in its package.
    @Test func runsBesideEachOtherDescribeTheirFilesTogether() async throws {
        let names = (0..<6).map { "p\($0)" }
        try await withThrowingTaskGroup { group in
            for name in names {
                var settings = try runs.settings(WrittenRuns.people(20), name: "\(name).in.csv")
                settings.name = name
                settings.output = [output("\(name).csv")]
                let own = settings
                group.addTask { try await runs.run(own) }
            }
            for try await report in group { #expect(report.records.read == 20) }
        }
        let package = try #require(
            try JSONSerialization.jsonObject(with: Data(runs.folder.read("datapackage.json").utf8)) as? [String: Any])
        let paths = (package["resources"] as? [[String: Any]])?.compactMap { $0["path"] as? String }
        #expect(paths?.sorted() == names.map { "\($0).csv" } && !runs.folder.has("datapackage.json.partial"))
    }

    /// Also where a pattern matches it, or it is a file beside the outputs.
    @Test(arguments: ["a.csv", "b.csv", "report.csv"])
    func anExportIsNeverWrittenTo(_ name: String) async throws {
        for file in ["a.csv", "b.csv", "report.csv"] { try runs.folder.write("in/\(file)", WrittenRuns.people(2)) }
        var settings = try runs.settings("")
        settings.input.paths = [runs.folder.file("in/*.csv")]
        settings.output = [output(name == "report.csv" ? "out.csv" : "in/\(name)")]
        settings.report = runs.folder.file("in/report")
        if name != "report.csv" { settings.report = "" }
        let problem = await #expect(throws: Diagnostic.self) { try await runs.run(settings) }
        #expect(problem?.code == "cannot_create_output")
        #expect(try runs.folder.read("in/\(name)") == WrittenRuns.people(2))
    }

    @Test func twoRunsNeverWriteOneFile() async throws {
        let settings = try runs.settings(WrittenRuns.people(5))
        let other = try OutputFile(settings.output[0].path)
        let problem = await #expect(throws: Diagnostic.self) { try await runs.run(settings) }
        #expect(problem?.code == "output_busy")
        withExtendedLifetime(other) {}
    }

    private func audience(_ name: String, _ preset: AudienceSettings.Preset) -> AudienceSettings {
        var audience = AudienceSettings()
        audience.path = runs.folder.file(name)
        audience.preset = preset
        return audience
    }
}
