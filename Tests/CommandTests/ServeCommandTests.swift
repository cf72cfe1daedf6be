import EnrichmentAPI
import Foundation
import FoundationNetworking
import Ledger
import TestSupport
import Testing

/// The service as a program: started, called, killed, started again.
@Suite struct ServeCommandTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        var table = "Email,Tel\n"
        for number in 0..<4000 {
            table += "p\(number)@acme.example,+1212555\(String(10_100 + number % 100).dropFirst())\n"
        }
        try folder.write("people.csv", table)
        try folder.write(
            "w.yaml",
            """
            providers: [{name: t, path: people.csv, channels: {phone: Tel}, prices: {phone: 2}}]
            order: {phone: [t]}
            """)
        try folder.write(
            "serve.yaml", "waterfall: w.yaml\nlimits: {bulk_per_minute: 100000, single_per_minute: 100000}\n")
    }

    /// A service that runs, and its address.
    private func serving(_ arguments: [String]) async throws -> (running: Executable.Running, url: String) {
        let running = try Executable.Running(["serve"] + arguments + ["--access-log", "off"], in: folder)
        while running.process.isRunning {
            let said = running.said
            if let match = said.firstMatch(of: /serving on (http:\/\/[0-9.:]+)/) { return (running, String(match.1)) }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("it ended: \(running.said)")
        return (running, "")
    }

    /// Credits that a bulk call for people was charged; nil where no answer came.
    private func ask(_ url: String, _ people: Range<Int>, token: String? = nil) async -> Double? {
        var request = URLRequest(url: URL(string: url + "/enrichment/bulk") ?? URL(fileURLWithPath: "/"))
        request.httpMethod = "POST"
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        let records = people.map { "{\"email\":\"p\($0)@acme.example\"}" }.joined(separator: ",")
        request.httpBody = Data("{\"channels\":[\"phone\"],\"records\":[\(records)]}".utf8)
        guard let (data, response) = try? await URLSession.shared.data(for: request),
            (response as? HTTPURLResponse)?.statusCode == 200,
            let list = try? JSONSerialization.jsonObject(with: data) as? [[String: Any]]
        else { return nil }
        return list.reduce(0) { $0 + ($1["credits_used"] as? Double ?? 0) }
    }

    @Test func aSecondServerOnTheSameLedgerIsRefusedUntilTheFirstHasEnded() async throws {
        let (first, _) = try await serving(["--config", "serve.yaml", "--listen", "127.0.0.1:0"])
        let second = try await Executable.run(
            ["serve", "--config", "serve.yaml", "--listen", "127.0.0.1:0"], in: folder)
        #expect(
            second.code == 75 && second.err.contains("as process \(first.process.processIdentifier)"), "\(second.err)")
        first.kill(SIGKILL)
        _ = try await first.result()
        let (third, url) = try await serving(["--config", "serve.yaml", "--listen", "127.0.0.1:0"])
        #expect(await ask(url, 0..<100) == 200)
        third.kill(SIGTERM)
        #expect(try await third.result().code == 0)
    }

    @Test func aTableThatChangesIsFollowed() async throws {
        let (running, url) = try await serving(["--config", "serve.yaml", "--listen", "127.0.0.1:0"])
        #expect(await ask(url, 5000..<5001) == 0)
        try folder.write("people.csv", "Email,Tel\np6000@acme.example,+12125550142\n")
        while running.process.isRunning, !running.said.contains("indexed anew: 1 in it") {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(await ask(url, 6000..<6001) == 2)
        running.kill(SIGTERM)
        #expect(try await running.result().code == 0)
    }

    @Test func whoeverIsForgottenIsAskedForNoMore() async throws {
        let (first, url) = try await serving(["--config", "serve.yaml", "--listen", "127.0.0.1:0"])
        #expect(await ask(url, 1..<2) == 2)
        let early = try await Executable.run(["forget", "p1@acme.example"], in: folder)
        #expect(
            early.code == 75 && early.err.contains("as process \(first.process.processIdentifier)"), "\(early.err)")
        first.kill(SIGTERM)
        _ = try await first.result()
        let forgotten = try await Executable.run(["forget", "p1@acme.example"], in: folder)
        #expect(forgotten.code == 0 && forgotten.err.contains("1 answers"), "\(forgotten.err)")
        let (second, again) = try await serving(["--config", "serve.yaml", "--listen", "127.0.0.1:0"])
        #expect(await ask(again, 1..<2) == 0)
        #expect(await ask(again, 2..<3) == 2)
        second.kill(SIGTERM)
        #expect(try await second.result().code == 0)
    }

    @Test func itAnswersWithAKeyAndStopsInOrder() async throws {
        let made = try await Executable.run(["keys", "make", "--workspace", "sales", "--expires", "90d"], in: folder)
        let token = made.out.trimmingCharacters(in: .newlines)
        #expect(made.code == 0 && token.hasPrefix("unstuck_") && !made.err.contains(token), "\(made.err)")
        let (running, url) = try await serving(["--config", "serve.yaml", "--listen", "127.0.0.1:0"])
        #expect(await ask(url, 0..<100) == nil)
        #expect(await ask(url, 0..<100, token: token) == 200)
        running.kill(SIGTERM)
        let result = try await running.result()
        #expect(result.code == 0 && result.err.contains("every charge is in"), "\(result.err)")
        let id = String(token.suffix(8))
        let list = try await Executable.run(["keys", "list"], in: folder)
        #expect(list.out.contains("unstuck_***_\(id)") && list.out.contains("sales") && !list.out.contains(token))
        #expect(try await Executable.run(["keys", "revoke", id], in: folder).code == 0)
        #expect(try await Executable.run(["keys", "revoke", "nothere0"], in: folder).code == 64)
        #expect(try await Executable.run(["keys"], in: folder).out.contains("revoked"))
        // Without a key that is good nobody is let in, as long as there ever was one.
        let (locked, closed) = try await serving(["--config", "serve.yaml", "--listen", "127.0.0.1:0"])
        #expect(await ask(closed, 0..<100) == nil)
        locked.kill(SIGTERM)
        _ = try await locked.result()
        let providers = try await Executable.run(["providers", "w.yaml", "--json"], in: folder)
        let standings = try #require(
            try JSONSerialization.jsonObject(with: Data(providers.out.utf8)) as? [[String: Any]])
        #expect(
            standings.count == 1 && standings[0]["tried"] as? Int == 100 && standings[0]["hit_rate"] as? Double == 1)
    }

    @Test func withoutAKeyItListensOnThisMachineAlone() async throws {
        let result = try await Executable.run(["serve", "--waterfall", "w.yaml", "--listen", "0.0.0.0:0"], in: folder)
        #expect(result.code == 78 && result.err.contains("millrace keys make"), "\(result.err)")
        let nobody = try await Executable.run(["serve"], in: folder)
        #expect(nobody.code == 78 && nobody.err.contains("--rehearse"), "\(nobody.err)")
        try folder.write(
            "v.yaml",
            "providers: [{name: v, kind: http, http: {url: \"http://127.0.0.1:1/\"}, channels: {phone: /p}}]\n")
        let paid = try await Executable.run(
            ["serve", "--waterfall", "v.yaml", "--rehearse", "bulk: 5% 429"], in: folder)
        #expect(paid.code == 78 && paid.err.contains("would ask others: v"), "\(paid.err)")
        let place = try await Executable.run(["serve", "--waterfall", "w.yaml", "--listen", "here"], in: folder)
        #expect(place.code == 78, "\(place.err)")
    }

    @Test func aRehearsalNeedsNothingAndKeepsNothing() async throws {
        let (running, url) = try await serving(["--rehearse", "bulk: 0% 429", "--listen", "127.0.0.1:0"])
        let credits = await ask(url, 0..<100)
        #expect(credits.map { $0 > 50 } == true)
        running.kill(SIGINT)
        #expect(try await running.result().code == 0)
        #expect(!folder.has("state.sqlite.service"))
    }

    /// Killed in the middle of load again and again: nobody who was answered is uncharged, nobody is charged twice.
    @Test func killedUnderLoadItLosesNoChargeAndDoublesNone() async throws {
        var told = 0.0
        for round in 0..<6 {
            let (running, url) = try await serving(["--config", "serve.yaml", "--listen", "127.0.0.1:0"])
            let process = running.process.processIdentifier
            let killing = Task {
                // The moment is what the test varies.
                try await Task.sleep(for: .milliseconds(150 + 120 * round))
                kill(process, SIGKILL)
            }
            // The same people in every round: those that were charged before are free.
            told += await withTaskGroup(of: Double.self) { group in
                for client in 0..<8 {
                    group.addTask {
                        var told = 0.0
                        for part in 0..<5 {
                            let first = (client * 5 + part) * 100
                            guard let credits = await ask(url, first..<(first + 100)) else { break }
                            told += credits
                        }
                        return told
                    }
                }
                return await group.reduce(0, +)
            }
            try await killing.value
            _ = try await running.result()
        }
        let (running, url) = try await serving(["--config", "serve.yaml", "--listen", "127.0.0.1:0"])
        for part in 0..<40 { told += await ask(url, (part * 100)..<(part * 100 + 100)) ?? 0 }
        running.kill(SIGTERM)
        _ = try await running.result()
        let ledger = try ServiceLedger(beside: folder.file("state.sqlite"))
        let charged = try await ledger.charged(workspace: "default")
        #expect(charged.credits == Credits(thousandths: 8_000_000) && charged.charges == 4000)
        #expect(try await ledger.doubleCharges() == 0)
        // What a client was told is never more than what was charged; what it was not told was charged all the same.
        #expect(told <= 8000)
    }
}
