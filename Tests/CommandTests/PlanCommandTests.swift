import Foundation
import TestSupport
import Testing

/// `millrace plan` sends nothing and writes nothing.
@Suite struct PlanCommandTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder(linking: "samples", "pipelines")
    }

    private func files() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter {
            !$0.hasPrefix(".") && !$0.hasPrefix("samples") && !$0.hasPrefix("pipelines")
        }
    }

    @Test func nothingIsThereAfterwardsAndTheRunDoesWhatWasSaid() async throws {
        let plan = try await Executable.run(["plan", "pipelines/quickstart.yaml", "--json"], in: folder)
        #expect(plan.code == 0 && plan.err.isEmpty, "\(plan.err)")
        #expect(try files() == [])
        let outlook = try #require(try JSONSerialization.jsonObject(with: Data(plan.out.utf8)) as? [String: Any])
        let rows = try #require(outlook["rows"] as? [String: Any])
        let requests = try #require(outlook["requests"] as? [String: Any])
        let run = try await Executable.run(["run", "pipelines/quickstart.yaml"], in: folder)
        #expect(run.code == 0)
        #expect(rows["read"] as? Int == 2000 && rows["duplicates"] as? Int == 90)
        #expect(requests["bulk"] as? Int == 11 && requests["discover"] as? Int == 2 && requests["account"] as? Int == 1)
        #expect(run.err.contains("11 bulk, 2 discover, 1 account"))
        let again = try await Executable.run(["run", "pipelines/quickstart.yaml", "--dry-run"], in: folder)
        #expect(again.code == 0 && again.out.contains("known                        1912"), "\(again.out)")
    }

    @Test func aServiceIsAskedForNothing() async throws {
        let vendor = FakeVendor { _ in FakeVendor.Reply("{}") }
        let plan = try await vendor.serving { url in
            try await Executable.run(
                [
                    "plan", "pipelines/quickstart.yaml", "--set", "enrich.engine=api", "--set", "enrich.api.url=\(url)",
                    "--set", "enrich.limits.per_day=20", "--max-credits", "900",
                ], in: folder, environment: ["UNSTUCK_API_KEY": "k"])
        }
        #expect(plan.code == 0 && vendor.calls.isEmpty, "\(plan.err)")
        #expect(plan.out.contains("the day's calls end") && plan.out.contains("Budget left"))
        #expect(plan.out.contains(/after 20 calls; the next is free \d{4}-\d\d-\d\d \d\d:\d\d/))
    }
}
