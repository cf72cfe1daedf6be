import EnrichmentAPI
import Foundation
import TestSupport
import Testing

/// Several processes on one ledger, against a service that counts strictly.
///
/// `make test` runs what measures time by itself, when the machine has nothing else to do.
@Suite struct SharedQuotaTimingTests {
    /// Four pipelines of one workspace: the service never has to refuse, and nothing of what it allows is left unused.
    @Test func fourProcessesKeepTheLimitsTogetherAndUseThem() async throws {
        // 80 calls are four windows of twenty, and the last of them begins when three have gone by.
        let least = 3 * 6.0
        var spans: [Double] = []
        // A disk that stands still for a moment makes a run longer and none shorter, so the best of a few counts.
        repeat {
            spans.append(try await spanOfFourProcesses())
        } while spans.count < 3 && (spans.min() ?? 0) > least * 1.02
        #expect((spans.min() ?? .infinity) <= least * 1.02, "\(spans)")
    }

    /// From the first call to the last, in seconds.
    private func spanOfFourProcesses() async throws -> Double {
        let folder = try TemporaryFolder()
        let limits = "{chunk: 10, bulk_per_minute: 20, single_per_minute: 20, per_day: 100000, minute: 6s}"
        for process in 1...4 {
            var text = "Email\n"
            for row in 0..<200 { text += "p\(process)-\(row)@acme.example\n" }
            try folder.write("leads-\(process).csv", text)
            try folder.write(
                "p\(process).yaml",
                """
                name: p\(process)
                input: {paths: [leads-\(process).csv]}
                enrich: {engine: api, api: {url: "${URL}", key: test-key}, channels: [phone], limits: \(limits)}
                output: [{path: out-\(process).csv}]
                """)
        }
        var strict = ServiceLimits.generous
        (strict.bulkPerMinute, strict.minute) = (20, .seconds(6))
        let service = FakeService(limits: strict, latency: .milliseconds(10))
        try await service.serving { url in
            try await withThrowingTaskGroup { group in
                for process in 1...4 {
                    group.addTask {
                        let result = try await Executable.run(
                            ["run", "p\(process).yaml"], in: folder, environment: ["URL": url])
                        #expect(result.code == 0, "\(result.err)")
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(service.books.refusals == 0)
        #expect(service.books.calls == [.bulk: 80])
        #expect(service.books.charges.values.allSatisfy { $0 == 1 })
        return service.books.span / .seconds(1)
    }
}
