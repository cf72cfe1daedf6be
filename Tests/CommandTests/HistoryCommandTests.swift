import Foundation
import TestSupport
import Testing

/// The nightly refresh, and what is known of it afterwards.
@Suite struct HistoryCommandTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder(linking: "samples", "pipelines")
    }

    private func run(_ arguments: String...) async throws -> Executable.Result {
        try await Executable.run(arguments + ["--progress", "off"].filter { _ in arguments[0] == "run" }, in: folder)
    }

    @Test func aNightlyRefreshImportsOnlyWhatIsNewAndCanBeWrittenAgain() async throws {
        let first = try await run("run", "pipelines/crm-refresh.yaml")
        #expect(first.code == 0, "\(first.err)")
        for file in ["enriched.csv.gz", "changes.csv", "audience.csv", "credit-report.html"] {
            #expect(first.err.contains("wrote out/crm/\(file)\n"))
        }
        let changes = try folder.read("out/crm/changes.csv").split(separator: "\n")
        #expect(changes[0] == "Record ID,Email,Phone Number,LinkedIn URL" && changes.count > 500)
        let packed = try Data(contentsOf: URL(fileURLWithPath: folder.file("out/crm/enriched.csv.gz")))

        let second = try await run("run", "pipelines/crm-refresh.yaml")
        #expect(second.code == 0 && second.err.contains("done: 2000 rows, 0 credits"))
        #expect(try folder.read("out/crm/changes.csv").split(separator: "\n").count == 1)

        let runs = try await run("runs", "--json")
        let list = try #require(try JSONSerialization.jsonObject(with: Data(runs.out.utf8)) as? [[String: Any]])
        let name = try #require(list.last?["run"] as? String)
        let show = try await run("show", name)
        #expect(show.code == 0 && show.out.contains("status          done") && show.out.contains("out/crm/changes.csv"))

        let json = try await run("report", name, "--format", "json")
        let report = try #require(try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any])
        #expect((report["run"] as? [String: Any])?["id"] as? String == name)
        #expect(((report["credits"] as? [String: Any])?["used"] as? Double ?? 0) > 0)
        let page = try await run("report", name, "-o", "page.html")
        #expect(page.code == 0 && page.out.isEmpty)
        #expect(try folder.read("page.html").contains("Credit report: crm-refresh"))
        let text = try await run("report", name)
        #expect(text.out.contains("Credits used"))

        let replay = try await run("replay", name, "-o", "again.csv.gz")
        #expect(replay.code == 0 && replay.err.contains("no request was sent"), "\(replay.err)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("again.csv.gz"))) == packed)
    }

    @Test func aRunThatIsNotThereIsSaidSo() async throws {
        for command in [["show", "nobody"], ["report", "nobody"], ["replay", "nobody", "-o", "x.csv"]] {
            let result = try await Executable.run(command, in: folder)
            #expect(result.code == 66 && result.err.contains("there is no run 'nobody'"), "\(result.err)")
        }
    }

    @Test func emailsAloneAreVerified() async throws {
        try folder.write(
            "leads.csv",
            "Name,Email\n\"A, B\",a.b@acme.example\nC,not an address\nD,d@mailinator.com\nE,\nF,a.b@acme.example\n")
        let result = try await run("verify", "leads.csv", "-o", "out.csv")
        #expect(result.code == 0 && result.err.contains("done: 5 rows, 2 with a valid email"), "\(result.err)")
        #expect(
            try folder.read("out.csv") == """
                Name,Email,email_verified,personal_email_verified
                "A, B",a.b@acme.example,true,
                C,not an address,false,
                D,d@mailinator.com,false,
                E,,,
                F,a.b@acme.example,true,

                """)
        let lines = try await run("verify", "leads.csv", "-o", "out.jsonl")
        #expect(lines.code == 0)
        #expect(try folder.read("out.jsonl").contains(#""Email":"d@mailinator.com","email_verified":false,"#))
    }

    @Test func mistakesInOutputsAreSaidTogether() async throws {
        try folder.write(
            "p.yaml",
            """
            input: {paths: [samples/hubspot-contacts.csv]}
            output:
              - {path: a.jsonl, excel: true, write: fill_empty, dialect: input}
              - {path: b.txt}
              - {path: c.csv, columns: {value: "no placeholder", statuss: x}}
            audience: [{path: d.csv}, {preset: hubspot}, {path: e.csv, columns: {X: shoe_size}}]
            warehouse: [oracle]
            verify: {url: "ftp://x", batch: {body: {list: [1]}}}
            """)
        let result = try await run("lint", "p.yaml")
        #expect(result.code == 78)
        for words in ["did you mean 'status'", "'value' takes", "'columns' takes", "'warehouse' takes", "'body' takes"]
        {
            #expect(result.err.contains(words), "\(words)")
        }
        try folder.write(
            "p.yaml",
            """
            input: {paths: [samples/hubspot-contacts.csv]}
            output: [{path: a.jsonl, excel: true, write: fill_empty}, {path: b.txt}]
            audience: [{path: d.csv}, {preset: hubspot}]
            verify: {url: "ftp://x"}
            """)
        let rules = try await run("lint", "p.yaml")
        for words in [
            "no spreadsheet opens", "keeps its objects", "how it is written", "'d.csv' has no columns",
            "an audience lacks its path", "verify.url is no address",
        ] { #expect(rules.err.contains(words), "\(words)") }
    }
}
