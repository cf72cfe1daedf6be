import AsyncHTTPClient
import EnrichmentAPI
import Foundation
import Ledger
@testable import Pipeline
import Records
import TestSupport
import Testing

/// Whole runs against the fake service; every one ends by comparing its rows and credits with the service's own books.
@Suite struct RunTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func leads(_ count: Int, repeatsEvery: Int? = nil) throws -> String {
        var text = "Name,Email\n"
        for row in 0..<count {
            let person = repeatsEvery.map { row % $0 == $0 - 1 ? row - 1 : row } ?? row
            text += "\"Person, \(row)\",p\(person)@acme.example\n"
        }
        return try folder.write("leads.csv", text)
    }

    private func settings(_ url: String, _ input: String) -> PipelineSettings {
        var settings = PipelineSettings()
        settings.name = "test"
        settings.input.paths = [input]
        settings.enrich.engine = .api
        settings.enrich.api = APISettings(url: url, key: "test-key", timeout: .seconds(10))
        settings.enrich.channels = [.phone, .personalEmail]
        settings.enrich.limits = .generous
        settings.enrich.retries.first = .milliseconds(1)
        settings.output = [
            OutputSettings(path: folder.file("out.csv")), OutputSettings(path: folder.file("out.jsonl")),
        ]
        settings.rejects = folder.file("rejects.csv")
        return settings
    }

    /// Runs, and compares the report with the rows and with the service's books.
    @discardableResult
    private func run(
        _ service: FakeService, input: String, ledger: String = "ledger.sqlite", booksAgree: Bool = true,
        _ change: @escaping @Sendable (inout PipelineSettings) -> Void = { _ in }
    ) async throws -> CreditReport {
        let before = service.books.credits
        let report = try await service.serving { url in
            var settings = settings(url, input)
            change(&settings)
            let ledger = try Ledger(path: folder.file(ledger))
            let enricher = APIEnricher(.shared, settings: settings.enrich)
            return try await Pipeline(settings: settings, ledger: ledger, enricher: enricher, verifier: nil).run()
        }
        let rows = try rows()
        #expect(rows.count == report.records.read)
        let sum = rows.reduce(0.0) { $0 + (Double($1["credits_used"] ?? "") ?? 0) }
        #expect(Credits(sum) == report.credits.used)
        if booksAgree { #expect(report.credits.used == service.books.credits - before) }
        return report
    }

    /// The CSV output; its cells hold no commas except in the first one.
    private func rows() throws -> [[String: String]] {
        let lines = try folder.read("out.csv").split(separator: "\n")
        let header = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        return lines.dropFirst().map { line in
            let cells = line.replacing("\"Person, ", with: "\"Person ").split(
                separator: ",", omittingEmptySubsequences: false
            ).map(String.init)
            return Dictionary(zip(header, cells), uniquingKeysWith: { first, _ in first })
        }
    }

    @Test func everyRowComesOutOnceInOrderWithItsOwnValues() async throws {
        let service = FakeService(latency: .milliseconds(2))
        let report = try await run(service, input: leads(1050))
        #expect(service.books.calls == [.bulk: 11])
        #expect(report.requests.bulk == 11)
        for (number, row) in try rows().enumerated() {
            #expect(row["Name"] == "\"Person \(number)\"")
            #expect(row["enriched_phone"] == FakeService.value(.phone, PersonHints(email: row["Email"])) ?? "")
        }
        #expect(try folder.read("out.jsonl").split(separator: "\n").count == 1050)
        #expect(!folder.has("out.csv.partial"))
    }

    @Test func duplicatesInTheFileAreOneRequestAndCostOnce() async throws {
        let service = FakeService()
        let report = try await run(service, input: leads(400, repeatsEvery: 4))
        #expect(service.books.charges.values.allSatisfy { $0 == 1 })
        #expect(service.books.recordsPerBulk.reduce(0, +) == 300)
        #expect(report.records.duplicates == 100)
    }

    @Test func aSecondRunAsksForNothingAndWritesTheSameValues() async throws {
        let service = FakeService()
        let input = try leads(250)
        let first = try await run(service, input: input)
        let values = try rows().map { $0["enriched_phone"] }
        let calls = service.books.calls
        let second = try await run(service, input: input)
        #expect(service.books.calls == calls)
        #expect(second.credits.used == .zero && first.credits.used > .zero)
        #expect(second.records.fromCache == 250)
        #expect(try rows().map { $0["enriched_phone"] } == values)
    }

    @Test(arguments: [
        [FakeService.Misbehaviour.refuse429(retryAfter: "0"), .unavailable503], [.chargeThenCutBody],
        [.chargeThenServerError], [.shortAnswer], [.html200],
    ])
    func nothingIsChargedTwiceWhateverHappensToAnAnswer(_ misbehaving: [FakeService.Misbehaviour]) async throws {
        let service = FakeService(misbehaving: misbehaving)
        let isLost = ![.unavailable503].contains(misbehaving.last)
        let report = try await run(service, input: leads(200), booksAgree: !isLost || misbehaving == [.html200])
        #expect(service.books.charges.values.allSatisfy { $0 == 1 })
        #expect(report.records.failed.isEmpty)
        #expect(report.records.enriched + report.records.unmatched == 200)
        #expect((report.credits.unknownCharge > .zero) == isLost)
        #expect(report.requests.single == (isLost ? 100 : 0))
        // What is not in the rows is what the lost answer had cost, and the report names at least that much.
        #expect(report.credits.used + report.credits.unknownCharge >= service.books.credits)
    }

    @Test func aLostAnswerCanBeHeldForAPerson() async throws {
        let service = FakeService(misbehaving: [.chargeThenCutBody])
        let report = try await run(service, input: leads(200), booksAgree: false) { $0.enrich.whenAnswerLost = .hold }
        #expect(report.records.failed == ["answer_lost": 100])
        #expect(service.books.calls == [.bulk: 2])
    }

    @Test func oneBadRecordDoesNotTakeItsNeighboursWithIt() async throws {
        let service = FakeService(unacceptable: ["p37@acme.example"])
        let report = try await run(service, input: leads(100))
        #expect(report.records.failed == ["refused": 1])
        #expect(try rows()[37]["enrichment_reason"] == "refused")
        #expect(service.books.charges.values.allSatisfy { $0 == 1 })
    }

    @Test func aRefusedKeyEndsTheRunAndNothingIsLost() async throws {
        let service = FakeService(misbehaving: [.unauthorised])
        let input = try leads(50)
        await #expect(throws: RunStop.keyRefused) { try await run(service, input: input) }
        #expect(!folder.has("out.csv"))
        let report = try await run(service, input: input)
        #expect(report.run.resumed && report.records.read == 50)
    }

    @Test func noCreditsLeftPausesTheRun() async throws {
        let service = FakeService(misbehaving: [.outOfCredits])
        let input = try leads(50)
        let stop = await #expect(throws: RunStop.self) { try await run(service, input: input) }
        #expect(stop?.exitCode == 75)
        #expect(try await run(service, input: input).records.read == 50)
    }

    @Test func aServiceThatIsDownPausesTheRun() async throws {
        var settings = settings("http://127.0.0.1:1", try leads(10))
        settings.enrich.retries.attempts = 2
        let pipeline = Pipeline(
            settings: settings, ledger: try Ledger(path: folder.file("l.sqlite")),
            enricher: APIEnricher(.shared, settings: settings.enrich), verifier: nil)
        let stop = await #expect(throws: RunStop.self) { try await pipeline.run() }
        #expect(stop?.exitCode == 69)
    }

    @Test(arguments: [0, 8, 100, 555])
    func theBudgetIsNeverExceeded(_ most: Int) async throws {
        let service = FakeService()
        let report = try await run(service, input: leads(300)) {
            $0.enrich.maxCredits = Credits(thousandths: most * 1000)
        }
        #expect(report.credits.used <= Credits(thousandths: most * 1000))
        #expect(report.records.skipped["budget"] ?? 0 > 0)
        #expect(service.books.credits == report.credits.used)
        // A worst case is 8 credits a record, so less than that may be left over.
        #expect(report.credits.used > Credits(thousandths: (most - 8) * 1000))
    }

    @Test func theLimitsOfTheServiceAreKept() async throws {
        var limits = ServiceLimits.generous
        limits.bulkPerMinute = 4
        limits.minute = .milliseconds(400)
        let kept = limits
        let service = FakeService(limits: kept)
        let report = try await run(service, input: leads(1200)) { $0.enrich.limits = kept }
        #expect(service.books.refusals == 0)
        #expect(service.books.calls == [.bulk: 12])
        #expect(report.requests.refused429 == 0)
    }

    @Test func theDaysQuotaPausesTheRunAndItGoesOnLater() async throws {
        let service = FakeService()
        let input = try leads(250)
        let stop = await #expect(throws: RunStop.self) {
            try await run(service, input: input) { $0.enrich.limits.perDay = 2 }
        }
        #expect(stop?.exitCode == 75)
        let report = try await run(service, input: input, booksAgree: false)
        #expect(service.books.calls == [.bulk: 3])
        #expect(report.credits.used == service.books.credits)
    }

    @Test func wrappedBulkAnswersAreRead() async throws {
        #expect(try await run(FakeService(isBulkWrapped: true), input: leads(20)).records.read == 20)
    }

    @Test func peopleWithoutAnAddressAreDiscoveredAndCompaniesAskedOnce() async throws {
        let input = try folder.write(
            "leads.csv",
            "First,Last,Domain\nZelda,Quux,acme.example\nHank,Rutherglen,acme.example\n,,acme.example\n,,\n")
        let service = FakeService()
        let report = try await service.serving { url in
            var settings = settings(url, input)
            settings.enrich.account = true
            let ledger = try Ledger(path: folder.file("l.sqlite"))
            return try await Pipeline(
                settings: settings, ledger: ledger, enricher: APIEnricher(.shared, settings: settings.enrich),
                verifier: nil
            ).run()
        }
        #expect(service.books.calls == [.discover: 2, .account: 1])
        #expect(report.records.skipped == ["no_identity": 2])
        #expect(try rows().map { $0["account_industry"] } == ["Widgets", "Widgets", "Widgets", ""])
        #expect(report.credits.used == service.books.credits)
    }

    @Test func whatCouldNotBeReadGoesToTheRejects() async throws {
        let input = try folder.write(
            "leads.csv", "Name,Email\na,p1@acme.example\nb,p2@acme.example,extra\nc,p3@acme.example\n")
        let report = try await run(FakeService(), input: input)
        #expect(report.records.read == 2 && report.records.rejected == 1)
        #expect(report.inputs.first?.rows == 2 && report.inputs.first?.rejected == 1)
        #expect(
            try folder.read("rejects.csv")
                == "file,line,record,reason,raw\n\(input),3,2,too_many_cells,\"b,p2@acme.example,extra\"\n")
    }

    @Test func aRunThatWasCutOffBeforeItsFilesHadTheirNamesOnlyNamesThem() async throws {
        let service = FakeService()
        let input = try leads(120)
        let first = try await run(service, input: input)
        let bytes = try folder.read("out.csv")
        // As if the process had died between the first and the second name.
        let ledger = try Ledger(path: folder.file("ledger.sqlite"))
        try await ledger.end(1, .whole, now: 0)
        try FileManager.default.moveItem(atPath: folder.file("out.jsonl"), toPath: folder.file("out.jsonl.partial"))
        let second = try await run(service, input: input, booksAgree: false)
        #expect(second.run.id == first.run.id && second.records.read == 120)
        #expect(second.credits.used == first.credits.used)
        #expect(try folder.read("out.csv") == bytes)
        #expect(folder.has("out.jsonl") && !folder.has("out.jsonl.partial"))
    }
}
