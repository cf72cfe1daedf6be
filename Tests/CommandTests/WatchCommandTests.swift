import EnrichmentAPI
import Foundation
import Pipeline
import TestSupport
import Testing

/// What a scheduler, a collector of logs, a monitor and a chat are told of a run.
@Suite struct WatchCommandTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder(linking: "samples", "pipelines")
    }

    private func lines(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any], "\($0)")
        }
    }

    @Test func theLogIsJSONNamesTheRunOnEveryLineAndTellsNothingOfPeople() async throws {
        let result = try await Executable.run(
            ["run", "pipelines/quickstart.yaml", "--log-format", "json", "--log-level", "debug"], in: folder)
        #expect(result.code == 0)
        let lines = try lines(result.err)
        #expect(lines.allSatisfy { ($0["run"] as? String)?.hasPrefix("quickstart-") == true })
        #expect(Set(lines.compactMap { $0["level"] as? String }) == ["debug", "info", "warning"])
        #expect(lines.first?["event"] as? String == "began" && lines.last?["event"] as? String == "done")
        #expect(lines.last?["rows"] as? Int == 2000 && lines.last?["exit_code"] as? Int == 0)
        try expectNobody(in: result.err)
    }

    /// Looks for every value of the sample and of what was found for it.
    private func expectNobody(in log: String) throws {
        var values: Set<String> = []
        for file in ["samples/hubspot-contacts.csv", "out/enriched.csv"] {
            let text = try String(contentsOfFile: folder.file(file), encoding: .utf8)
            let rows: [Substring] = text.split(separator: "\n")
            for row in rows.dropFirst() {
                let cells: [String] = row.split(separator: ",").map { String($0.replacing("\"", with: "")) }
                // Words of our own, such as the names of providers, are nobody's data.
                for cell in cells where cell.count >= 6 && cell.contains(/[@\/ ]|^\+/) { values.insert(cell) }
            }
        }
        #expect(values.count > 4000)
        let told = values.filter { log.contains($0) }
        #expect(told.isEmpty, "\(told.prefix(3))")
    }

    @Test func theTextLogHasTimeLevelAndRunOnEveryLine() async throws {
        let result = try await Executable.run(
            ["run", "pipelines/quickstart.yaml"], in: folder, environment: ["MILLRACE_LOG_FORMAT": "text"])
        #expect(result.code == 0)
        for line in result.err.split(separator: "\n") {
            #expect(line.contains(/^\d{4}-\d\d-\d\dT\S+Z (info|warning) quickstart-\S+\s/), "\(line)")
        }
    }

    @Test func aMistakeIsALineOfTheLogToo() async throws {
        try folder.write("p.yaml", "input: {paths: [nothing.csv]}\noutput: [{path: o.csv}]\n")
        let result = try await Executable.run(["run", "p.yaml", "--log-format", "json"], in: folder)
        #expect(result.code == 66)
        let lines = try lines(result.err)
        #expect(lines.contains { $0["level"] as? String == "error" && $0["code"] as? String == "no_input" })
        #expect(lines.last?["exit_code"] as? Int == 66)
        try folder.write("bad.yaml", "inputs: {}\nenrich: {chanels: [phone]}\n")
        let bad = try await Executable.run(["run", "bad.yaml", "--log-format", "json"], in: folder)
        let mistakes = try self.lines(bad.err)
        #expect(bad.code == 78 && mistakes.compactMap { $0["line"] as? Int } == [1, 2], "\(bad.err)")
    }

    @Test func metricsTellOfTheLastRunAndOfTheLastThatWasDone() async throws {
        let run = ["run", "pipelines/quickstart.yaml", "--metrics", "run.prom"]
        #expect(try await Executable.run(run, in: folder).code == 0)
        func metric(_ name: String) throws -> Double? {
            let line = try folder.read("run.prom").split(separator: "\n").first { $0.hasPrefix(name) }
            return line?.split(separator: " ").last.flatMap { Double($0) }
        }
        #expect(try metric("millrace_run_exit_code") == 0)
        #expect(
            try metric("millrace_run_rows{pipeline=\"quickstart\",workspace=\"default\",status=\"enriched\"}") == 1435)
        let success = try #require(try metric("millrace_run_success_timestamp_seconds"))
        #expect(try await Executable.run(run + ["--input", "nothing.csv"], in: folder).code == 66)
        #expect(try metric("millrace_run_exit_code") == 66)
        #expect(try metric("millrace_run_success_timestamp_seconds") == success)
        #expect(try metric("millrace_run_finished_timestamp_seconds") ?? 0 > success)
    }

    @Test func aRunEndsBeforeItsDeadlineAndGoesOnAfterwards() async throws {
        var text = "Name,Email\n"
        for row in 0..<300 { text += "Person \(row),p\(row)@acme.example\n" }
        try folder.write("leads.csv", text)
        try folder.write(
            "p.yaml",
            """
            name: nightly
            input: {paths: [leads.csv]}
            enrich:
              engine: api
              api: {url: "${URL}", key: {command: "echo test-key"}, timeout: 30s, connect_timeout: 30s}
              channels: [phone]
              limits: {bulk_per_minute: 2, minute: 5m}
            output: [{path: out.csv}]
            """)
        let service = FakeService()
        let (paused, done) = try await service.serving { url in
            (
                try await Executable.run(
                    ["run", "p.yaml", "--deadline", "80s"], in: folder, environment: ["URL": url]),
                // Limits and time-outs may change between two attempts.
                try await Executable.run(
                    ["run", "p.yaml", "--set", "enrich.limits.minute=1s", "--set", "enrich.api.timeout=3m"], in: folder,
                    environment: ["URL": url])
            )
        }
        #expect(paused.code == 75 && paused.err.contains("the deadline is near"), "\(paused.err)")
        #expect(done.code == 0, "\(done.err)")
        #expect(service.books.calls[.bulk] == 3)
        #expect(try folder.read("out.csv").split(separator: "\n").count == 301)
    }

    @Test func aWebhookIsToldHowARunEnded() async throws {
        let vendor = FakeVendor { call in FakeVendor.Reply("{}", status: call.path == "/down" ? 500 : 200) }
        try await vendor.serving { url in
            let notify = [
                "--set", "notify.url=\(url)/told", "--set", "notify.secret=hush", "--set", "notify.timeout=2m",
            ]
            let run = ["run", "pipelines/quickstart.yaml"]
            #expect(try await Executable.run(run + notify, in: folder).code == 0)
            #expect(try await Executable.run(run + notify + ["--input", "nothing.csv"], in: folder).code == 66)
            #expect(
                try await Executable.run(run + notify + ["--set", "notify.on=[paused]"], in: folder).code == 0)
            // A webhook that is down makes no run fail.
            let down = try await Executable.run(
                run + ["--set", "notify.url=\(url)/down", "--set", "notify.timeout=2m"], in: folder)
            #expect(down.code == 0 && down.err.contains("the webhook was not told"), "\(down.err)")
        }
        // A machine that is busy may be slow to answer: then one message comes again, under its own name.
        var seen: Set<String> = []
        let told = vendor.calls.filter { $0.path == "/told" && seen.insert($0.fields["webhook-id"] ?? "").inserted }
        #expect(told.count == 2 && vendor.calls.filter { $0.path == "/down" }.count == 4)
        #expect(told.allSatisfy { $0.fields["webhook-signature"]?.hasPrefix("v1,") == true })
        let bodies = try told.map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.body.utf8)) as? [String: Any])
        }
        #expect(bodies.map { $0["type"] as? String } == ["run.done", "run.failed"])
        let done = try #require(bodies[0]["data"] as? [String: Any])
        #expect(done["rows"] as? Int == 2000 && done["credits_used"] as? Double == 6882)
        #expect(done["pipeline"] as? String == "quickstart" && done["exit_code"] as? Int == 0)
        #expect((bodies[1]["data"] as? [String: Any])?["exit_code"] as? Int == 66)
        try expectNobody(in: told.map(\.body).joined())
    }
}
