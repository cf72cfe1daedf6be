import Foundation
import TestSupport
import Testing

/// Every file in `pipelines/` is linted and run as it stands.
@Suite struct PipelineFileTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder(linking: "samples", "pipelines")
        // Where the pipelines look for exports, there are some.
        for (path, source) in [
            ("exports/hubspot-contacts.csv", "Tests/Fixtures/exports/hubspot_contacts.csv"),
            ("exports/salesforce-leads.csv", "Tests/Fixtures/exports/salesforce_report_leads.csv"),
            ("exports/apollo-list.csv", "Tests/Fixtures/exports/apollo_contacts_2024.csv"),
            ("clients/acme/leads.csv", "samples/hubspot-contacts.csv"),
        ] {
            let target = folder.file(path)
            try FileManager.default.createDirectory(
                atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: Checkout.file(source), toPath: target)
        }
    }

    /// What each of them writes, and what it needs besides.
    static let expected: [String: (outputs: [String], environment: [String: String], input: String?)] = [
        "quickstart": (["out/enriched.csv", "out/enriched.jsonl", "out/credit-report.html"], [:], nil),
        "crm-refresh": (["out/crm/enriched.csv.gz", "out/crm/changes.csv", "out/crm/audience.csv"], [:], nil),
        "hubspot-upload": (["out/hubspot/enriched.csv", "out/hubspot/changes.csv"], [:], nil),
        "salesforce-nightly": (
            ["out/salesforce/enriched.csv.gz", "out/salesforce/changes.csv", "out/salesforce/leads.csv"], [:], nil
        ),
        "apollo-cleanup": (["out/apollo/cleaned.csv", "out/apollo/outreach.csv"], [:], nil),
        "account-firmographics": (["out/accounts/leads.csv", "out/accounts/leads.duckdb.sql"], [:], nil),
        "warehouse-feed": (["out/warehouse/rejects.csv"], [:], "samples/leads.jsonl"),
        "agency": (["out/acme/rejects.csv"], ["CLIENT": "acme"], nil),
        "rehearsal": (["out/rehearsal/enriched.csv"], ["REHEARSAL_KEY": "any"], nil),
    ]

    @Test func allOfThemAreHereAndLintedWithoutAWarning() async throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Checkout.file("pipelines"))
            .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
        #expect(Set(files) == Set(Self.expected.keys).union(["waterfall", "serve"]))
        let result = try await Executable.run(
            ["lint"] + files.map { "pipelines/\($0).yaml" }, in: folder,
            environment: ["CLIENT": "acme", "REHEARSAL_KEY": "any"])
        #expect(result.code == 0 && result.err.isEmpty, "\(result.err)")
    }

    @Test(arguments: expected.keys.filter { $0 != "rehearsal" }.sorted())
    func itRunsAndWritesWhatItSays(_ name: String) async throws {
        let pipeline = try #require(Self.expected[name])
        let input = try pipeline.input.map { try String(contentsOfFile: Checkout.file($0), encoding: .utf8) }
        let plan = try await Executable.run(
            ["plan", "pipelines/\(name).yaml"], in: folder, environment: pipeline.environment, input: input)
        #expect(plan.code == 0, "\(plan.err)")
        let result = try await Executable.run(
            ["run", "pipelines/\(name).yaml"], in: folder, environment: pipeline.environment, input: input)
        #expect(result.code == 0, "\(result.err)")
        for output in pipeline.outputs {
            #expect(FileManager.default.fileExists(atPath: folder.file(output)), "\(output)")
        }
        if let input {
            #expect(result.out.split(separator: "\n").count == input.split(separator: "\n").count)
        }
        let again = try await Executable.run(
            ["run", "pipelines/\(name).yaml"], in: folder, environment: pipeline.environment, input: input)
        #expect(again.code == 0 && again.err.contains(" 0 credits"), "\(again.err)")
    }

    @Test func pathsTakeTheDateAndTheNameOfTheRun() async throws {
        let run = try await Executable.run(
            ["run", "pipelines/agency.yaml", "--set", "rejects=out/{run}.csv"], in: folder,
            environment: ["CLIENT": "acme", "TZ": "UTC"])
        #expect(run.code == 0, "\(run.err)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("out/acme"))
        #expect(names.contains { $0.wholeMatch(of: /enriched-\d{4}-\d\d-\d\d\.csv/) != nil }, "\(names)")
        #expect(names.contains { $0.wholeMatch(of: /report-\d{4}-\d\d-\d\d\.html/) != nil }, "\(names)")
        #expect(run.err.contains(/wrote out\/acme\/enriched-\d{4}-\d\d-\d\d\.csv/))
        #expect(run.err.contains(/wrote out\/agency-acme-\d{8}-\d{6}\.csv/))
    }

    @Test func aDateInAPathNeverLeadsToAnExport() async throws {
        let date = Date().formatted(.iso8601.year().month().day())
        try FileManager.default.createDirectory(atPath: folder.file("data"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: Checkout.file("samples/hubspot-contacts.csv"), toPath: folder.file("data/leads-\(date).csv"))
        let run = try await Executable.run(
            ["run", "pipelines/quickstart.yaml", "--input", "data/*.csv", "--output", "data/leads-{date}.csv"],
            in: folder)
        #expect(run.code == 73 && run.err.contains("this is read"), "\(run.err)")
    }

    @Test func aRehearsalPlaysAServiceThatMisbehaves() async throws {
        let serving = try Executable.Running(
            [
                "serve", "--waterfall", "pipelines/waterfall.yaml", "--listen", "127.0.0.1:0", "--rehearse",
                "bulk: 5% 429, 2% commit-then-drop, 1% short",
            ], in: folder)
        defer { serving.kill() }
        var address: Substring?
        for _ in 0..<1200 where address == nil {
            try await Task.sleep(for: .milliseconds(50))
            address = serving.said.firstMatch(of: /http:\/\/127\.0\.0\.1:\d+/)?.output
        }
        let url = try #require(address)
        let result = try await Executable.run(
            ["run", "pipelines/rehearsal.yaml", "--set", "enrich.api.url=\(url)"], in: folder,
            environment: ["REHEARSAL_KEY": "any"])
        #expect(result.code == 0, "\(result.err)")
        #expect(try folder.read("out/rehearsal/enriched.csv").split(separator: "\n").count > 2000)
    }
}
