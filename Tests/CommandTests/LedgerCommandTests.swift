import EnrichmentAPI
import Foundation
import TestSupport
import Testing

/// What the ledger says of itself, and what a run says of a ledger or an input that is not as it should be.
@Suite struct LedgerCommandTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        var text = "Name,Email\n"
        for row in 0..<250 { text += "Person \(row),p\(row)@acme.example\n" }
        try folder.write("leads.csv", text)
        try folder.write(
            "p.yaml",
            """
            name: nightly
            input: {paths: [leads.csv]}
            enrich: {engine: api, api: {url: "${URL}", key: test-key}, channels: [phone], limits: {bulk_per_minute: 2, minute: 10m}}
            output: [{path: out.csv}]
            """)
    }

    private func run(_ arguments: String..., url: String = "http://127.0.0.1:1") async throws -> Executable.Result {
        try await Executable.run(arguments, in: folder, environment: ["URL": url])
    }

    private func json(_ result: Executable.Result) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(result.out.utf8))
    }

    /// A run that was interrupted while it waited for the quota: two requests were answered, one is still to come.
    private func interrupted(_ service: FakeService) async throws {
        try await service.serving { url in
            let running = try Executable.Running(["run", "p.yaml"], in: folder, environment: ["URL": url])
            while service.books.calls[.bulk] ?? 0 < 2, running.process.isRunning {
                try await Task.sleep(for: .milliseconds(5))
            }
            running.kill(SIGINT)
            let result = try await running.result()
            #expect(result.code == 130, "\(result.err)")
            #expect(result.err.contains("go on with: "))
        }
    }

    @Test func quotaSaysWhatIsLeftAndWhatWasSpent() async throws {
        let service = FakeService()
        try await interrupted(service)
        let table = try await run("quota", "p.yaml")
        #expect(table.code == 0, "\(table.err)")
        #expect(table.out.contains("bulk_per_minute"))
        let object = try #require(try json(await run("quota", "p.yaml", "--json")) as? [String: Any])
        let limits = try #require(object["limits"] as? [String: [String: Any]])
        #expect(limits["bulk_per_minute"]?["left"] as? Int == 0)
        let frees = try #require(limits["bulk_per_minute"]?["frees_in"] as? Double)
        #expect(frees > 0 && frees <= 600)
        #expect(limits["per_day"]?["used"] as? Int == 2)
        let spent = try #require(object["credits_this_month"] as? [String: Double])
        #expect(spent["api"] == Double(service.books.credits.thousandths) / 1000)
    }

    @Test func runsAreListedWithWhatTheyCost() async throws {
        #expect(try json(await run("runs", "--json")) as? [String] == [])
        let service = FakeService()
        try await interrupted(service)
        let runs = try #require(try json(await run("runs", "--json")) as? [[String: Any]])
        #expect(runs.count == 1)
        #expect(runs[0]["pipeline"] as? String == "nightly" && runs[0]["status"] as? String == "paused")
        #expect(runs[0]["requests"] as? Int == 2)
        #expect(runs[0]["credits"] as? Double == Double(service.books.credits.thousandths) / 1000)
        #expect(try await run("runs").out.contains("nightly-"))
    }

    @Test func aWholeLedgerIsSaidToBeWhole() async throws {
        try await interrupted(FakeService())
        let result = try await run("runs", "--check")
        #expect(result.code == 0 && result.err.contains("the ledger is whole"), "\(result.err)")
    }

    @Test func aDamagedLedgerIsSaidClearly() async throws {
        try await interrupted(FakeService())
        // A page in the middle is overwritten, as a broken disk would.
        let path = folder.file("state.sqlite")
        for rest in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + rest) }
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        let size = try file.seekToEnd()
        for page in stride(from: UInt64(4096 * 2), to: size, by: 4096 * 2) {
            try file.seek(toOffset: page)
            try file.write(contentsOf: Data(repeating: 0xA5, count: 2048))
        }
        try file.close()
        for arguments in [["runs", "--check"], ["run", "p.yaml"]] {
            let result = try await Executable.run(arguments, in: folder, environment: ["URL": "http://127.0.0.1:1"])
            #expect(result.code == 74, "\(arguments): \(result.err)")
            #expect(result.err.contains("damaged") || result.err.contains("millrace runs --check"), "\(result.err)")
        }
    }

    @Test func anInputThatChangedIsNamedWithWhatChanged() async throws {
        try await interrupted(FakeService())
        try folder.write("leads.csv", folder.read("leads.csv") + "New,new@acme.example\n")
        let result = try await run("run", "p.yaml")
        #expect(result.code == 66)
        #expect(result.err.contains("leads.csv: it had") && result.err.contains("--fresh"), "\(result.err)")
    }

    /// What counts is the content: a copy that is put back has another time, and an edit may keep the length.
    @Test func anInputIsTheSameByItsContentAndNotByItsTime() async throws {
        try await interrupted(FakeService())
        let leads = try folder.read("leads.csv")
        let time = try FileManager.default.attributesOfItem(atPath: folder.file("leads.csv"))[.modificationDate]
        try folder.write("leads.csv", String(leads.dropLast(2)) + "x\n")
        try FileManager.default.setAttributes([.modificationDate: time as Any], ofItemAtPath: folder.file("leads.csv"))
        let changed = try await run("run", "p.yaml")
        #expect(changed.code == 66 && changed.err.contains("leads.csv: it is as long as it was"), "\(changed.err)")
        try folder.write("leads.csv", leads)
        let service = FakeService()
        try await service.serving { url in
            let put = try await run("run", "p.yaml", "--set", "enrich.limits.bulk_per_minute=99", url: url)
            #expect(put.code == 0, "\(put.err)")
        }
        #expect(service.books.calls == [.bulk: 1])
    }

    @Test func whoDoesNotWaitIsToldHowToGoOnToo() async throws {
        let service = FakeService(latency: .seconds(20))
        try await service.serving { url in
            let running = try Executable.Running(["run", "p.yaml"], in: folder, environment: ["URL": url])
            while service.books.calls[.bulk] ?? 0 < 1, running.process.isRunning {
                try await Task.sleep(for: .milliseconds(5))
            }
            running.kill(SIGINT)
            while running.process.isRunning {
                running.kill(SIGINT)
                try await Task.sleep(for: .milliseconds(50))
            }
            let result = try await running.result()
            #expect(result.code == 130)
            #expect(result.err.hasSuffix("go on with: \(Executable.path) run p.yaml\n"), "\(result.err)")
        }
    }

    @Test func whatIsOldIsTakenOutAndWhatARunNeedsStays() async throws {
        let service = FakeService()
        try await interrupted(service)
        #expect(try await run("runs", "--prune", "1d").code == 64)
        let pruned = try await run("runs", "--prune", "31d")
        #expect(pruned.code == 0 && pruned.err.contains("took out 0 runs, 0 answers"), "\(pruned.err)")
        // Another limit is no other run.
        try folder.write("p.yaml", folder.read("p.yaml").replacing("bulk_per_minute: 2", with: "bulk_per_minute: 99"))
        try await service.serving { url in
            let result = try await run("run", "p.yaml", url: url)
            #expect(result.code == 0, "\(result.err)")
        }
        #expect(service.books.calls == [.bulk: 3])
        #expect(service.books.charges.values.allSatisfy { $0 == 1 })
    }

    // MARK: The connection

    private func overTLS(_ settings: String) async throws -> (Executable.Result, FakeService) {
        try folder.write(
            "tls.yaml",
            """
            input: {paths: [leads.csv]}
            enrich: {engine: api, api: {url: "${URL}", key: test-key\(settings)}, channels: [phone], retries: {attempts: 1}}
            output: [{path: out.csv}]
            """)
        let service = FakeService()
        let result = try await service.serving(certificate: Checkout.file("Tests/Fixtures/tls/server")) { url in
            try await run("run", "tls.yaml", url: url)
        }
        return (result, service)
    }

    @Test func aCertificateOfAnAuthorityOfOnesOwnIsTrustedWhereItIsNamed() async throws {
        let (result, service) = try await overTLS(", ca_file: \(Checkout.file("Tests/Fixtures/tls/ca.pem"))")
        #expect(result.code == 0, "\(result.err)")
        #expect(service.books.calls == [.bulk: 3])
    }

    @Test func aCertificateThatNobodyVouchesForIsNotTrusted() async throws {
        let (result, service) = try await overTLS("")
        #expect(result.code == 69, "\(result.err)")
        #expect(service.books.calls.isEmpty)
    }

    @Test func aFileOfCertificatesThatIsNoneIsNamed() async throws {
        let (result, _) = try await overTLS(", ca_file: leads.csv")
        #expect(result.code == 66 && result.err.contains("leads.csv"), "\(result.err)")
    }

    @Test func aPipelineWithoutAKeySaysWhereOneCanBePut() async throws {
        try folder.write("p.yaml", folder.read("p.yaml").replacing(", key: test-key", with: ""))
        let result = try await run("run", "p.yaml")
        #expect(result.code == 78 && result.err.contains("~/.unstuck/credentials"), "\(result.err)")
        try folder.write(".unstuck/credentials", "api_key = test-key\n")
        let service = FakeService()
        try await service.serving { url in
            let result = try await run("run", "p.yaml", "--set", "enrich.limits.bulk_per_minute=99", url: url)
            #expect(result.code == 0, "\(result.err)")
        }
    }
}
