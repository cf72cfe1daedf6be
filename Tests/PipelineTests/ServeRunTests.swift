import EnrichmentAPI
import Foundation
import Ledger
import Records
import Server
import Synchronization
import TestSupport
import Testing
import Waterfall
@testable import Pipeline

/// Whole runs against our own service.
@Suite struct ServeRunTests {
    let runs: ServiceRuns

    init() throws {
        runs = try ServiceRuns()
        var table = "Email,Tel,Home,At\n"
        for person in 0..<700 where person % 3 > 0 {
            table +=
                "p\(person)@acme.example,+1212555\(String(10_100 + person % 100).dropFirst()),\(person % 2 == 0 ? "h\(person)@home.example" : ""),2026-01-01T00:00:00Z\n"
        }
        try runs.folder.write("people.csv", table)
        try runs.folder.write(
            "w.yaml",
            """
            providers:
              - {name: t, path: \(runs.folder.file("people.csv")), channels: {phone: Tel, personal_email: Home}, prices: {phone: 2, personal_email: 0.5}, updated_at_column: At}
            order: {phone: [t], personal_email: [t]}
            """)
    }

    private func withWaterfall<Value: Sendable>(_ work: (Waterfall) async throws -> Value) async throws -> Value {
        try await WaterfallOpening(
            settings: WaterfallSettings.read(runs.folder.file("w.yaml"), environment: [:]),
            ledger: runs.folder.file("tables.sqlite"), environment: [:]
        ).with(work)
    }

    /// A run against the service, with whatever it plays; says what the service charged.
    private func runAgainstService(_ input: String, _ rehearsal: Rehearsal = Rehearsal()) async throws -> (
        report: CreditReport, charged: Credits, doubleCharges: Int
    ) {
        let ledger = try ServiceLedger(beside: runs.folder.file("service.sqlite"))
        let report = try await withWaterfall { waterfall in
            var serve = ServeSettings()
            serve.limits = .generous
            let service = try await EnrichmentService(
                EnrichmentService.Parts(
                    ledger: ledger, source: WaterfallAnswers(waterfall, minConfidence: 0), rehearsal: rehearsal,
                    isOpen: true), settings: serve)
            return try await LoopbackServer.serving(service.router()) { url in
                var settings = runs.settings(url, input)
                // What is played hits some request five times in a row now and then; whom that does not suit tries longer.
                settings.enrich.retries.attempts = 15
                return try await runs.run(settings, ledger: "api.sqlite")
            }
        }
        return (report, try await ledger.charged(workspace: "default").credits, try await ledger.doubleCharges())
    }

    @Test func theServiceGivesTheSameFileAsTheEmbeddedEngine() async throws {
        let input = try runs.leads(900, repeatsEvery: 9)
        let embedded = try await withWaterfall { waterfall in
            var settings = runs.settings("", input)
            settings.enrich.engine = .embedded
            return try await Pipeline(
                settings: settings, ledger: Ledger(path: runs.folder.file("embedded.sqlite")),
                enricher: EmbeddedEnricher(waterfall, minConfidence: 0), verifier: nil
            ).run()
        }
        let file = try runs.folder.read("out.csv")
        let served = try await runAgainstService(input)
        #expect(try runs.folder.read("out.csv") == file)
        #expect(served.report.credits.used == embedded.credits.used && served.charged == embedded.credits.used)
        #expect(embedded.credits.used > .zero)
    }

    @Test func aRehearsalOfEverythingThatGoesWrongLosesNobodyAndChargesNobodyTwice() async throws {
        let input = try runs.leads(900)
        let random = SeededRandom(11)
        let play = try Rehearsal(
            "bulk: 20% 429, 10% commit-then-drop, 10% commit-then-cut, 10% short, 10% 503, 5% html; single: 2% 503",
            chance: RandomShares(random).next)
        let (report, charged, doubleCharges) = try await runAgainstService(input, play)
        #expect(report.records.read == 900 && report.records.failed.isEmpty)
        #expect(try runs.rows().count == 900)
        #expect(doubleCharges == 0)
        #expect(report.credits.used <= charged && charged <= report.credits.used + report.credits.unknownCharge)
        #expect(report.requests.retried > 0)
    }

    /// Shares from a seed, for whoever asks.
    private final class RandomShares: Sendable {
        private let random: Mutex<SeededRandom>
        init(_ random: SeededRandom) { self.random = Mutex(random) }
        func next() -> Double { random.withLock { Double.random(in: 0..<1, using: &$0) } }
    }
}
