import Connect
import EnrichmentAPI
import Foundation
import Ledger
import Records
import TestSupport
import Testing

@testable import Pipeline

/// Past runs, written again out of the ledger.
@Suite struct ReplayTests {
    let runs: WrittenRuns

    init() throws { runs = try WrittenRuns() }

    /// Settings as a file has them, since only those are kept.
    private func settings(_ more: String = "") throws -> PipelineSettings {
        let input = runs.folder.file("leads.csv")
        if !runs.folder.has("leads.csv") {
            try runs.folder.write("leads.csv", WrittenRuns.people(500) + "7,,,,,,,nobody\n")
        }
        let yaml = """
            name: replayed
            input: {paths: [\(input)]}
            enrich:
              engine: api
              api: {url: "http://127.0.0.1:1", key: test-key}
              channels: [work_email, phone]
              account: true
              limits: {bulk_per_minute: 1000, single_per_minute: 100000, per_day: 1000000}
            \(more)
            verify: {url: "http://127.0.0.1:1"}
            output:
              - path: \(runs.folder.file("out.csv"))
              - path: \(runs.folder.file("out.jsonl.zst"))
            """
        return try PipelineFile.read(runs.folder.write("p.yaml", yaml), overrides: [], environment: [:])
    }

    private func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: runs.folder.file(name)))
    }

    private func replay(_ run: String) async throws {
        let rows = try await Replay.write(
            run, to: [runs.folder.file("again.csv"), runs.folder.file("again.jsonl.zst")],
            from: Ledger(path: runs.folder.file("l.sqlite"))
        ) { _ in }
        #expect(rows == 501)
    }

    /// Even after everything was asked for again, with other answers and other verdicts.
    @Test(arguments: ["", "  max_credits: 400"])
    func aPastRunComesToTheSameBytes(_ budget: String) async throws {
        let first = try await runs.run(settings(budget), verifier: Mailroom { _ in .said(.valid) })
        if !budget.isEmpty { #expect((first.records.skipped["budget"] ?? 0) > 0) }
        let (csv, json) = (try bytes("out.csv"), try bytes("out.jsonl.zst"))
        var again = try settings()
        again.enrich.force = true
        again.verify?.refreshAfter = .zero
        let dear = Finder(isDear: true)
        try await runs.run(again, verifier: Mailroom { _ in .said(.invalid) }, enricher: dear)
        #expect(try bytes("out.csv") != csv)
        try await replay(first.run.id)
        #expect(try bytes("again.csv") == csv)
        #expect(try bytes("again.jsonl.zst") == json)
        // Nothing has changed but what was asked for.
        let problems = try await Ledger(path: runs.folder.file("l.sqlite")).check()
        #expect(problems == [])
        #expect(try await Ledger(path: runs.folder.file("l.sqlite")).runs(most: 9).count == 2)
    }

    @Test func anInputThatHasChangedIsNotReplayed() async throws {
        let first = try await runs.run(settings(), verifier: Mailroom { _ in .said(.valid) })
        try runs.folder.write("leads.csv", WrittenRuns.people(10))
        let problem = await #expect(throws: Diagnostic.self) { try await replay(first.run.id) }
        #expect(problem?.code == "input_changed")
    }

    @Test func aReplayNeverTakesThePlaceOfItsInput() async throws {
        let first = try await runs.run(settings(), verifier: Mailroom { _ in .said(.valid) })
        let before = try runs.folder.read("leads.csv")
        let problem = await #expect(throws: Diagnostic.self) {
            _ = try await Replay.write(
                first.run.id, to: [runs.folder.file("./leads.csv")], from: Ledger(path: runs.folder.file("l.sqlite"))
            ) { _ in }
        }
        #expect(problem?.code == "cannot_create_output")
        #expect(try runs.folder.read("leads.csv") == before)
    }

    @Test func reportsAreKeptAsTheyWere() async throws {
        let first = try await runs.run(settings(), verifier: Mailroom { _ in .said(.valid) })
        let kept = try await Ledger(path: runs.folder.file("l.sqlite")).report(ofRun: first.run.id)
        let report = try #require(kept.flatMap(CreditReport.init(archived:)))
        #expect(try report.json() == first.json())
    }

    @Test func noKeyIsKeptWithTheSettings() async throws {
        let settings = try settings()
        #expect(settings.source.contains("replayed") && !settings.source.contains("test-key"))
        #expect(!settings.source.contains("127.0.0.1"))
        let first = try await runs.run(settings, verifier: Mailroom { _ in .said(.valid) })
        let past = try await Ledger(path: runs.folder.file("l.sqlite")).pastRun(first.run.id)
        let kept = try #require(past?.settings)
        #expect(!kept.contains("test-key") && !kept.contains("127.0.0.1"))
        #expect(KeptSettings(kept)?.keys == settings.source)
    }
}
