import EnrichmentAPI
import Foundation
import Ledger
import Synchronization
import TestSupport
import Testing
@testable import Pipeline

/// What is asked for, over random inputs: every person once, in the fewest requests that there can be.
@Suite struct PlannerTests {
    let runs: ServiceRuns

    init() throws { runs = try ServiceRuns() }

    /// Answers everything with misses and counts the requests.
    private final class Counter: Enricher {
        struct Request: Sendable {
            var endpoint: Endpoint
            var channels: ChannelSet
            var records: [PersonHints]
        }

        let requests = Mutex<[Request]>([])
        let isExternal: Bool

        init(isExternal: Bool = true) { self.isExternal = isExternal }

        func recordsPerRequest(_ endpoint: Endpoint) -> Int { endpoint == .bulk ? 100 : 1 }
        func worst(_ channels: ChannelSet, endpoint: Endpoint) -> Credits { .zero }
        func send(_ request: EnrichmentRequest) async -> EnrichmentAnswer {
            requests.withLock {
                $0.append(
                    Request(endpoint: request.endpoint, channels: request.channels, records: request.records))
            }
            guard request.endpoint != .account else {
                return EnrichmentAnswer(.accounts(request.records.map { _ in AccountAnswer(nil) }))
            }
            let results = request.records.map { _ in
                PersonResult(
                    recordID: "r",
                    channels: request.channels.reduce(into: [:]) { $0[$1] = .missed(tried: []) },
                    creditsUsed: .zero)
            }
            return EnrichmentAnswer(.persons(results, costs: []))
        }
    }

    /// A batch is looked up while the one before it is planned and the one before that is answered.
    @Test(arguments: [true, false]) func whoComesAgainInEachBatchIsAskedForOnce(isExternal: Bool) async throws {
        let people = 997
        var text = "Email,Note\n"
        for row in 0..<20_000 {
            text += "p\(row % people)@company-\(row % 7).example,\(String(repeating: "x", count: 200))\n"
        }
        let settings = runs.settings("http://127.0.0.1:9", try runs.folder.write("leads.csv", text))
        let enricher = Counter(isExternal: isExternal)
        let report = try await Pipeline(
            settings: settings, ledger: Ledger(path: runs.folder.file("l.sqlite")), enricher: enricher, verifier: nil,
            clock: ManualClock(1_800_000_000).run
        ).run()
        let asked = enricher.requests.withLock { $0.flatMap(\.records).map(\.email) }
        #expect(asked.count == people * 7)
        #expect(Set(asked).count == people * 7)
        #expect(report.records.read == 20_000)
    }

    @Test func whatWasSettledLaterIsStillUnderWay() {
        let settlements = Settlements()
        let requests = (0..<3).map { _ in PendingRequest(.bulk, [.phone], settlements) }
        for request in requests { request.settle(.success([.notAsked(.budget)])) }
        #expect(settlements.count == 3)
        #expect(requests.map { $0.settled(first: 2) != nil } == [true, true, false])
        #expect(PendingRequest(.bulk, [.phone], settlements).settled(first: 3) == nil)
    }

    /// A lead, and what is to be asked about it.
    fileprivate struct Lead {
        var hasEmail, hasProfile, hasPhone, hasName, hasDomain: Bool
        var number: Int

        init(_ number: Int, _ random: inout SeededRandom) {
            self.number = number
            hasEmail = Int.random(in: 0..<10, using: &random) < 6
            hasProfile = Int.random(in: 0..<10, using: &random) < 4
            hasPhone = Bool.random(using: &random)
            hasName = Bool.random(using: &random)
            hasDomain = Bool.random(using: &random)
        }

        /// Letters alone, since names have no digits.
        var surname: String {
            "Q" + String(String(number).map { Character(UnicodeScalar(97 + ($0.wholeNumberValue ?? 0)) ?? "a") })
        }
        var domain: String { "company-\(number % 40).example" }
        var csv: String {
            [
                hasEmail ? "p\(number)@\(domain)" : "", hasProfile ? "https://www.linkedin.com/in/p-\(number)" : "",
                hasPhone ? "+1 212 555 0142" : "", hasName ? "Zelda" : "", hasName ? surname : "",
                hasDomain ? domain : "",
            ].joined(separator: ",") + "\n"
        }

        var endpoint: Endpoint? {
            hasEmail || hasProfile ? .bulk : hasName && hasDomain ? .discover : nil
        }
        var lacks: ChannelSet {
            var channels: ChannelSet = [.workEmail, .phone, .linkedinURL]
            if hasEmail { channels = channels.subtracting([.workEmail]) }
            if hasProfile { channels = channels.subtracting([.linkedinURL]) }
            if hasPhone { channels = channels.subtracting([.phone]) }
            return channels
        }
    }

    @Test(arguments: 1...6)
    func everybodyIsAskedForOnceInTheFewestRequests(_ seed: UInt64) async throws {
        var random = SeededRandom(seed)
        let count = Int.random(in: 50...3000, using: &random)
        var leads = (0..<count).map { Lead($0, &random) }
        // Some rows stand in the file more than once.
        leads += (0..<(count / 5)).map { _ in leads[Int.random(in: 0..<count, using: &random)] }
        leads.shuffle(using: &random)
        let text = "Email,LinkedIn URL,Phone,First Name,Last Name,Company Domain\n" + leads.map(\.csv).joined()
        var settings = runs.settings("http://none.example", try runs.folder.write("in.csv", text))
        settings.enrich.channels = [.workEmail, .phone, .linkedinURL]
        settings.enrich.account = true
        let counter = Counter()
        _ = try await Pipeline(
            settings: settings, ledger: Ledger(path: runs.folder.file("l.sqlite")), enricher: counter, verifier: nil
        ).run()

        let persons = Dictionary(leads.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first }).values
        let asked = counter.requests.withLock { $0 }
        let bulk = persons.filter { $0.endpoint == .bulk && !$0.lacks.isEmpty }
        for (channels, group) in Dictionary(grouping: bulk, by: \.lacks) {
            let requests = asked.filter { $0.endpoint == .bulk && $0.channels == channels }
            #expect(requests.count == (group.count + 99) / 100, "\(channels)")
            #expect(requests.flatMap(\.records).count == group.count)
        }
        #expect(asked.filter { $0.endpoint == .bulk }.flatMap(\.records).count == bulk.count)
        let discovered = persons.filter { $0.endpoint == .discover && !$0.lacks.isEmpty }
        #expect(asked.count { $0.endpoint == .discover } == discovered.count)
        let companies = Set(persons.filter { $0.hasDomain || $0.hasEmail }.map(\.domain))
        #expect(
            asked.filter { $0.endpoint == .account }.compactMap { $0.records[0].companyDomain }.sorted()
                == companies.sorted())
    }

    /// Searches by name stand first in the file, and yet the day's last calls go to those that bring a hundred at once.
    @Test func whereTheDayIsShortBulkCallsGoFirst() async throws {
        var text = "Email,First Name,Last Name,Company Domain\n"
        for row in 0..<10 { text += ",Zelda,\(Lead.surname(row)),acme.example\n" }
        for row in 0..<300 { text += "p\(row)@acme.example,,,\n" }
        let service = FakeService()
        let report = try await runs.run(service, input: runs.folder.write("in.csv", text)) {
            $0.enrich.limits.perDay = 5
            $0.enrich.whenExhausted.day = .finish
        }
        #expect(service.books.calls == [.bulk: 3, .discover: 2])
        #expect(report.records.skipped == ["quota": 8])
        // First come, first served among themselves.
        #expect(
            try runs.rows().prefix(10).map { $0["enrichment_reason"] == "quota" } == [false, false]
                + Array(repeating: true, count: 8))
    }

    /// What failed stays failed for every row of the person, over as many batches as they are apart, and is asked for once.
    @Test func aFailureIsRememberedOverManyBatches() async throws {
        let service = FakeService(unacceptable: ["p7@acme.example"])
        var text = "Name,Email\n"
        for row in 0..<12_000 { text += "Person,p\(row % 4000 == 7 ? 7 : row)@acme.example\n" }
        let report = try await runs.run(service, input: runs.folder.write("in.csv", text))
        #expect(report.records.failed == ["refused": 3])
        #expect(service.books.recordsPerBulk.reduce(0, +) == 11_997)
    }
}

extension PlannerTests.Lead {
    fileprivate static func surname(_ number: Int) -> String {
        var random = SeededRandom(1)
        return Self(number, &random).surname
    }
}
