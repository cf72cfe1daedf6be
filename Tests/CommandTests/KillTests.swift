import EnrichmentAPI
import Foundation
import TestSupport
import Testing

/// SIGKILL at random moments, again and again, until the run comes to its end.
@Suite(.serialized) struct KillTests {
    private func leads(_ count: Int, _ folder: TemporaryFolder) throws {
        var text = "Name,Email,Notes\n"
        for row in 0..<count {
            let person = row % 9 == 8 ? row - 4 : row
            text += "\"Person, \(row)\",p\(person)@acme.example,\"a\nb \(row)\"\n"
        }
        try folder.write("leads.csv", text)
    }

    private func pipeline(_ folder: TemporaryFolder, engine: String) throws {
        try folder.write(
            "pipeline.yaml",
            """
            name: kill
            input: {paths: [leads.csv]}
            enrich: {\(engine), channels: [phone, personal_email]}
            output: [{path: out.csv}, {path: out.jsonl}]
            rejects: rejects.csv
            report: report
            """)
    }

    /// Kills the program at random moments and lets it come to its end; says how often it was killed.
    private func runWithKills(
        _ kills: Int, seed: UInt64, longest: Double, in folder: TemporaryFolder, _ environment: [String: String]
    ) async throws -> Int {
        var random = SeededRandom(seed)
        for killed in 0..<kills {
            let running = try Executable.Running(
                ["run", "pipeline.yaml", "--progress", "off"], in: folder, environment: environment)
            while !folder.has("out.csv.partial"), running.process.isRunning {
                try await Task.sleep(for: .milliseconds(1))
            }
            // The moment itself is what the test varies, so here it is time that is waited for.
            try await Task.sleep(for: .seconds(Double.random(in: 0...longest, using: &random)))
            running.kill()
            let result = try await running.result()
            guard result.code == SIGKILL else {
                #expect(result.code == 0, "\(result.err)")
                return killed
            }
        }
        let last = try await Executable.run(
            ["run", "pipeline.yaml", "--progress", "off"], in: folder, environment: environment)
        #expect(last.code == 0, "\(last.err)")
        return kills
    }

    /// The output without what a lost answer may change: the credits of the rows that it would have told.
    private func withoutCredits(_ text: String) -> String {
        text.replacing(/(rec-[^,]*),[0-9.]+,/) { "\($0.output.1),_," }
    }

    @Test(arguments: 1...3)
    func aRunAgainstAServiceEndsAsIfItHadNeverBeenKilled(_ seed: UInt64) async throws {
        let rows = 1500
        let quiet = try TemporaryFolder(), killed = try TemporaryFolder()
        for folder in [quiet, killed] {
            try leads(rows, folder)
            try pipeline(
                folder,
                engine:
                    "engine: api, api: {url: \"${URL}\", key: test-key}, limits: {bulk_per_minute: 100000, single_per_minute: 100000}"
            )
        }
        let reference = FakeService()
        try await reference.serving { url in
            let result = try await Executable.run(["run", "pipeline.yaml"], in: quiet, environment: ["URL": url])
            #expect(result.code == 0, "\(result.err)")
        }
        let service = FakeService(latency: .milliseconds(30))
        let kills = try await service.serving { url in
            try await runWithKills(12, seed: seed, longest: 0.15, in: killed, ["URL": url])
        }
        #expect(kills > 0)
        #expect(service.books.charges.values.allSatisfy { $0 == 1 }, "somebody was charged twice")
        #expect(service.books.charges == reference.books.charges)
        #expect(withoutCredits(try killed.read("out.csv")) == withoutCredits(try quiet.read("out.csv")))
        #expect(try killed.read("rejects.csv") == quiet.read("rejects.csv"))
        #expect(try killed.read("out.jsonl").split(separator: "\n").count == rows)
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(killed.read("report.json").utf8)) as? [String: Any])
        let credits = try #require(report["credits"] as? [String: Any])
        let used = try #require(credits["used"] as? Double),
            unknown = try #require(credits["unknown_charge"] as? Double)
        let charged = Double(service.books.credits.thousandths) / 1000
        #expect(used <= charged && charged <= used + unknown)
    }

    @Test(arguments: 1...3)
    func aRunOfTheEmbeddedEngineEndsWithTheSameBytes(_ seed: UInt64) async throws {
        let quiet = try TemporaryFolder(), killed = try TemporaryFolder()
        var table = "Email,Tel,Home,At\n"
        for person in 0..<30_000 where person % 3 > 0 {
            table +=
                "p\(person)@acme.example,+12125550\(100 + person % 100),\(person % 2 == 0 ? "h\(person)@freemail.example" : ""),2026-01-01T00:00:00Z\n"
        }
        for folder in [quiet, killed] {
            try leads(30_000, folder)
            try folder.write("people.csv", table)
            try folder.write(
                "w.yaml",
                """
                providers:
                  - {name: t, path: people.csv, channels: {phone: Tel, personal_email: Home}, prices: {phone: 2, personal_email: 0.5}, updated_at_column: At}
                order: {phone: [t], personal_email: [t]}
                """)
            try pipeline(folder, engine: "waterfall: w.yaml")
        }
        let result = try await Executable.run(["run", "pipeline.yaml"], in: quiet)
        #expect(result.code == 0, "\(result.err)")
        let kills = try await runWithKills(8, seed: seed, longest: 0.6, in: killed, [:])
        #expect(kills > 0)
        for name in ["out.csv", "out.jsonl", "rejects.csv"] {
            #expect(try killed.read(name) == quiet.read(name), "\(name)")
        }
    }
}
