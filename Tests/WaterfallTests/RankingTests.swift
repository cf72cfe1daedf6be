import EnrichmentAPI
import Foundation
import Ledger
import Records
import TestSupport
import Testing
@testable import Waterfall

/// Ranking by what came of contacts.
@Suite struct RankingTests {
    private func evidence(_ provider: String, _ replies: Int, of contacts: Int, _ segment: Segment = Segment())
        -> Evidence
    {
        Evidence(provider: provider, channel: .workEmail, segment: segment, contacts: contacts, replies: replies)
    }

    private func settings(_ rank: WaterfallSettings.Rank, explore: Double = 0) -> WaterfallSettings {
        var settings = WaterfallSettings()
        (settings.rank, settings.explore) = (rank, explore)
        return settings
    }

    private func names(
        _ rank: WaterfallSettings.Rank, _ evidence: [Evidence], _ list: [(String, Int)], _ segment: Segment = Segment()
    ) -> [String] {
        let candidates = list.map { Ranking.Candidate(name: $0.0, price: Credits(thousandths: $0.1)) }
        return Ranking(settings(rank), evidence: evidence).order(candidates, .workEmail, segment).map { list[$0].0 }
    }

    @Test func aLuckyStartIsNotTrustedAndANewProviderStandsWhereTheAverageStands() {
        let evidence = [evidence("good", 300, of: 2000), evidence("bad", 20, of: 1000), evidence("lucky", 1, of: 1)]
        let rates = ReplyRates(evidence)
        #expect(
            rates.rate("lucky", .workEmail) < 0.2 && rates.rate("lucky", .workEmail) > rates.rate("new", .workEmail))
        #expect(abs(rates.rate("good", .workEmail) - 0.15) < 0.005)
        #expect(names(.replyRate, evidence, [("bad", 0), ("new", 0), ("good", 0)]) == ["good", "new", "bad"])
    }

    @Test func withoutOutcomesOrByRuleTheOrderIsThatOfTheFile() {
        let list = [("c", 3), ("a", 1), ("b", 2)]
        #expect(names(.replyRate, [], list) == ["c", "a", "b"])
        #expect(names(.fixed, [evidence("b", 50, of: 100)], list) == ["c", "a", "b"])
    }

    @Test func priceCountsWhereItIsAskedFor() {
        let evidence = [evidence("dear", 200, of: 1000), evidence("cheap", 100, of: 1000)]
        let list = [("dear", 5000), ("cheap", 1000)]
        #expect(names(.replyRate, evidence, list) == ["dear", "cheap"])
        #expect(names(.repliesPerCredit, evidence, list) == ["cheap", "dear"])
    }

    @Test func aCountryIsTheSameHoweverItIsWrittenAndIsWhatAPlaceIsExplainedWith() {
        let rates = ReplyRates([
            evidence("local", 9, of: 30, Segment(country: "germany")),
            evidence("local", 1, of: 10, Segment(country: "deutschland", size: "11-50")),
            evidence("local", 1, of: 1, Segment(country: "atlantis")), evidence("one", 1, of: 1),
        ])
        let german = rates.rate("local", .workEmail, Segment(country: "DE"))
        #expect(german == rates.rate("local", .workEmail, Segment(country: "Germany")))
        #expect(german != rates.rate("local", .workEmail))
        #expect(
            rates.words("local", .workEmail, Segment(country: "DE", size: "11-50"))
                == "11 replies to 41 contacts, 10 to 40 in this country, 1 to 10 of this size")
        #expect(
            rates.words("local", .workEmail, Segment(country: "Atlantis"))
                == "11 replies to 41 contacts, 1 to 1 in this country")
        #expect(rates.words("one", .workEmail, Segment()) == "1 reply to 1 contact")
        #expect(rates.words("new", .workEmail, Segment(country: "DE")) == "no outcomes yet, so the average")
    }

    @Test func aSegmentHasAnOrderOfItsOwnWhereThereIsEvidenceEnough() {
        let germany = Segment(country: "germany", size: "11-50")
        let evidence = [
            evidence("local", 90, of: 300, germany),
            evidence("local", 10, of: 1000, Segment(country: "france", size: "51-200")),
            evidence("global", 30, of: 300, germany),
            evidence("global", 100, of: 1000, Segment(country: "france", size: "51-200")),
        ]
        let list = [("global", 0), ("local", 0)]
        #expect(names(.replyRate, evidence, list, germany) == ["local", "global"])
        #expect(names(.replyRate, evidence, list, Segment(country: "france", size: "51-200")) == ["global", "local"])
        var file = settings(.replyRate)
        file.order.workEmail = list.map(\.0)
        file.providers = list.map { name, _ in
            var provider = ProviderSettings()
            provider.name = name
            return provider
        }
        let standings = ProviderStandings(file, evidence: evidence, use: [], validity: [:], segment: germany).standings
        #expect(standings.map(\.provider) == ["local", "global"])
        // Two contacts of a segment say nothing against a thousand of the provider.
        let few = evidence.filter { $0.segment.country == "france" } + [self.evidence("local", 2, of: 2, germany)]
        #expect(names(.replyRate, few, list, germany) == ["global", "local"])
    }

    @Test(arguments: ["z@acme.example", "z@freemail.example"])
    func theSegmentIsThatOfTheCompanyOfAWorkEmailToo(_ email: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write("t.csv", "Email,Mail\n\(email),found@work.example\n")
        try folder.write("c.csv", "domain,hq_country\nacme.example,Germany\nfreemail.example,Germany\n")
        let path = try folder.write(
            "w.yaml",
            """
            rank: reply_rate
            explore: 0
            providers:
              - {name: global, path: \(folder.file("t.csv")), channels: {work_email: Mail}}
              - {name: local, path: \(folder.file("t.csv")), channels: {work_email: Mail}}
            order: {work_email: [global, local]}
            accounts: [{name: c, path: \(folder.file("c.csv"))}]
            """)
        let germany = Segment(country: "germany")
        let waterfall = try await WaterfallFile.open(
            path, in: folder,
            evidence: [
                evidence("local", 90, of: 300, germany), evidence("global", 3, of: 300, germany),
                evidence("global", 900, of: 3000), evidence("local", 9, of: 3000),
            ])
        let outcome = await waterfall.persons(
            [PersonHints(email: email)], channels: [.workEmail], endpoint: .single, minConfidence: 0)[0]
        // Of an address at a mail provider nobody's company can be told.
        #expect(
            outcome.result.channels[.workEmail]?.value?.source == (email.hasSuffix("acme.example") ? "local" : "global")
        )
    }

    @Test func outcomesMayNameContactsByPhoneAlone() throws {
        let folder = try TemporaryFolder()
        let file = try OutcomeFile(folder.write("o.csv", "Phone,Outcome\n+1 212-555-0142,meeting\n,replied\n"))
        #expect(file.rows.map(\.phone) == ["+12125550142"] && file.withoutContact == 1)
    }

    @Test(arguments: [
        "Email,Status\na@acme.example,active\n", "Email,Sent\na@acme.example,yes\n", "Who,Outcome\na,replied\n",
    ])
    func aFileThatTellsOfNoOutcomeIsRefused(_ text: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("o.csv", text)
        #expect(throws: Diagnostic.self) { try OutcomeFile(path) }
    }

    @Test func othersAreTriedForSomePeopleAndAlwaysTheSameOnes() {
        let candidates = ["a", "b", "c"].map { Ranking.Candidate(name: $0, price: .zero) }
        let ranking = Ranking(settings(.replyRate, explore: 0.2), evidence: [evidence("a", 10, of: 100)])
        let usual = ranking.order(candidates, .workEmail)
        let drawn = (0..<2000).map {
            ranking.order(candidates, .workEmail, Segment(), person: "email:p\($0)", usual: usual)
        }
        let changed = drawn.count { $0 != usual }
        #expect((100..<400).contains(changed), "\(changed)")
        let again = (0..<2000).map {
            ranking.order(candidates, .workEmail, Segment(), person: "email:p\($0)", usual: usual)
        }
        #expect(again == drawn)
        #expect(drawn.allSatisfy { $0.sorted() == [0, 1, 2] })
    }

    /// Three providers whose contacts reply at rates that nobody knows; each week's outcomes are the next week's evidence.
    ///
    /// The file's order is the worst one. What is measured is replies per credit over all weeks, learning included.
    @Test(arguments: 1...5)
    func learningComesToTheBestOrderAndBeatsTheFixedOne(_ seed: UInt64) {
        let providers: [(name: String, price: Double, hit: Double, reply: Double)] = [
            ("list", 3, 0.6, 0.03), ("scans", 2, 0.5, 0.08), ("crm", 1, 0.4, 0.2),
        ]
        let candidates = providers.map {
            Ranking.Candidate(name: $0.name, price: Credits(thousandths: Int($0.price * 1000)))
        }

        func run(_ rule: WaterfallSettings.Rank) -> (repliesPerCredit: Double, last: [Int]) {
            var random = SeededRandom(seed)
            var evidence: [String: Evidence] = [:]
            var replies = 0.0, credits = 0.0
            var last: [Int] = []
            for week in 0..<20 {
                let ranking = Ranking(settings(rule, explore: 0.1), evidence: Array(evidence.values))
                last = ranking.order(candidates, .workEmail)
                for person in 0..<250 {
                    let order = ranking.order(
                        candidates, .workEmail, Segment(), person: "week \(week) person \(person)", usual: last)
                    // Who is found where does not depend on the order.
                    let isHit = providers.map { Double.random(in: 0..<1, using: &random) < $0.hit }
                    let doesReply = providers.map { Double.random(in: 0..<1, using: &random) < $0.reply }
                    var spent = 0.0
                    for index in order {
                        spent += providers[index].price
                        guard isHit[index] else { continue }
                        credits += spent
                        replies += doesReply[index] ? 1 : 0
                        var part =
                            evidence[providers[index].name] ?? self.evidence(providers[index].name, 0, of: 0)
                        part.contacts += 1
                        part.replies += doesReply[index] ? 1 : 0
                        evidence[providers[index].name] = part
                        break
                    }
                }
            }
            return (replies / credits, last)
        }
        let fixed = run(.fixed), learning = run(.replyRate), priced = run(.repliesPerCredit)
        #expect(learning.last == [2, 1, 0] && priced.last == [2, 1, 0])
        #expect(learning.repliesPerCredit > fixed.repliesPerCredit * 2)
        #expect(priced.repliesPerCredit > fixed.repliesPerCredit * 2)
    }

    @Test func outcomesAreReadAndFindTheProviderThatGaveTheContact() async throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger(path: folder.file("ledger.sqlite"))
        let service = try ServiceLedger(beside: ledger.path)
        let run = try await ledger.begin(
            RunIdentity(pipeline: "p", workspace: "w", engine: "embedded", key: "k", inputs: "[]"), fresh: false, now: 0
        )
        let values = ["ada@acme.example": "a", "bob@acme.example": "b", "+12125550142": "b"]
        let asks = (1...values.count).map { Intent.Ask(identity: Int64($0), row: $0) }
        let channels: ChannelSet = [.workEmail, .phone]
        let results = values.sorted { $0.key < $1.key }.map { value, source in
            let channel = value.contains("@") ? Channel.workEmail : .phone
            return PersonResult(
                recordID: "r",
                channels: [channel: .found(ChannelValue(value: value, source: source, confidence: 1, enrichedAt: ""))],
                creditsUsed: .zero)
        }
        _ = try await ledger.record(
            [
                (
                    Intent(run: run.id, endpoint: .bulk, channels: channels, asks: asks, worst: .zero),
                    .persons(results, costs: [])
                )
            ], budget: Budget(), now: 1)
        let path = try folder.write(
            "outcomes.csv",
            """
            Email,Phone,Outcome,Date,Country,Employees
            Ada@acme.example,,Replied,2026-11-01,Germany,30
            bob@acme.example,,bounced,2026-11-01,,
            bob@acme.example,,no reply,2026-11-02,,
            stranger@acme.example,,replied,,,
            ,+1 212-555-0142,meeting booked,,,
            ada@acme.example,,who knows,,,

            """)
        let file = try OutcomeFile(path)
        #expect(file.rows.count == 5 && file.withoutOutcome == 1 && file.withoutContact == 0)
        let first = try await file.take(into: service, from: ledger, waterfall: nil)
        #expect(first == OutcomeFile.Import(contacts: 4, new: 3, replies: 2, unknown: 1))
        let again = try await file.take(into: service, from: ledger, waterfall: nil)
        #expect(again.new == 0)
        // Another provider was asked since, and what the first one gave came from it all the same.
        let later = PersonResult(
            recordID: "r",
            channels: [
                .workEmail: .found(ChannelValue(value: "new@acme.example", source: "c", confidence: 1, enrichedAt: ""))
            ], creditsUsed: .zero)
        _ = try await ledger.record(
            [
                (
                    Intent(
                        run: run.id, endpoint: .bulk, channels: [.workEmail],
                        asks: asks.map { Intent.Ask(identity: $0.identity, row: $0.row + 10) }, worst: .zero),
                    .persons(asks.map { _ in later }, costs: [])
                )
            ], budget: Budget(), now: 2)
        let sources = try await ledger.sources(of: ["ada@acme.example", "new@acme.example"])
        #expect(sources.mapValues(\.provider) == ["ada@acme.example": "a", "new@acme.example": "c"])
        let evidence = try await service.evidence()
        #expect(
            evidence == [
                Evidence(
                    provider: "a", channel: .workEmail, segment: Segment(country: "germany", size: "11-50"),
                    contacts: 1,
                    replies: 1), Evidence(provider: "b", channel: .workEmail, contacts: 1, replies: 0),
                Evidence(provider: "b", channel: .phone, contacts: 1, replies: 1),
            ])
    }
}
