import EnrichmentAPI
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Ledger
@testable import Pipeline

/// What is said of a run beforehand is what the run then does.
@Suite struct OutlookTests {
    let runs: ServiceRuns

    init() throws { runs = try ServiceRuns() }

    private func outlook(
        _ settings: PipelineSettings, fresh: Bool = false, _ prices: PriceList = PriceList()
    ) async throws -> RunOutlook {
        let ledger = try Ledger(path: runs.folder.file("ledger.sqlite"))
        return try await OutlookRun(settings: settings, ledger: ledger) { prices.worst($0, endpoint: $1) }
            .look(fresh: fresh) { _ in }
    }

    /// People with gaps of all kinds, some of them several times, some under other hints than before.
    private func leads(_ count: Int, _ random: inout SeededRandom, people: Int) throws -> String {
        var text = "First,Last,Email,LinkedIn,Company Domain,Phone\n"
        for _ in 0..<count {
            let person = Int.random(in: 0..<people, using: &random)
            let email = Bool.random(using: &random) ? "p\(person)@acme\(person % 7).example" : ""
            let profile = Int.random(in: 0..<3, using: &random) == 0 ? "https://linkedin.com/in/p-\(person)" : ""
            let phone =
                Int.random(in: 0..<4, using: &random) == 0 ? "+1212555\(String(format: "%04d", 100 + person % 90))" : ""
            text += "Ann,P\(person),\(email),\(profile),acme\(person % 7).example,\(phone)\n"
        }
        return try runs.folder.write("leads.csv", text)
    }

    private func content() async throws -> [String] {
        let ledger = try Ledger(path: runs.folder.file("ledger.sqlite"))
        return try await ledger.read { database in
            let tables = try String.fetchAll(
                database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            return try tables.flatMap { table in
                try Row.fetchAll(database, sql: "SELECT * FROM \"\(table)\"").map { "\(table) \($0)" }
            }
        }
    }

    /// People whom the last run has asked for, by what it asked.
    private func asks() async throws -> [ChannelSet: Int] {
        try await Ledger(path: runs.folder.file("ledger.sqlite")).read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT chunk.channels, count(*) FROM chunk JOIN ask ON ask.chunk = chunk.id
                    WHERE chunk.run = (SELECT max(id) FROM run) AND chunk.endpoint <> 'account' GROUP BY 1
                    """)
            return rows.reduce(into: [:]) { $0[ChannelSet(bits: UInt8($1[0] as Int)), default: 0] += $1[1] as Int }
        }
    }

    @Test(arguments: 1...6) func requestsRowsAndChannelsAreThoseOfTheRun(_ seed: UInt64) async throws {
        let service = FakeService()
        let runs = runs
        try await service.serving { url in
            var random = SeededRandom(seed)
            // Something is known of earlier runs, and then more people come.
            for people in [40, 400] {
                let input = try leads(Int.random(in: 50...900, using: &random), &random, people: people)
                var settings = runs.settings(url, input)
                settings.enrich.account = seed % 2 == 0
                settings.enrich.channels = seed % 3 == 0 ? .all : [.phone, .workEmail]
                settings.identity.dedupe = [.alias, .exact, .off][Int(seed) % 3]
                // The journal of the run is what the outlook is held against.
                let before = try await content()
                let outlook = try await outlook(settings)
                #expect(try await content() == before, "looking has changed the ledger")
                let calls = service.books.calls
                let report = try await runs.run(settings)
                let made = service.books.calls.merging(calls) { $0 - $1 }
                #expect(outlook.requests.bulk == made[.bulk] ?? 0 && outlook.requests.discover == made[.discover] ?? 0)
                #expect(outlook.requests.account == made[.account] ?? 0 && outlook.requests.single == 0)
                #expect(outlook.rows.read == report.records.read)
                #expect(outlook.rows.duplicates == report.records.duplicates)
                #expect(outlook.rows.skipped == report.records.skipped)
                let asks = try await asks()
                for channel in settings.enrich.channels {
                    let asked = asks.reduce(0) { $0 + ($1.key.contains(channel) ? $1.value : 0) }
                    #expect(outlook.channels[channel.rawValue]?.toAsk == asked)
                }
                // All of it is known now, unless every row is somebody new by itself.
                guard settings.identity.dedupe != .off else { continue }
                let after = try await self.outlook(settings)
                #expect(after.requests.all == 0 && after.rows.toAsk == 0 && after.credits.forecast.worst == .zero)
            }
        }
    }

    @Test(arguments: ["api", "embedded"]) func manyBatchesAndFilesAreOneStream(_ engine: String) async throws {
        let runs = runs
        let service = FakeService()
        try await service.serving { url in
            var random = SeededRandom(9)
            // Some ask for something rare, so that requests of their kind wait until the window is full.
            var paths: [String] = []
            for file in 0..<2 {
                var text = "Name,Email,Phone\n"
                for row in 0..<45_000 {
                    let person = file * 45_000 + row - (row % 10 == 9 ? 5 : 0)
                    let phone = Int.random(in: 0..<4000, using: &random) == 0 ? "" : "+12125550123"
                    text += "\"Person, \(person)\",p\(person)@acme.example,\(phone)\n"
                }
                paths.append(try runs.folder.write("leads\(file).csv", text))
            }
            var settings = runs.settings(url, paths[0])
            settings.input.paths = paths
            settings.enrich.channels = [.phone]
            settings.enrich.engine = engine == "api" ? .api : .embedded
            let outlook = try await outlook(settings)
            #expect(outlook.rows.read == 90_000 && outlook.inputs.map(\.rows) == [45_000, 45_000])
            guard engine == "api" else { return }
            let report = try await runs.run(settings)
            #expect(outlook.requests.bulk == service.books.calls[.bulk])
            #expect(outlook.rows.duplicates == report.records.duplicates)
            #expect(outlook.rows.skipped == report.records.skipped)
        }
    }

    @Test func lostAnswersOfEarlierRunsAreAskedForOneByOneInTheOutlookToo() async throws {
        let input = try runs.leads(120)
        let service = FakeService(misbehaving: [.chargeThenCutBody, .chargeThenCutBody])
        let runs = runs
        try await service.serving { url in
            var settings = runs.settings(url, input)
            settings.enrich.channels = [.phone]
            settings.enrich.whenAnswerLost = .hold
            _ = try? await runs.run(settings)
            settings.name = "later"
            settings.enrich.whenAnswerLost = .single
            let outlook = try await outlook(settings)
            let before = service.books.calls
            _ = try await runs.run(settings)
            let made = service.books.calls.merging(before) { $0 - $1 }
            #expect(outlook.requests.single == made[.single] ?? 0 && outlook.requests.single > 0)
            #expect(outlook.requests.bulk == made[.bulk] ?? 0)
        }
    }

    @Test func anUnfinishedRunIsSeenToGoOn() async throws {
        let input = try runs.leads(500)
        let service = FakeService()
        let runs = runs
        try await service.serving { url in
            var settings = runs.settings(url, input)
            settings.enrich.channels = [.phone]
            settings.enrich.limits.perDay = 2
            let short = settings
            await #expect(throws: RunStop.self) { try await runs.run(short) }
            settings.enrich.limits.perDay = 10_000
            let outlook = try await outlook(settings)
            #expect(outlook.goesOn?.hasPrefix("test-") == true)
            #expect(outlook.requests.bulk == 3)
            #expect(outlook.rows.writtenBefore + outlook.rows.read == 500)
            // What was asked counts against the day.
            let day = try await self.outlook(short)
            #expect(day.time?.callsUntilThen == 0 && day.time?.pausesAt != nil)
            let fresh = try await self.outlook(settings, fresh: true)
            #expect(fresh.goesOn == nil && fresh.rows.read == 500 && fresh.requests.bulk == 3)
        }
    }

    @Test func aBudgetCutsOffAsManyAsItDoesInTheRun() async throws {
        let input = try runs.leads(730)
        let service = FakeService()
        let runs = runs
        try await service.serving { url in
            var settings = runs.settings(url, input)
            settings.enrich.channels = [.phone]
            // Everything costs what the price list says, and every fourth is not found.
            var prices = PriceList()
            prices.phone = Credits(thousandths: 5000)
            settings.enrich.api.prices = prices
            settings.enrich.maxCredits = Credits(thousandths: 1_000_000)
            let outlook = try await outlook(settings, prices)
            #expect(outlook.credits.budget == settings.enrich.maxCredits)
            let report = try await runs.run(settings)
            let cut = report.records.skipped["budget"] ?? 0
            #expect(cut > 0 && outlook.credits.cutOffAtMost >= cut)
            #expect(outlook.credits.cutOffAtMost == 730 - 200)
        }
    }
}
