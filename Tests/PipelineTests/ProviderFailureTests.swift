import EnrichmentAPI
import Foundation
import Ledger
import Synchronization
import TestSupport
import Testing
@testable import Pipeline

/// Providers of the embedded engine that cannot be asked.
@Suite struct ProviderFailureTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Knows nobody, and at first could not ask one of its two providers.
    private final class Engine: Enricher {
        let isDown: Bool
        let mostForOthers: Int?
        let asked = Mutex<[String]>([])
        var isExternal: Bool { false }

        init(isDown: Bool, mostForOthers: Int? = nil) {
            self.isDown = isDown
            self.mostForOthers = mostForOthers
        }

        func recordsPerRequest(_ endpoint: Endpoint) -> Int { 4096 }
        func worst(_ channels: ChannelSet, endpoint: Endpoint) -> Credits { .zero }

        func send(_ request: EnrichmentRequest) async -> EnrichmentAnswer {
            let failures = isDown ? [ProviderFailure(provider: "vendor", why: .timeout)] : []
            asked.withLock { $0 += request.records.map { $0.email ?? $0.companyDomain ?? "" } }
            guard request.endpoint != .account else {
                return EnrichmentAnswer(.accounts(request.records.map { _ in AccountAnswer(nil, failures: failures) }))
            }
            let results = request.records.map { _ in
                // The table alone has phone numbers, and it was asked.
                var result = PersonResult(
                    recordID: "r",
                    channels: [
                        .personalEmail: .missed(tried: ["table", "vendor"]), .phone: .missed(tried: ["table"]),
                    ],
                    creditsUsed: .zero)
                result.failures = failures
                return result
            }
            return EnrichmentAnswer(.persons(results, costs: results.map { _ in [:] }))
        }
    }

    /// Runs over two people of one company.
    ///
    /// - Returns: the report, and what was asked.
    @discardableResult
    private func run(isDown: Bool, channels: ChannelSet, account: Bool = false, watcher: (any RunWatcher)? = nil)
        async throws -> (report: CreditReport, asked: [String])
    {
        var settings = PipelineSettings()
        settings.input.paths = [
            try folder.write(
                "leads.csv", "Email,Company Domain\na@acme.example,acme.example\nb@acme.example,acme.example\n")
        ]
        settings.enrich.channels = channels
        settings.enrich.account = account
        settings.output = [OutputSettings(path: folder.file("out.csv"))]
        let engine = Engine(isDown: isDown)
        let report = try await Pipeline(
            settings: settings, ledger: Ledger(path: folder.file("ledger.sqlite")), enricher: engine, verifier: nil
        ).run(fresh: true, watchers: watcher.map { [$0] } ?? [])
        return (report, engine.asked.withLock { $0.sorted() })
    }

    @Test func whatSomebodyMayHaveWhoCouldNotBeAskedIsAskedAgain() async throws {
        #expect(try await run(isDown: true, channels: [.personalEmail]).asked == ["a@acme.example", "b@acme.example"])
        #expect(try await run(isDown: false, channels: [.personalEmail]).asked == ["a@acme.example", "b@acme.example"])
        // Now they have all been asked.
        #expect(try await run(isDown: false, channels: [.personalEmail]).asked == [])
    }

    @Test func whatEverybodyWasAskedForIsAMissAllTheSame() async throws {
        #expect(try await run(isDown: true, channels: [.phone]).asked == ["a@acme.example", "b@acme.example"])
        #expect(try await run(isDown: false, channels: [.phone]).asked == [])
    }

    @Test func companiesAreAskedForAgainToo() async throws {
        try await run(isDown: false, channels: [.personalEmail])
        #expect(try await run(isDown: true, channels: [.personalEmail], account: true).asked == ["acme.example"])
        #expect(try await run(isDown: false, channels: [.personalEmail], account: true).asked == ["acme.example"])
        #expect(try await run(isDown: false, channels: [.personalEmail], account: true).asked == [])
    }

    @Test func theReportSaysForHowManyAndWhy() async throws {
        let report = try await run(isDown: true, channels: [.personalEmail, .phone], account: true).report
        // Two people and one company.
        #expect(report.providers?["vendor"]?.failed == ["timeout": 3])
        #expect(ReportText.render(report).contains("vendor: no answer in time"))
        #expect(ReportPage(report).html.contains("vendor: no answer in time"))
        #expect(String(decoding: ReportTable(report).csv, as: UTF8.self).contains("provider,vendor,,,,,,,,,,,3"))
        #expect(try await run(isDown: false, channels: [.personalEmail]).report.providers?.isEmpty == true)
    }

    @Test(arguments: [(rows: 2, most: 1), (rows: 40_000, most: 5000)])
    func aRunThatWasStoppedAndGoesOnAsksAgainWhatItHasNotWrittenAndSaysTheRest(_ rows: Int, _ most: Int) async throws {
        var settings = PipelineSettings()
        let people = (0..<rows).map { "p\($0)@acme.example\n" }.joined()
        settings.input.paths = [try folder.write("many.csv", "Email\n" + people)]
        settings.enrich.channels = [.personalEmail]
        settings.output = [OutputSettings(path: folder.file("many-out.csv"))]
        func attempt(_ engine: Engine, _ stop: StopSignal, _ watch: StepWatch, _ watchers: [any RunWatcher])
            async throws
            -> CreditReport
        {
            try await Pipeline(
                settings: settings, ledger: Ledger(path: folder.file("ledger.sqlite")), enricher: engine,
                verifier: nil, stop: stop, watch: watch
            ).run(watchers: watchers)
        }
        let stop = StopSignal()
        let down = Engine(isDown: true, mostForOthers: most)
        await #expect(throws: RunStop.self) {
            try await attempt(
                down, stop, StepWatch { if $0 == .settled, rows == 2 { stop.stop(.interrupted) } },
                [Stopper(stop: stop)])
        }
        let back = Engine(isDown: false, mostForOthers: most)
        let report = try await attempt(back, StopSignal(), .none, [])
        let (before, after) = (Set(down.asked.withLock { $0 }), Set(back.asked.withLock { $0 }))
        #expect(report.run.resumed && before.union(after).count == rows)
        let written = before.subtracting(after).count
        #expect(report.providers?["vendor"]?.failed["timeout"] ?? 0 == written)
        // A batch is written whole or not at all.
        #expect(rows == 2 ? written == 0 && after.count == 2 : written > 0)
    }

    /// Stops a run once the first rows are written.
    private struct Stopper: RunWatcher {
        let stop: StopSignal

        func saw(_ event: RunEvent, _ counts: RunCounts, now: Double) {
            if case .wrote = event { stop.stop(.interrupted) }
        }
    }

    /// Is told to stop while it asks for the only people that there are, and does not ask for them.
    private struct Stopping: Enricher {
        let stop: StopSignal
        var isExternal: Bool { false }
        var mostForOthers: Int? { 10 }

        func recordsPerRequest(_ endpoint: Endpoint) -> Int { 4096 }
        func worst(_ channels: ChannelSet, endpoint: Endpoint) -> Credits { .zero }

        func send(_ request: EnrichmentRequest) async -> EnrichmentAnswer {
            stop.stop(.interrupted)
            let results = request.records.map { _ in
                var result = PersonResult(
                    recordID: "r", channels: [.personalEmail: .missed(tried: ["vendor"])], creditsUsed: .zero)
                result.failures = [ProviderFailure(provider: "vendor", why: .stopped)]
                return result
            }
            return EnrichmentAnswer(.persons(results, costs: results.map { _ in [:] }))
        }
    }

    @Test func whoWasNotAskedForBecauseOfAStopIsNotWrittenButAskedForWhenTheRunGoesOn() async throws {
        var settings = PipelineSettings()
        settings.input.paths = [try folder.write("two.csv", "Email\na@acme.example\nb@acme.example\n")]
        settings.enrich.channels = [.personalEmail]
        settings.output = [OutputSettings(path: folder.file("two-out.csv"))]
        let stop = StopSignal()
        await #expect(throws: RunStop.interrupted) {
            try await Pipeline(
                settings: settings, ledger: Ledger(path: folder.file("ledger.sqlite")),
                enricher: Stopping(stop: stop), verifier: nil, stop: stop
            ).run()
        }
        let back = Engine(isDown: false, mostForOthers: 10)
        let report = try await Pipeline(
            settings: settings, ledger: Ledger(path: folder.file("ledger.sqlite")), enricher: back, verifier: nil
        ).run()
        #expect(back.asked.withLock { $0 } == ["a@acme.example", "b@acme.example"])
        #expect(report.run.resumed && report.providers?.isEmpty == true && report.records.read == 2)
    }

    private final class Watcher: RunWatcher {
        let failures = Mutex<[[String: [String: Int]]]>([])

        func saw(_ event: RunEvent, _ counts: RunCounts, now: Double) {
            if case .providersFailed(let some) = event { failures.withLock { $0.append(some) } }
        }
    }

    @Test func watchersAreToldWhileTheRunGoesOn() async throws {
        let watcher = Watcher()
        try await run(isDown: true, channels: [.personalEmail], watcher: watcher)
        #expect(watcher.failures.withLock { $0 } == [["vendor": ["timeout": 2]]])
    }
}
