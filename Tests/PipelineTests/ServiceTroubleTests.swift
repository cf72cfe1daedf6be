import EnrichmentAPI
import Foundation
import Ledger
import Synchronization
import TestSupport
import Testing
@testable import Pipeline

/// A service that misbehaves in every way that is known: nothing is charged twice, nothing is lost, nothing is guessed.
@Suite struct ServiceTroubleTests {
    let runs: ServiceRuns

    init() throws { runs = try ServiceRuns() }

    @Test(arguments: [
        FakeService.Misbehaviour.chargeThenCutBody, .chargeThenReset, .chargeThenSilence(.seconds(12)),
        .chargeThenServerError, .chargeThenFlood, .shortAnswer, .longAnswer, .wrongTypes, .html200,
    ])
    func aLostAnswerIsAskedForAgainOneByOne(_ misbehaviour: FakeService.Misbehaviour) async throws {
        let service = FakeService(misbehaving: [misbehaviour])
        let isCharged = ![.wrongTypes, .html200].contains(misbehaviour)
        let report = try await runs.run(service, input: runs.leads(200), booksAgree: !isCharged) {
            // Long enough for a busy machine, but where nothing else would end the silence.
            if case .chargeThenSilence = misbehaviour { $0.enrich.api.timeout = .seconds(5) }
        }
        #expect(report.records.failed.isEmpty)
        #expect(report.records.enriched + report.records.unmatched == 200)
        #expect(report.requests.single == 100)
        // What is not in the rows is what the lost answer had cost, and the report names at least that much.
        #expect(report.credits.unknownCharge > .zero)
        #expect(report.credits.used + report.credits.unknownCharge >= service.books.credits)
    }

    @Test(arguments: [
        [FakeService.Misbehaviour.refuse429(retryAfter: "0"), .unavailable503], [.refuse429(retryAfter: nil)],
        [.refuse429(retryAfter: "1")], [.down, .down].dropLast(2) + [.unavailable503, .unavailable503],
    ])
    func whatWasTurnedAwayIsAskedForAgainAsItWas(_ misbehaving: [FakeService.Misbehaviour]) async throws {
        let refusals = misbehaving.count { if case .refuse429 = $0 { true } else { false } }
        let service = FakeService(misbehaving: misbehaving)
        let start = ContinuousClock.now
        let report = try await runs.run(service, input: runs.leads(200), refusals: refusals)
        #expect(report.records.failed.isEmpty && report.credits.unknownCharge == .zero)
        #expect(report.requests.single == 0 && report.requests.bulk == 2)
        #expect(report.requests.retried == misbehaving.count && report.requests.refused429 == refusals)
        if misbehaving == [.refuse429(retryAfter: "1")] { #expect(ContinuousClock.now - start > .seconds(1)) }
    }

    @Test(arguments: [
        FakeService.Misbehaviour.chargeThenCutBody, .chargeThenReset, .chargeThenServerError, .wrongTypes, .html200,
        .refuse429(retryAfter: "0"), .unavailable503,
    ])
    func theCallForOnePersonMayGetLostAsWell(_ misbehaviour: FakeService.Misbehaviour) async throws {
        let service = FakeService(misbehaving: [.chargeThenCutBody], onSingle: [misbehaviour, misbehaviour])
        let isRefused = if case .refuse429 = misbehaviour { true } else { false }
        let report = try await runs.run(
            service, input: runs.leads(30), booksAgree: false, refusals: isRefused ? 2 : 0)
        #expect(report.records.failed.isEmpty && report.records.enriched + report.records.unmatched == 30)
        #expect(report.credits.used + report.credits.unknownCharge >= service.books.credits)
    }

    @Test(arguments: [FakeService.Style.wrapped, .loose])
    func answersAreReadHoweverTheyAreWritten(_ style: FakeService.Style) async throws {
        let report = try await runs.run(FakeService(style: style), input: runs.leads(120))
        #expect(report.records.failed.isEmpty && report.credits.used > .zero)
        for row in try runs.rows() {
            #expect(row["enriched_phone"] == FakeService.value(.phone, PersonHints(email: row["Email"])) ?? "")
        }
    }

    /// Ours are wrong: the service's minute is five times as long.
    @Test(arguments: [FakeService.LimitFields.draft, .olderDraft, .experimental])
    func whatTheServiceSaysIsLeftIsBelieved(_ fields: FakeService.LimitFields) async throws {
        var theirs = ServiceLimits.generous, ours = ServiceLimits.generous
        (theirs.bulkPerMinute, theirs.minute) = (3, .milliseconds(500))
        (ours.bulkPerMinute, ours.minute) = (3, .milliseconds(100))
        let limits = ours
        let service = FakeService(limits: theirs, limitFields: fields)
        let report = try await runs.run(service, input: runs.leads(800)) { $0.enrich.limits = limits }
        #expect(report.requests.refused429 == 0 && report.requests.bulk == 8)
    }

    /// It allows half of what we would send, and says so without saying what is left.
    @Test func policiesThatTheServiceNamesAreKept() async throws {
        var theirs = ServiceLimits.generous, ours = ServiceLimits.generous
        (theirs.bulkPerMinute, theirs.minute) = (10, .milliseconds(500))
        (ours.bulkPerMinute, ours.minute) = (20, .milliseconds(500))
        ours.chunk = 10
        let limits = ours
        let service = FakeService(limits: theirs, limitFields: .policy)
        let report = try await runs.run(service, input: runs.leads(300)) { $0.enrich.limits = limits }
        #expect(report.requests.refused429 == 0 && report.requests.bulk == 30)
    }

    @Test func aServiceThatGoesAwayEndsTheRunAndItGoesOnLater() async throws {
        let input = try runs.leads(900)
        let service = FakeService(misbehaving: [.chargeThenCutBody, .down], onSingle: [.down])
        let stop = await #expect(throws: RunStop.self) { try await runs.run(service, input: input) }
        #expect(stop?.exitCode == 69)
        // The circuit sees to it that a service that is down is hardly asked.
        #expect(service.books.calls[.bulk] ?? 0 <= 25)
        let back = FakeService()
        let report = try await runs.run(back, input: input, booksAgree: false)
        #expect(report.run.resumed && report.records.failed.isEmpty)
        #expect(report.records.read == 900)
    }

    @Test func nobodyThereIsSaidSo() async throws {
        let input = try runs.leads(10)
        let settings = runs.settings("http://127.0.0.1:1", input)
        let stop = await #expect(throws: RunStop.self) { try await runs.run(settings) }
        #expect(stop?.exitCode == 69)
        guard case .unavailable(let why) = stop else { return }
        #expect(why.contains("refused"))
    }

    @Test func aRecordAtWhichTheServiceBreaksDownFailsAloneAndTheRunEnds() async throws {
        let service = FakeService(breaking: ["p37@acme.example"])
        let input = try runs.leads(300)
        let report = try await runs.run(service, input: input, booksAgree: false) { $0.enrich.retries.attempts = 3 }
        #expect(report.records.failed == ["answer_lost": 1])
        #expect(try runs.rows()[37]["enrichment_reason"] == "answer_lost")
        // The next run asks for that one again, and for nobody else.
        let later = FakeService()
        let next = try await runs.run(later, input: input)
        #expect(next.records.failed.isEmpty && later.books.calls == [.single: 1])
    }

    @Test func aServiceThatKeepsRefusingPausesTheRun() async throws {
        let service = FakeService(misbehaving: Array(repeating: .refuse429(retryAfter: "0"), count: 100))
        let input = try runs.leads(50)
        let stop = await #expect(throws: RunStop.self) {
            try await runs.run(service, input: input) { $0.enrich.retries.attempts = 3 }
        }
        #expect(stop?.exitCode == 75)
        #expect(service.books.refusals == 3)
    }

    /// The worst of a record is thought to be 8 credits; it is up to 6 times as many as the service is dearer.
    @Test(arguments: [(4, 20_000), (50, 100_000), (200, 100_000)])
    func aServiceThatIsDearerThanItsPriceListCostsOneRequestMoreAtMost(_ dearness: Int, _ budget: Int) async throws {
        let service = FakeService(dearness: dearness)
        let most = Credits(thousandths: budget * 1000)
        let report = try await runs.run(service, input: runs.leads(3000)) {
            $0.enrich.maxCredits = most
            $0.enrich.limits.chunk = 50
        }
        #expect(report.records.skipped["budget"] ?? 0 > 0)
        #expect(report.credits.used <= most + Credits(thousandths: 50 * 6000 * dearness))
    }

    @Test func peopleAreNotAskedForWhoseAnswersAreKnownUnlessForced() async throws {
        let service = FakeService()
        let input = try runs.leads(150)
        try await runs.run(service, input: input)
        let calls = service.books.calls
        try await runs.run(service, input: input)
        #expect(service.books.calls == calls)
        let forced = try await runs.run(service, input: input, chargesOnce: false) { $0.enrich.force = true }
        #expect(forced.requests.bulk == 2 && forced.records.fromCache == 0)
    }

    /// What never left was never charged: it is tried again, and never counted among what may have been.
    @Test func aConnectionThatBreaksBeforeTheRequestLosesNoAnswer() async throws {
        let closing = try ClosingServer()
        var settings = runs.settings("https://127.0.0.1:\(closing.port)", try runs.leads(30))
        settings.enrich.retries.attempts = 2
        let ready = settings
        let stop = await #expect(throws: RunStop.self) { _ = try await runs.run(ready) }
        #expect(stop?.exitCode == 69 && closing.connections > 0)
        let ledger = try Ledger(path: runs.folder.file("ledger.sqlite"))
        let run = try #require(try await ledger.runs(most: 1).first)
        let past = try #require(try await ledger.pastRun(run.name))
        #expect(try await ledger.requests(of: past.id).unknownCharge == .zero)
        // The service is there again, and everything is asked for by bulk calls, as if nothing had been.
        let service = FakeService()
        let report = try await runs.run(service, input: runs.folder.file("leads.csv"))
        #expect(service.books.calls == [.bulk: 1] && report.credits.unknownCharge == .zero)
    }

    @Test func aCertificateThatNobodyTrustsIsSaidSo() async throws {
        let service = FakeService()
        let stop = await #expect(throws: RunStop.self) {
            try await service.serving(certificate: Checkout.file("Tests/Fixtures/tls/server")) { url in
                var settings = runs.settings(url, try runs.leads(3))
                settings.enrich.retries.attempts = 2
                _ = try await runs.run(settings)
            }
        }
        #expect(stop?.exitCode == 69 && "\(stop as Any)".contains("certificate is not trusted"))
    }
}

/// Takes connections on a loopback port and closes them at once.
private final class ClosingServer: Sendable {
    let port: Int
    private let listening: Int32
    private let count = Mutex(0)

    var connections: Int { count.withLock { $0 } }

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isListening else { throw CancellationError() }
        listening = descriptor
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                count.withLock { $0 += 1 }
                close(connection)
            }
        }
    }

    deinit { shutdown(listening, Int32(SHUT_RDWR)) }
}
