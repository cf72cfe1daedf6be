import AsyncHTTPClient
import EnrichmentAPI
import Foundation
import Ledger
@testable import Pipeline
import Records
import TestSupport
import Testing

/// Whole runs against the fake service.
@Suite struct RunTests {
    let runs: ServiceRuns

    init() throws { runs = try ServiceRuns() }

    @Test func everyRowComesOutOnceInOrderWithItsOwnValues() async throws {
        let service = FakeService(latency: .milliseconds(2))
        let report = try await runs.run(service, input: runs.leads(1050))
        #expect(service.books.calls == [.bulk: 11])
        #expect(report.requests.bulk == 11)
        for (number, row) in try runs.rows().enumerated() {
            #expect(row["Name"] == "\"Person \(number)\"")
            #expect(row["enriched_phone"] == FakeService.value(.phone, PersonHints(email: row["Email"])) ?? "")
        }
        #expect(try runs.folder.read("out.jsonl").split(separator: "\n").count == 1050)
        #expect(!runs.folder.has("out.csv.partial"))
    }

    @Test func duplicatesInTheFileAreOneRequestAndCostOnce() async throws {
        let service = FakeService()
        let report = try await runs.run(service, input: runs.leads(400, repeatsEvery: 4))
        #expect(service.books.charges.values.allSatisfy { $0 == 1 })
        #expect(service.books.recordsPerBulk.reduce(0, +) == 300)
        #expect(report.records.duplicates == 100)
    }

    @Test func aSecondRunAsksForNothingAndWritesTheSameValues() async throws {
        let service = FakeService()
        let input = try runs.leads(250)
        let first = try await runs.run(service, input: input)
        let values = try runs.rows().map { $0["enriched_phone"] }
        let calls = service.books.calls
        let second = try await runs.run(service, input: input)
        #expect(service.books.calls == calls)
        #expect(second.credits.used == .zero && first.credits.used > .zero)
        #expect(second.records.fromCache == 250)
        #expect(try runs.rows().map { $0["enriched_phone"] } == values)
    }

    @Test func aLostAnswerCanBeHeldForAPerson() async throws {
        let service = FakeService(misbehaving: [.chargeThenCutBody])
        let report = try await runs.run(service, input: runs.leads(200), booksAgree: false) {
            $0.enrich.whenAnswerLost = .hold
        }
        #expect(report.records.failed == ["answer_lost": 100])
        #expect(service.books.calls == [.bulk: 2])
    }

    /// The next run knows of it, also where it is another pipeline, and asks by the call that charges once.
    @Test(arguments: [EnrichSettings.WhenAnswerLost.single, .hold, .resend])
    func whatWasHeldIsTakenUpByALaterRun(_ choice: EnrichSettings.WhenAnswerLost) async throws {
        let service = FakeService(misbehaving: [.chargeThenCutBody])
        let input = try runs.leads(200)
        try await runs.run(service, input: input, booksAgree: false) { $0.enrich.whenAnswerLost = .hold }
        let report = try await runs.run(
            service, input: input, booksAgree: choice != .hold, chargesOnce: choice != .resend
        ) {
            $0.name = "another"
            $0.enrich.whenAnswerLost = choice
        }
        #expect(report.records.failed == (choice == .hold ? ["answer_lost": 100] : [:]))
        #expect(service.books.calls[.single] ?? 0 == (choice == .single ? 100 : 0))
        #expect(service.books.calls[.bulk] == (choice == .resend ? 3 : 2))
    }

    /// What was in the air when a run died and was then started over may have been charged.
    @Test func startingOverNeverPaysTwiceForWhatWasInTheAir() async throws {
        let service = FakeService(misbehaving: [.chargeThenCutBody, .unauthorised])
        let input = try runs.leads(200)
        await #expect(throws: RunStop.keyRefused) { try await runs.run(service, input: input, booksAgree: false) }
        let again = try await runs.run(service, input: input, booksAgree: false, fresh: true)
        #expect(!again.run.resumed && again.records.failed.isEmpty)
    }

    @Test func aLostAnswerStaysOpenOverAPauseAndIsSettledByTheCallThatChargesOnce() async throws {
        let service = FakeService(misbehaving: [.chargeThenCutBody], onSingle: [.outOfCredits])
        let input = try runs.leads(100)
        // The bulk is lost, the service has no credits for the single calls: the run pauses with nothing settled.
        let stop = await #expect(throws: RunStop.self) { try await runs.run(service, input: input, booksAgree: false) }
        #expect(stop?.exitCode == 75)
        let report = try await runs.run(service, input: input, booksAgree: false)
        #expect(report.records.failed.isEmpty && service.books.calls[.bulk] == 1)
    }

    @Test func twoPipelinesThatShareTheirPeoplePayForThemOnce() async throws {
        let service = FakeService(latency: .milliseconds(20))
        let input = try runs.leads(1500)
        let folder = runs.folder
        let reports = try await service.serving { url in
            try await withThrowingTaskGroup(of: CreditReport.self) { group in
                for name in ["one", "other"] {
                    var settings = runs.settings(url, input)
                    settings.name = name
                    settings.output = [OutputSettings(path: folder.file("\(name).csv"))]
                    settings.rejects = ""
                    let own = settings
                    group.addTask { try await runs.run(own) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(service.books.charges.values.allSatisfy { $0 == 1 }, "somebody was charged twice")
        #expect(reports.reduce(.zero) { $0 + $1.credits.used } == service.books.credits)
        #expect(reports.allSatisfy { $0.records.read == 1500 && $0.records.failed.isEmpty })
        func values(_ name: String) throws -> [Substring] {
            try folder.read("\(name).csv").split(separator: "\n").map { $0.drop { $0 != "@" } }
        }
        let found = try values("one").map { $0.contains("+1212555") }
        #expect(try values("other").map { $0.contains("+1212555") } == found && found.contains(true))
    }

    @Test func oneBadRecordDoesNotTakeItsNeighboursWithIt() async throws {
        let service = FakeService(unacceptable: ["p37@acme.example"])
        let report = try await runs.run(service, input: runs.leads(100))
        #expect(report.records.failed == ["refused": 1])
        #expect(try runs.rows()[37]["enrichment_reason"] == "refused")
        #expect(service.books.charges.values.allSatisfy { $0 == 1 })
    }

    @Test func aRefusedKeyEndsTheRunAndNothingIsLost() async throws {
        let service = FakeService(misbehaving: [.unauthorised])
        let input = try runs.leads(50)
        await #expect(throws: RunStop.keyRefused) { try await runs.run(service, input: input) }
        #expect(!runs.folder.has("out.csv"))
        let report = try await runs.run(service, input: input)
        #expect(report.run.resumed && report.records.read == 50)
    }

    @Test func noCreditsLeftPausesTheRun() async throws {
        let service = FakeService(misbehaving: [.outOfCredits])
        let input = try runs.leads(50)
        let stop = await #expect(throws: RunStop.self) { try await runs.run(service, input: input) }
        #expect(stop?.exitCode == 75)
        #expect(try await runs.run(service, input: input).records.read == 50)
    }

    @Test(arguments: [0, 8, 100, 555])
    func theBudgetIsNeverExceeded(_ most: Int) async throws {
        let service = FakeService()
        let report = try await runs.run(service, input: runs.leads(300)) {
            $0.enrich.maxCredits = Credits(thousandths: most * 1000)
        }
        #expect(report.credits.used <= Credits(thousandths: most * 1000))
        #expect(report.records.skipped["budget"] ?? 0 > 0)
        #expect(service.books.credits == report.credits.used)
        // A worst case is 8 credits a record, so less than that may be left over.
        #expect(report.credits.used > Credits(thousandths: (most - 8) * 1000))
    }

    /// With the service's own prices nothing is reserved that cannot be spent.
    @Test func aPriceListThatIsRightLetsABudgetBeSpentToItsEnd() async throws {
        let service = FakeService()
        let most = Credits(thousandths: 100_000)
        let report = try await runs.run(service, input: runs.leads(300)) {
            $0.enrich.maxCredits = most
            $0.enrich.api.prices.phone = Credits(thousandths: 5000)
            $0.enrich.api.prices.personalEmail = Credits(thousandths: 1000)
        }
        #expect(report.credits.used <= most && report.credits.used > most - Credits(thousandths: 6000))
    }

    @Test func theLimitsOfTheServiceAreKept() async throws {
        var limits = ServiceLimits.generous
        limits.bulkPerMinute = 4
        limits.minute = .milliseconds(400)
        let kept = limits
        let service = FakeService(limits: kept)
        let report = try await runs.run(service, input: runs.leads(1200)) { $0.enrich.limits = kept }
        #expect(service.books.refusals == 0)
        #expect(service.books.calls == [.bulk: 12])
        #expect(report.requests.refused429 == 0)
    }

    @Test func theDaysQuotaPausesTheRunAndItGoesOnLater() async throws {
        let service = FakeService()
        let input = try runs.leads(250)
        let stop = await #expect(throws: RunStop.self) {
            try await runs.run(service, input: input) { $0.enrich.limits.perDay = 2 }
        }
        #expect(stop?.exitCode == 75)
        let report = try await runs.run(service, input: input, booksAgree: false)
        #expect(service.books.calls == [.bulk: 3])
        #expect(report.credits.used == service.books.credits)
    }

    @Test func peopleWithoutAnAddressAreDiscoveredAndCompaniesAskedOnce() async throws {
        let input = try runs.folder.write(
            "leads.csv",
            "First,Last,Domain\nZelda,Quux,acme.example\nHank,Rutherglen,acme.example\n,,acme.example\n,,\n")
        let service = FakeService()
        let report = try await service.serving { url in
            var settings = runs.settings(url, input)
            settings.enrich.account = true
            let ledger = try Ledger(path: runs.folder.file("l.sqlite"))
            return try await Pipeline(
                settings: settings, ledger: ledger,
                enricher: APIEnricher(.shared, settings: settings.enrich, clock: .wall),
                verifier: nil
            ).run()
        }
        #expect(service.books.calls == [.discover: 2, .account: 1])
        #expect(report.records.skipped == ["no_identity": 2])
        #expect(try runs.rows().map { $0["account_industry"] } == ["Widgets", "Widgets", "Widgets", ""])
        #expect(report.credits.used == service.books.credits)
    }

    @Test func whatCouldNotBeReadGoesToTheRejects() async throws {
        let input = try runs.folder.write(
            "leads.csv", "Name,Email\na,p1@acme.example\nb,p2@acme.example,extra\nc,p3@acme.example\n")
        let report = try await runs.run(FakeService(), input: input)
        #expect(report.records.read == 2 && report.records.rejected == 1)
        #expect(report.inputs.first?.rows == 2 && report.inputs.first?.rejected == 1)
        #expect(
            try runs.folder.read("rejects.csv")
                == "file,line,record,reason,raw\n\(input),3,2,too_many_cells,\"b,p2@acme.example,extra\"\n")
    }

    @Test func aRunThatWasCutOffBeforeItsFilesHadTheirNamesOnlyNamesThem() async throws {
        let service = FakeService()
        let input = try runs.leads(120)
        let first = try await runs.run(service, input: input)
        let bytes = try runs.folder.read("out.csv")
        // As if the process had died between the first and the second name.
        let ledger = try Ledger(path: runs.folder.file("ledger.sqlite"))
        try await ledger.end(1, .whole, now: 0)
        try FileManager.default.moveItem(
            atPath: runs.folder.file("out.jsonl"), toPath: runs.folder.file("out.jsonl.partial"))
        let second = try await runs.run(service, input: input, booksAgree: false)
        #expect(second.run.id == first.run.id && second.records.read == 120)
        #expect(second.credits.used == first.credits.used)
        #expect(try runs.folder.read("out.csv") == bytes)
        #expect(runs.folder.has("out.jsonl") && !runs.folder.has("out.jsonl.partial"))
    }
}
