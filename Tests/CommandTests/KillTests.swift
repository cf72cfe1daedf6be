import EnrichmentAPI
import Foundation
import Pipeline
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
    ///
    /// A run that ends before is not counted: what is asked for here is that so many kills really happened.
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

    /// A folder with leads, and a pipeline that asks a service.
    private func serviceFolder(_ rows: Int, chunk: Int = 100) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try leads(rows, folder)
        try pipeline(
            folder,
            engine:
                "engine: api, api: {url: \"${URL}\", key: test-key}, limits: {chunk: \(chunk), bulk_per_minute: 100000, single_per_minute: 100000, per_day: 1000000}, retries: {first: 1ms}"
        )
        return folder
    }

    /// What the service was asked and what was written, compared with a run that nobody disturbed.
    private func expectNothingLost(
        _ killed: TemporaryFolder, _ service: FakeService, as quiet: TemporaryFolder, _ reference: FakeService,
        _ what: String
    ) throws {
        #expect(service.books.charges.values.allSatisfy { $0 == 1 }, "\(what): somebody was charged twice")
        #expect(service.books.charges == reference.books.charges, "\(what)")
        #expect(
            withoutCredits(try killed.read("out.csv")) == withoutCredits(try quiet.read("out.csv")), "\(what)")
        #expect(try killed.read("rejects.csv") == quiet.read("rejects.csv"), "\(what)")
        let lines = { (folder: TemporaryFolder) in try folder.read("out.jsonl").split(separator: "\n").count }
        #expect(try lines(killed) == lines(quiet), "\(what)")
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(killed.read("report.json").utf8)) as? [String: Any])
        let credits = try #require(report["credits"] as? [String: Any])
        let used = try #require(credits["used"] as? Double),
            unknown = try #require(credits["unknown_charge"] as? Double)
        let charged = Double(service.books.credits.thousandths) / 1000
        #expect(used <= charged && charged <= used + unknown, "\(what)")
    }

    private func undisturbed(_ folder: TemporaryFolder) async throws -> FakeService {
        let reference = FakeService()
        try await reference.serving { url in
            let result = try await Executable.run(["run", "pipeline.yaml"], in: folder, environment: ["URL": url])
            #expect(result.code == 0, "\(result.err)")
        }
        return reference
    }

    /// Hundreds of them: small requests to a slow service, so that the run is never done before.
    @Test func aRunAgainstAServiceEndsAsIfItHadNeverBeenKilled() async throws {
        let quiet = try serviceFolder(2000, chunk: 5), killed = try serviceFolder(2000, chunk: 5)
        let reference = try await undisturbed(quiet)
        let service = FakeService(latency: .milliseconds(120))
        let kills = try await service.serving { url in
            try await runWithKills(250, seed: 1, longest: 0.15, in: killed, ["URL": url])
        }
        #expect(kills >= 200)
        try expectNothingLost(killed, service, as: quiet, reference, "\(kills) kills")
    }

    /// A kill at each named step of the protocol: the first time that it is taken, and a later time.
    @Test func aRunThatDiesAtAnyStepLosesNothing() async throws {
        let quiet = try serviceFolder(600)
        let reference = try await undisturbed(quiet)
        for step in RunStep.allCases {
            for time in [1, 2, 4] {
                let killed = try serviceFolder(600)
                let service = FakeService(misbehaving: [.refuse429(retryAfter: "0"), .refuse429(retryAfter: nil)])
                let died = try await service.serving { url in
                    let first = try await Executable.run(
                        ["run", "pipeline.yaml"], in: killed,
                        environment: ["URL": url, "MILLRACE_KILL_AT": "\(step.rawValue):\(time)"])
                    guard first.code != 0 else { return false }
                    #expect(first.code == SIGKILL, "\(step) \(time): \(first.err)")
                    let second = try await Executable.run(
                        ["run", "pipeline.yaml"], in: killed, environment: ["URL": url])
                    #expect(second.code == 0, "\(step) \(time): \(second.err)")
                    return true
                }
                #expect(died || time > 1, "\(step) was never taken")
                // What died after its end is begun anew, and everything is known then.
                guard step != .done else { continue }
                try expectNothingLost(killed, service, as: quiet, reference, "\(step) \(time)")
            }
        }
    }

    @Test(arguments: 1...2)
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
        let kills = try await runWithKills(40, seed: seed, longest: 0.6, in: killed, [:])
        #expect(kills >= 5)
        for name in ["out.csv", "out.jsonl", "rejects.csv"] {
            #expect(try killed.read(name) == quiet.read(name), "\(name)")
        }
    }
}
