import Connect
import EnrichmentAPI
import Foundation
import Ledger
import Records
import TestSupport
import Testing

@testable import Pipeline

/// Every number of the report, counted again from the rows and from what the other side kept.
@Suite struct ReportNumbersTests {
    let runs: WrittenRuns

    init() throws { runs = try WrittenRuns() }

    private func number(_ text: String?) -> Double { Double(text ?? "") ?? 0 }

    /// - Parameter discover: whether people are searched for by name, which is charged for every channel.
    private func runWithEverything(discover: Bool = true) async throws -> (
        report: CreditReport, rows: [[String: String]]
    ) {
        var settings = try runs.settings(
            WrittenRuns.people(300) + "7,,,,,,,nobody\n8,Zelda2,Quux,p2@acme2.example,,Acme 2,,again\n")
        settings.verify = VerifySettings()
        settings.enrich.account = true
        settings.enrich.discover = discover
        settings.rejects = runs.folder.file("rejects.csv")
        settings.report = runs.folder.file("report")
        let report = try await runs.run(
            settings,
            verifier: Mailroom { email in
                let number = Int(email.filter(\.isNumber)) ?? 0
                return .said([Verdict.valid, .invalid, .unknown, .catchAll][number % 4])
            })
        return (report, try runs.rows("out.csv"))
    }

    @Test func everyNumberOfTheReportCanBeCountedInTheRows() async throws {
        let (report, rows) = try await runWithEverything()
        let records = report.records
        #expect(records.read == rows.count)
        #expect(records.enriched == rows.count { $0["enrichment_status"] == "enriched" })
        #expect(records.unmatched == rows.count { $0["enrichment_status"] == "unmatched" })
        #expect(records.duplicates == rows.count { $0["enrichment_origin"] == "duplicate" })
        #expect(records.fromCache == rows.count { $0["enrichment_origin"] == "cache" })
        let skipped = Dictionary(grouping: rows.filter { $0["enrichment_status"] == "skipped" }) {
            $0["enrichment_reason"] ?? ""
        }
        #expect(records.skipped == skipped.mapValues(\.count) && records.skipped["no_identity"] == 1)
        #expect(records.examples["no_identity"] == [301])
        #expect(
            report.credits.used.description == Credits(rows.reduce(0) { $0 + number($1["credits_used"]) })?.description)
        for channel in [Channel.workEmail, .phone] {
            let name = channel.rawValue
            let part = try #require(report.channels[name])
            let finds = rows.filter { $0["enriched_\(name)"] != "" }
            #expect(part.found == finds.count && part.asked >= part.found)
            #expect(abs(part.hitRate - Double(part.found) / Double(part.asked)) < 0.0001)
            guard channel.isEmail else { continue }
            #expect(part.verified == finds.count { $0["enriched_\(name)_verified"] == "true" })
            #expect(part.invalid == finds.count { $0["enriched_\(name)_verified"] == "false" })
            #expect(part.unknown + part.catchAll == finds.count { $0["enriched_\(name)_verified"] == "" })
            #expect(part.catchAll > 0 && part.unknown > 0)
        }
        for (source, part) in report.sources {
            let found = rows.reduce(0) { count, row in
                count + ["work_email", "phone"].count { row["enriched_\($0)_source"] == source }
            }
            #expect(part.found == found)
        }
    }

    @Test func partsOfTheCreditsAddUpToTheWhole() async throws {
        let (report, rows) = try await runWithEverything()
        let credits = report.credits
        #expect(credits.byEndpoint.values.reduce(.zero, +) == credits.used)
        let accounts = credits.byEndpoint["account"] ?? .zero
        #expect(credits.byChannel.values.reduce(.zero, +) + accounts + credits.forNothing == credits.used)
        #expect(credits.bySource.values.reduce(.zero, +) + accounts + credits.forNothing == credits.used)
        #expect(credits.split == "estimated" && rows.contains { $0["enrichment_origin"] == "duplicate" })
    }

    @Test func whatIsKnownAlreadySavesWhatItCost() async throws {
        let first = try await runWithEverything(discover: false).report
        let second = try await runWithEverything(discover: false).report
        #expect(second.credits.used == .zero)
        let accounts = first.credits.byEndpoint["account"] ?? .zero
        // Sums of even shares lose less than a thousandth a find.
        let paid = (first.credits.used - accounts).thousandths + first.credits.savedByDedupe.thousandths
        #expect(abs(second.credits.savedByCache.thousandths - paid) < 400)
    }

    @Test func theTableSaysTheSameAsTheReport() async throws {
        let report = try await runWithEverything().report
        let rows = try runs.rows("report.csv")
        #expect(
            rows.filter { $0["kind"] == "endpoint" }.reduce(0) { $0 + number($1["credits"]) }
                == Double(report.credits.used.thousandths) / 1000)
        let email = try #require(rows.first { $0["name"] == "work_email" })
        let part = try #require(report.channels["work_email"])
        #expect(email["found"] == "\(part.found)" && email["valid"] == "\(part.verified)")
        let each = number(email["credits"]) / Double(part.verified)
        #expect(abs(number(email["credits_per_valid"]) - each) <= 0.006)
        #expect(rows.last?["credits"] == "\(report.credits.used)")
    }

    @Test func thePageStandsAlone() async throws {
        let report = try await runWithEverything().report
        let page = try runs.folder.read("report.html")
        for word in ["http://", "https://", "<script", "src=", "@import", "url("] { #expect(!page.contains(word)) }
        #expect(page.contains("<svg") && page.contains("prefers-color-scheme: dark") && page.contains("@media print"))
        #expect(page.contains(">\(report.channels["work_email"]?.verified ?? -1)<"))
        // People are named by the numbers of their rows alone.
        for row in try runs.rows("out.csv") {
            for value in [row["Email"], row["enriched_work_email"], row["enriched_phone"]] {
                if let value, !value.isEmpty { #expect(!page.contains(value)) }
            }
        }
        #expect(!page.contains("{{") && page.hasSuffix("</html>\n"))
    }

    @Test func namesInThePageCannotBreakIt() async throws {
        var settings = try runs.settings("Email,Company Name\np1@acme.example,Acme\n", name: "a<b>&\".csv")
        settings.name = "<script>alert(1)</script>"
        settings.report = runs.folder.file("report")
        try await runs.run(settings)
        let page = try runs.folder.read("report.html")
        #expect(!page.contains("<script>") && page.contains("&lt;script&gt;"))
    }

    // MARK: The bill

    @Test func chargesBeyondTheListAreListedRowByRow() async throws {
        var settings = try runs.settings(WrittenRuns.people(120))
        settings.report = runs.folder.file("report")
        let fair = try await runs.run(settings)
        #expect(fair.audit?.disputedCount == 0 && !runs.folder.has("report.disputed.csv"))
        settings.enrich.force = true
        settings.name = "dear"
        let dear = try await runs.run(settings, enricher: Finder(isDear: true))
        let audit = try #require(dear.audit)
        let charged = try runs.rows("out.csv").enumerated().filter { number($0.element["credits_used"]) > 0 }
        #expect(audit.disputedCount == charged.count && !charged.isEmpty)
        let listed = try runs.rows("report.disputed.csv")
        #expect(listed.compactMap { Int($0["row"] ?? "") } == charged.map { $0.offset + 1 })
        #expect(zip(listed, charged).allSatisfy { $0["charged"] == $1.element["credits_used"] })
        #expect(listed.allSatisfy { $0["reason"] == "dearer_than_list" })
    }

    @Test func aChargeForNothingIsDisputed() {
        let prices = PriceList()
        let charges = [
            Charge(
                row: 1, endpoint: .bulk, recordID: "a", credits: Credits(thousandths: 1000), paidFor: [],
                hasFound: false),
            Charge(
                row: 2, endpoint: .bulk, recordID: "b", credits: Credits(thousandths: 3000), paidFor: [.workEmail],
                hasFound: true),
            Charge(
                row: 3, endpoint: .discover, recordID: "c", credits: Credits(thousandths: 6000), paidFor: [.workEmail],
                hasFound: true),
            Charge(
                row: 4, endpoint: .bulk, recordID: "d", credits: Credits(thousandths: 3001), paidFor: [.workEmail],
                hasFound: true),
        ]
        let audit = BillAudit(charges.compactMap { BillAudit.dispute($0, prices) }, prices: prices)
        #expect(audit.disputed.map(\.row) == [1, 4])
        #expect(audit.disputed.map(\.reason) == ["charged_for_nothing", "dearer_than_list"])
        #expect(audit.overcharged == Credits(thousandths: 1001))
    }

    // MARK: Forecast

    /// Also where everything is asked for again, so that no answer of the earlier run is the newest one.
    @Test func aLaterRunIsForecastByTheEarlierOne() async throws {
        var settings = try runs.settings(WrittenRuns.people(600))
        settings.enrich.discover = false
        let first = try await runs.run(settings)
        settings.enrich.force = true
        let second = try await runs.run(settings)
        let used = Double(second.credits.used.thousandths)
        #expect(second.credits.used == first.credits.used && used > 0)
        let (before, after) = (first.credits.forecast, second.credits.forecast)
        #expect(abs(Double(after.expected.thousandths) - used) < used * 0.05)
        #expect(abs(Double(after.expected.thousandths) - used) < abs(Double(before.expected.thousandths) - used))
        #expect(after.high - after.low < before.high - before.low)
        #expect(after.low <= second.credits.used && second.credits.used <= after.high)
    }

    /// Nine of ten bills lie between low and high, however the rates are drawn.
    @Test func theForecastHoldsAsOftenAsItSays() {
        var random = SeededRandom(11)
        var within = 0
        let rounds = 2000
        for _ in 0..<rounds {
            let rate = Double.random(in: 0.05...0.95, using: &random)
            let known = Int.random(in: 0...400, using: &random), asked = Int.random(in: 20...800, using: &random)
            let found = (0..<known).count { _ in Double.random(in: 0..<1, using: &random) < rate }
            let bill = (0..<asked).count { _ in Double.random(in: 0..<1, using: &random) < rate } * 2
            let forecast = Forecast([
                Forecast.Question(asked: asked, known: known, found: found, price: 2, most: 3)
            ])
            #expect(forecast.low <= forecast.expected && forecast.expected <= forecast.high)
            if (forecast.low.thousandths...forecast.high.thousandths).contains(bill * 1000) { within += 1 }
        }
        let share = Double(within) / Double(rounds)
        #expect((0.86...0.96).contains(share), "\(share)")
    }
}
