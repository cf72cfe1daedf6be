import EnrichmentAPI
import Foundation
import Ledger
import Synchronization
import TestSupport
import Testing
@testable import Pipeline

/// The embedded engine where it asks vendors, who want to be paid for what they are asked.
@Suite struct AskingOthersTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// For ten people at a time somebody outside is asked, for a credit each; the others are free where that is said.
    private final class Vendors: Enricher {
        /// Numbers of those for whom somebody outside is asked; nil for all.
        let others: Set<Int>?
        let isFree: Bool
        let settled = Mutex(0)
        /// How many people each request was for, and how many requests had been settled when it left.
        let requests = Mutex<[(people: Int, settled: Int)]>([])
        var isExternal: Bool { false }
        var mostForOthers: Int? { 10 }

        init(isFree: Bool, others: Set<Int>?) {
            self.isFree = isFree
            self.others = others
        }

        private func needs(_ person: PersonHints) -> Bool {
            others?.contains((person.email?.prefix { $0 != "@" }.dropFirst()).flatMap { Int($0) } ?? 0) ?? true
        }

        func recordsPerRequest(_ endpoint: Endpoint) -> Int { 4096 }
        func needsOthers(_ request: EnrichmentRequest) async -> [Bool] {
            request.records.map(needs)
        }
        func worst(_ channels: ChannelSet, endpoint: Endpoint) -> Credits { Credits(thousandths: 1000) }

        func send(_ request: EnrichmentRequest) async -> EnrichmentAnswer {
            let settled = settled.withLock { $0 }
            requests.withLock { $0.append((request.records.count, settled)) }
            let results = request.records.map { person in
                PersonResult(
                    recordID: "r",
                    channels: [
                        .phone: .found(
                            ChannelValue(value: "+12125550142", source: "v", confidence: 1, enrichedAt: "2026-01-01"))
                    ], creditsUsed: Credits(thousandths: isFree && !needs(person) ? 0 : 1000))
            }
            return EnrichmentAnswer(.persons(results, costs: results.map { _ in [:] }))
        }
    }

    /// Runs over a hundred people.
    private func run(
        others: Set<Int>? = nil, isFree: Bool = false,
        _ change: (inout PipelineSettings) -> Void = { _ in }
    ) async throws -> (
        report: CreditReport, vendors: Vendors
    ) {
        var settings = PipelineSettings()
        let rows = (0..<100).map { "p\($0)@acme.example\n" }.joined()
        settings.input.paths = [try folder.write("leads.csv", "Email\n" + rows)]
        settings.enrich.channels = [.phone]
        settings.output = [OutputSettings(path: folder.file("out.csv"))]
        change(&settings)
        let vendors = Vendors(isFree: isFree, others: others)
        let report = try await Pipeline(
            settings: settings, ledger: Ledger(path: folder.file("ledger.sqlite")), enricher: vendors, verifier: nil,
            watch: StepWatch { step in if step == .settled { vendors.settled.withLock { $0 += 1 } } }
        ).run()
        return (report, vendors)
    }

    @Test func whatARequestBroughtIsKeptBeforeTheNextIsAskedFor() async throws {
        let ran = try await run()
        let requests = ran.vendors.requests.withLock { $0 }
        #expect(ran.report.records.enriched == 100 && requests.map(\.people) == Array(repeating: 10, count: 10))
        #expect(requests.map(\.settled) == Array(0..<10))
    }

    @Test func whoTablesKnowDoesNotMakeThePiecesSmaller() async throws {
        let requests = try await run(others: Set((0..<25).map { $0 * 4 })).vendors.requests.withLock { $0 }
        // The eleventh of them is the fortieth row, and so on.
        #expect(requests.map(\.people) == [40, 40, 20])
    }

    @Test(arguments: [1, 3, 10])
    func piecesHoldEveryRecordOnceInOrderAndFewEnoughForOthers(_ most: Int) {
        var random = SeededRandom(UInt64(most))
        for count in 0..<60 {
            let needs = (0..<count).map { _ in Bool.random(using: &random) }
            var pieces: [Range<Int>] = []
            while (pieces.last?.upperBound ?? 0) < count {
                pieces.append(Dispatcher.piece(of: needs, from: pieces.last?.upperBound ?? 0, most: most))
            }
            #expect(pieces.flatMap { Array($0) } == Array(0..<count))
            #expect(pieces.allSatisfy { !$0.isEmpty && needs[$0].count { $0 } <= most })
            // No two of them would fit into one.
            #expect(
                zip(pieces, pieces.dropFirst()).allSatisfy { needs[$0.lowerBound..<$1.upperBound].count { $0 } > most })
        }
    }

    @Test func nobodyIsAskedForWhatTheBudgetDoesNotCover() async throws {
        let ran = try await run { $0.enrich.maxCredits = Credits(thousandths: 25_000) }
        #expect(ran.vendors.requests.withLock { $0.count } == 3)
        #expect(ran.report.records.enriched == 25 && ran.report.records.skipped == ["budget": 75])
        #expect(ran.report.credits.used == Credits(thousandths: 25_000))
    }

    @Test func whomTablesKnowIsFoundUpToTheFirstForWhomTheBudgetDoesNotLast() async throws {
        let ran = try await run(others: [20, 60], isFree: true) {
            $0.enrich.maxCredits = Credits(thousandths: 1000)
        }
        #expect(ran.report.records.enriched == 60 && ran.report.records.skipped == ["budget": 40])
        // Up to the first, that one, and up to the second.
        #expect(ran.vendors.requests.withLock { $0.map(\.people) } == [20, 1, 39])
    }

    @Test func whoeverHasNothingLeftAsksNobody() async throws {
        let month: (inout PipelineSettings) -> Void = { $0.enrich.maxCreditsPerMonth = Credits(thousandths: 25_000) }
        #expect(try await run(month).report.records.enriched == 25)
        let again = try await run(month)
        #expect(again.vendors.requests.withLock { $0.isEmpty } && again.report.credits.used == .zero)
    }

    @Test func aBudgetThatPausesStopsAskingToo() async throws {
        let stop = await #expect(throws: RunStop.self) {
            try await run {
                $0.enrich.maxCredits = Credits(thousandths: 25_000)
                $0.enrich.whenExhausted.credits = .pause
            }
        }
        #expect(stop?.exitCode == 75)
    }
}
