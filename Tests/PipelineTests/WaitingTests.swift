import EnrichmentAPI
import Foundation
import Ledger
import TestSupport
import Testing
@testable import Pipeline

/// What time does to a run: waiting for a day, for a month, and answers that grow old.
///
/// The clock is a manual one.
@Suite struct WaitingTests {
    let runs: ServiceRuns
    private let day = 86_400.0

    init() throws { runs = try ServiceRuns() }

    @Test func aRunCanSleepUntilTheDaysQuotaFrees() async throws {
        let service = FakeService()
        let start = try Date("2026-11-10T12:00:00Z", strategy: .iso8601).timeIntervalSince1970
        let clock = ManualClock(start)
        let report = try await runs.run(service, input: runs.leads(450), clock: clock.run) {
            $0.enrich.limits.perDay = 2
            $0.enrich.whenExhausted.day = .wait
        }
        #expect(report.records.read == 450 && report.records.failed.isEmpty && report.records.skipped.isEmpty)
        #expect(service.books.calls == [.bulk: 5])
        // Two a day: the fifth leaves when two days are over.
        #expect(clock.now - start >= 2 * day && clock.now - start < 2.1 * day)
    }

    @Test func aSlotCountsFromTheMomentItsAnswerCameNotFromWhenItWasRead() async throws {
        struct SlowToRead: Enricher {
            let finder = Finder()
            let clock: ManualClock

            var isExternal: Bool { true }
            func recordsPerRequest(_ endpoint: Endpoint) -> Int { finder.recordsPerRequest(endpoint) }
            func worst(_ channels: ChannelSet, endpoint: Endpoint) -> Credits {
                finder.worst(channels, endpoint: endpoint)
            }
            func send(_ request: EnrichmentRequest) async -> EnrichmentAnswer {
                var answer = await finder.send(request)
                answer.came = clock.run.moment
                clock.advance(5)
                return answer
            }
        }
        let clock = ManualClock(1_800_000_000)
        let ledger = try Ledger(path: runs.folder.file("ledger.sqlite"))
        let settings = runs.settings("http://127.0.0.1:9", try runs.leads(10))
        _ = try await Pipeline(
            settings: settings, ledger: ledger, enricher: SlowToRead(clock: clock), verifier: nil, clock: clock.run
        ).run()
        let use = try await ledger.quotaUse(
            workspace: settings.workspace, quota: Quota(settings.enrich.limits), now: clock.run.moment)
        #expect(use.calls[.bulk]?.count == 1)
        #expect(use.calls[.bulk]?.allSatisfy { $0 <= -5 } == true)
    }

    @Test func aRunCanSleepUntilTheNextMonthBringsCredits() async throws {
        let service = FakeService()
        let start = try Date("2026-11-30T22:00:00Z", strategy: .iso8601).timeIntervalSince1970
        let clock = ManualClock(start)
        // A record costs 6 credits at most, of 8 that are reserved.
        let month = Credits(thousandths: 900_000)
        let report = try await runs.run(service, input: runs.leads(250), clock: clock.run) {
            $0.enrich.maxCreditsPerMonth = month
            $0.enrich.whenExhausted.credits = .wait
            $0.enrich.retries.attempts = 2
        }
        #expect(report.records.skipped.isEmpty && report.records.failed.isEmpty)
        #expect(report.credits.used > month && report.credits.used <= month + month)
        #expect(clock.now - start >= 2 * 3600)
    }

    @Test func withoutWaitingTheRestIsWrittenAsItIsOrTheRunPauses() async throws {
        let input = try runs.leads(250)
        let finished = try await runs.run(FakeService(), input: input) {
            $0.enrich.maxCreditsPerMonth = Credits(thousandths: 600_000)
        }
        #expect(finished.records.skipped["budget"] ?? 0 > 0)
        let other = try runs.folder.write("other.csv", "Email\nnew@acme.example\n")
        let stop = await #expect(throws: RunStop.self) {
            try await runs.run(FakeService(), input: other) {
                $0.enrich.maxCreditsPerMonth = Credits(thousandths: 600_000)
                $0.enrich.whenExhausted.credits = .pause
            }
        }
        #expect(stop?.exitCode == 75)
    }

    @Test func answersAndMissesGrowOldEachInTheirTime() async throws {
        let service = FakeService()
        let input = try runs.leads(100)
        let clock = ManualClock(1_800_000_000)
        func asked() async throws -> Int {
            let before = service.books.recordsPerBulk.reduce(0, +)
            _ = try await runs.run(service, input: input, booksAgree: false, chargesOnce: false, clock: clock.run) {
                $0.enrich.channels = [.phone]
                $0.enrich.refreshAfter = .seconds(30 * 86_400)
                $0.enrich.retryMissesAfter = .seconds(7 * 86_400)
            }
            return service.books.recordsPerBulk.reduce(0, +) - before
        }
        let misses = (0..<100).count { FakeService.value(.phone, PersonHints(email: "p\($0)@acme.example")) == nil }
        #expect(try await asked() == 100)
        clock.advance(6 * day)
        #expect(try await asked() == 0)
        clock.advance(2 * day)
        #expect(try await asked() == misses)
        clock.advance(23 * day)
        #expect(try await asked() == 100)
    }

    @Test func aChannelThatWasNotAskedForIsNoMiss() async throws {
        let service = FakeService()
        let input = try runs.leads(100)
        _ = try await runs.run(service, input: input) { $0.enrich.channels = [.phone] }
        let second = try await runs.run(service, input: input) { $0.enrich.channels = [.phone, .personalEmail] }
        #expect(second.requests.bulk == 1 && second.channels["personal_email"]?.asked == 100)
        #expect(service.books.charges.values.allSatisfy { $0 == 1 })
    }

    @Test func anotherHintOfThePersonFindsWhatWasPaidFor() async throws {
        let service = FakeService()
        _ = try await runs.run(
            service,
            input: runs.folder.write(
                "a.csv", "Email,LinkedIn URL\nz@acme.example,https://www.linkedin.com/in/zelda-quux\n")
        ) { $0.enrich.channels = [.phone] }
        let later = try await runs.run(
            service, input: runs.folder.write("b.csv", "Profile URL\nlinkedin.com/in/Zelda-Quux/\n")
        ) { $0.enrich.channels = [.phone] }
        #expect(service.books.calls == [.bulk: 1])
        #expect(later.records.fromCache == 1)
    }
}
