import Connect
import EnrichmentAPI
import Foundation
import Ledger
import Records
import Settings
import Synchronization
import TestSupport
import Testing
@testable import Waterfall

/// Vendors' APIs by template, against one on loopback.
@Suite struct VendorTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func asking(
        _ vendor: FakeVendor, _ settings: String, people: [PersonHints], channels: ChannelSet = [.workEmail, .phone],
        endpoint: Endpoint = .bulk, more: String = "", goesOn: @escaping @Sendable () -> Bool = { true }
    ) async throws -> [Waterfall.Outcome] {
        try await vendor.serving { url in
            let path = try folder.write("w.yaml", settings.replacing("URL", with: url) + more)
            var opening = try WaterfallFile.opening(path, in: folder, environment: ["VENDOR_KEY": "k-123"])
            opening.goesOn = goesOn
            return try await opening.with {
                await $0.persons(people, channels: channels, endpoint: endpoint, minConfidence: 0.5)
            }
        }
    }

    private let single = """
        providers:
          - name: v
            kind: http
            http:
              url: "URL/find?domain={company_domain}"
              headers: {Authorization: "Bearer ${VENDOR_KEY}"}
              body: {email: "{email}", names: ["{first_name}", "{last_name}"], limit: 1, deep: {url: "{linkedin_url}"}}
              miss: {status: [404], pointer: /status, values: [not_found]}
              confidence: /score
              confidence_scale: 100
              updated_at: /seen
              timeout: 60s
            channels: {work_email: /data/email, phone: /data/phones/0}
            prices: {work_email: 2, phone: 3}
        order: {work_email: [v], phone: [v]}
        """

    @Test func aRequestIsMadeByTemplateAndItsAnswerReadByPointer() async throws {
        let vendor = FakeVendor { _ in
            FakeVendor.Reply(
                #"{"score": 90, "seen": "2026-01-01", "data": {"email": "ADA@Work.Example", "phones": ["(212) 555-0142"]}}"#
            )
        }
        let ada = PersonHints(email: "ada+x@acme.example", companyDomain: "acme&co.example", firstName: "Ada \"A\"")
        let result = try await asking(vendor, single, people: [ada])[0].result
        #expect(
            result.channels[.workEmail]?.value
                == ChannelValue(value: "ada@work.example", source: "v", confidence: 0.9, enrichedAt: "2026-01-01"))
        #expect(result.channels[.phone]?.value?.value == "+12125550142")
        #expect(result.creditsUsed == Credits(thousandths: 5000))
        let call = try #require(vendor.calls.first)
        // One call for both channels; hints that are missing are left out, others fit their place.
        #expect(vendor.calls.count == 1 && call.query == "domain=acme%26co.example")
        #expect(call.fields["authorization"] == "Bearer k-123")
        #expect(
            call.body == #"{"deep":{},"email":"ada+x@acme.example","limit":1,"names":["Ada \"A\""]}"#)
    }

    @Test(arguments: [
        FakeVendor.Reply("", status: 404),
        FakeVendor.Reply(#"{"status": "not_found", "data": {"email": "x@y.example"}}"#),
        FakeVendor.Reply(#"{"data": {"email": "no email"}}"#),
        FakeVendor.Reply(#"{"score": 20, "data": {"email": "a@b.example"}}"#),
        FakeVendor.Reply("<html>", status: 200), FakeVendor.Reply("", status: 500), FakeVendor.Reply("", status: 403),
        FakeVendor.Reply("{}", delay: .seconds(5)),
    ])
    func whateverGoesWrongIsAMissForThisPersonAndTheNextProviderIsTried(_ reply: FakeVendor.Reply) async throws {
        try folder.write("t.csv", "Email,Found\na@acme.example,found@work.example\n")
        let more = """

            """
        let settings =
            // Nobody waits longer than they must where it is waiting that goes wrong.
            single.replacing("timeout: 60s", with: reply.delay > .zero ? "timeout: 500ms" : "timeout: 60s")
            .replacing("order: {work_email: [v], phone: [v]}", with: "")
                + """
                  - {name: t, path: \(folder.file("t.csv")), channels: {work_email: Found}, prices: {work_email: 1}}
                order: {work_email: [v, t], phone: [v]}
                """
        let person = PersonHints(email: "a@acme.example", companyDomain: "acme.example")
        let result = try await asking(FakeVendor { _ in reply }, settings, people: [person], more: more)[0].result
        #expect(result.channels[.workEmail]?.value?.source == "t")
        #expect(result.channels[.phone] == .missed(tried: ["v"]))
        // Who failed is not paid for on the way to a hit.
        let hasFailed = [500, 403].contains(reply.status) || reply.body == "<html>" || reply.delay > .zero
        #expect(result.creditsUsed == Credits(thousandths: hasFailed ? 1000 : 3000))
    }

    @Test(arguments: [
        (FakeVendor.Reply("", status: 500), ProviderFailure.Why.unavailable), (.init("", status: 401), .refused),
        (.init("<html>"), .unreadable), (.init("{}", delay: .seconds(5)), .timeout),
    ])
    func whyAVendorCouldNotBeAskedIsSaid(_ reply: FakeVendor.Reply, _ why: ProviderFailure.Why) async throws {
        let settings = single.replacing(
            "timeout: 60s", with: reply.delay > .zero ? "timeout: 500ms" : "timeout: 60s")
        let person = PersonHints(email: "a@acme.example", companyDomain: "acme.example")
        let result = try await asking(FakeVendor { _ in reply }, settings, people: [person])[0].result
        #expect(result.failures == [ProviderFailure(provider: "v", why: why)])
        #expect(result.failures(of: .workEmail) == result.failures && result.failures(of: .personalEmail).isEmpty)
    }

    @Test(arguments: [(503, ProviderFailure.Why.unavailable), (401, .refused)])
    func aVendorThatIsDownIsNotAskedForEverybodyInTurn(_ status: Int, _ why: ProviderFailure.Why) async throws {
        let vendor = FakeVendor { _ in FakeVendor.Reply("", status: status) }
        let people = (0..<200).map { PersonHints(email: "p\($0)@acme.example", companyDomain: "acme.example") }
        let outcomes = try await asking(vendor, single, people: people)
        #expect(outcomes.allSatisfy { $0.result.failures == [ProviderFailure(provider: "v", why: why)] })
        // Those that were in the air when it was noticed came back too.
        #expect(vendor.calls.count <= 5 + 8)
    }

    @Test func answersThatCannotBeReadAreAVendorThatIsDownToo() async throws {
        let vendor = FakeVendor { _ in FakeVendor.Reply("<html>") }
        let people = (0..<200).map { PersonHints(email: "p\($0)@acme.example", companyDomain: "acme.example") }
        let outcomes = try await asking(vendor, single, people: people)
        #expect(outcomes.allSatisfy { $0.result.failures == [ProviderFailure(provider: "v", why: .unreadable)] })
        #expect(vendor.calls.count <= 5 + 8)
    }

    @Test func whoWaitsInLineForAVendorThatTurnsOutToBeDownDoesNotWaitForItAsWell() async throws {
        let vendor = FakeVendor { _ in FakeVendor.Reply("{}", delay: .seconds(5)) }
        let settings = single.replacing("timeout: 60s", with: "timeout: 500ms")
        let outcomes = try await vendor.serving { url in
            let path = try folder.write("w.yaml", settings.replacing("URL", with: url))
            return try await WaterfallFile.opening(path, in: folder, environment: ["VENDOR_KEY": "k"]).with {
                waterfall in
                await withTaskGroup { group in
                    for number in 0..<60 {
                        let person = PersonHints(email: "p\(number)@acme.example", companyDomain: "acme.example")
                        group.addTask {
                            await waterfall.persons(
                                [person], channels: [.phone], endpoint: .single, minConfidence: 0)[0]
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
            }
        }
        #expect(outcomes.allSatisfy { $0.result.failures == [ProviderFailure(provider: "v", why: .timeout)] })
        // Eight at once, and those who took the places of the first of them.
        #expect(vendor.calls.count <= 8 + 5)
    }

    @Test func whoIsNotAskedIsNotCountedAgainstTheMinute() async {
        // Whoever had to wait for the next minute would wait until tomorrow.
        let pacer = CallPacer(width: 8, perMinute: 2, minute: .seconds(86_400))
        let isDown = Mutex(false)
        func ask() async -> Bool? { await pacer.pass(unless: { isDown.withLock { $0 } }, { true }) }
        #expect(await ask() == true)
        isDown.withLock { $0 = true }
        for _ in 0..<100 { #expect(await ask() == nil) }
        isDown.withLock { $0 = false }
        #expect(await ask() == true)
    }

    @Test func asManyCompaniesAsThereAreAreAskedFor() async throws {
        let vendor = FakeVendor { _ in FakeVendor.Reply(#"{"sector": "Widgets"}"#) }
        let found = try await vendor.serving { url in
            let path = try folder.write(
                "w.yaml",
                """
                accounts:
                  - name: v
                    kind: http
                    http: {method: GET, url: "\(url)/{company_domain}", timeout: 60s}
                    fields: {industry: /sector}
                """)
            return try await WaterfallFile.opening(path, in: folder).with {
                await $0.accounts(domains: (0..<600).map { "c\($0).example" })
            }
        }
        #expect(found.allSatisfy { $0.result?.fields == ["industry": "Widgets"] && $0.failures.isEmpty })
    }

    @Test func aRefusalThatIsAboutThePersonTellsNothingOfTheVendor() async throws {
        let vendor = FakeVendor { call in
            call.query.hasSuffix("bad.example")
                ? FakeVendor.Reply("", status: 422)
                : FakeVendor.Reply(#"{"score": 90, "data": {"email": "ada@work.example"}}"#)
        }
        let people = (0..<40).map { number in
            PersonHints(email: "p\(number)@acme.example", companyDomain: number < 39 ? "bad.example" : "acme.example")
        }
        let outcomes = try await asking(vendor, single, people: people)
        #expect(vendor.calls.count == 40 && outcomes[39].result.channels[.workEmail]?.value != nil)
        #expect(outcomes[0].result.failures == [ProviderFailure(provider: "v", why: .refused)])
    }

    @Test func itIsToldForWhomAVendorWouldBeAskedWithoutAskingIt() async throws {
        let vendor = FakeVendor { _ in FakeVendor.Reply("{}") }
        try folder.write(
            "t.csv", "Email,Found,Tel\na@acme.example,found@work.example,+12125550142\nb@acme.example,b@work.example,\n"
        )
        let needs = try await vendor.serving { url in
            let settings =
                single.replacing("URL", with: url)
                .replacing("order: {work_email: [v], phone: [v]}", with: "") + """
                      - {name: t, path: \(folder.file("t.csv")), channels: {work_email: Found, phone: Tel}}
                    order: {work_email: [t, v], phone: [t, v]}
                    accounts:
                      - {name: c, path: \(folder.file("c.csv"))}
                      - {name: w, kind: http, http: {method: GET, url: "\(url)/{company_domain}"}, fields: {industry: /x}}
                    """
            try folder.write("c.csv", "domain,industry\nacme.example,Widgets\n")
            let path = try folder.write("w.yaml", settings)
            return try await WaterfallFile.opening(path, in: folder, environment: ["VENDOR_KEY": "k"]).with {
                waterfall in
                let people = ["a", "b", "c"].map { PersonHints(email: "\($0)@acme.example") }
                func ask(_ channels: ChannelSet) async -> [Bool] {
                    await waterfall.needsOthers(people, channels: channels, endpoint: .bulk, minConfidence: 0)
                }
                return [
                    await ask([.workEmail, .phone]), await ask([.workEmail]), await ask([.personalEmail]),
                    await waterfall.needsOthers(domains: ["acme.example", "nobody.example"]),
                ]
            }
        }
        #expect(needs == [[false, true, true], [false, false, true], [false, false, false], [false, true]])
        #expect(vendor.calls.isEmpty)
    }

    @Test func aVendorThatTurnsACallAwayIsLeftAloneAndAskedOnceMore() async throws {
        let isFirst = Mutex(true)
        let vendor = FakeVendor { _ in
            isFirst.withLock { first in
                defer { first = false }
                return first
                    ? FakeVendor.Reply("", status: 429, retryAfter: "0.2")
                    : FakeVendor.Reply(#"{"score": 90, "data": {"email": "ada@work.example"}}"#)
            }
        }
        let person = PersonHints(email: "a@acme.example", companyDomain: "acme.example")
        let start = ContinuousClock.now
        let result = try await asking(vendor, single, people: [person])[0].result
        #expect(result.channels[.workEmail]?.value?.value == "ada@work.example" && result.failures.isEmpty)
        #expect(vendor.calls.count == 2 && ContinuousClock.now - start >= .milliseconds(200))
    }

    @Test func aVendorThatWantsToBeLeftAloneForLongIsNotWaitedFor() async throws {
        let vendor = FakeVendor { _ in FakeVendor.Reply("", status: 429, retryAfter: "3600") }
        let person = PersonHints(email: "a@acme.example", companyDomain: "acme.example")
        let result = try await asking(vendor, single, people: [person])[0].result
        #expect(result.failures == [ProviderFailure(provider: "v", why: .unavailable)] && vendor.calls.count == 1)
    }

    @Test func whoeverStopsDoesNotWaitForAVendorsMinute() async throws {
        let mayGoOn = Atomic(true)
        let vendor = FakeVendor { _ in
            mayGoOn.store(false, ordering: .releasing)
            return FakeVendor.Reply(#"{"score": 90, "data": {"email": "ada@work.example"}}"#)
        }
        let people = (0..<20).map { PersonHints(email: "a\($0)@acme.example", companyDomain: "acme.example") }
        let slow = single.replacing("      url:", with: "      per_minute: 1\n      url:")
        let outcomes = try await asking(
            vendor, slow, people: people, goesOn: { mayGoOn.load(ordering: .acquiring) })
        #expect(vendor.calls.count == 1)
        #expect(outcomes.count { $0.result.channels[.workEmail]?.value != nil } == 1)
        // They may be found when it goes on.
        #expect(
            outcomes.count { $0.result.failures(of: .workEmail) == [ProviderFailure(provider: "v", why: .stopped)] }
                == 19)
    }

    @Test func whoCannotBeAskedForIsNotTried() async throws {
        let vendor = FakeVendor { _ in FakeVendor.Reply("{}") }
        let outcome = try await asking(vendor, single, people: [PersonHints(email: "a@acme.example")])[0]
        #expect(vendor.calls.isEmpty && outcome.result.channels[.workEmail] == .missed(tried: []))
    }

    @Test func severalPeopleGoInOneCallWhereTheVendorTakesThem() async throws {
        let vendor = FakeVendor { call in
            let object = try? JSONSerialization.jsonObject(with: Data(call.body.utf8)) as? [String: [[String: String]]]
            let people = object?["people"] ?? []
            let answers = people.map { #"{"email": "found-\#($0["e"]?.prefix { $0 != "@" } ?? "")@work.example"}"# }
            return FakeVendor.Reply("{\"results\": [\(answers.joined(separator: ","))]}")
        }
        let settings = """
            providers:
              - name: v
                kind: http
                http:
                  url: URL/bulk
                  concurrency: 3
                  timeout: 60s
                  body: {people: "{records}"}
                  batch: {size: 10, record: {e: "{email}"}, results: /results}
                channels: {work_email: /email}
            order: {work_email: [v]}
            """
        let people = (0..<95).map { PersonHints(email: "p\($0)@acme.example") }
        let outcomes = try await asking(vendor, settings, people: people, channels: [.workEmail])
        #expect(vendor.calls.count == 10 && vendor.mostInTheAir <= 3)
        for (number, outcome) in outcomes.enumerated() {
            #expect(outcome.result.channels[.workEmail]?.value?.value == "found-p\(number)@work.example")
        }
    }

    @Test func anAnswerForAnotherNumberOfPeopleIsNobodys() async throws {
        let vendor = FakeVendor { _ in FakeVendor.Reply(#"{"results": [{"email": "a@work.example"}]}"#) }
        let settings = """
            providers:
              - name: v
                kind: http
                http: {url: URL/bulk, body: {people: "{records}"}, batch: {size: 10, record: {e: "{email}"}, results: /results}}
                channels: {work_email: /email}
            order: {work_email: [v]}
            """
        let people = (0..<2).map { PersonHints(email: "p\($0)@acme.example") }
        for outcome in try await asking(vendor, settings, people: people, channels: [.workEmail]) {
            #expect(outcome.result.channels[.workEmail] == .missed(tried: ["v"]))
        }
    }

    @Test func aVendorOfCompaniesIsAskedWhereNoTableKnowsThem() async throws {
        let vendor = FakeVendor { call in
            call.path == "/acme.example"
                ? FakeVendor.Reply(#"{"org": {"sector": "Widgets", "staff": 120, "tools": ["a", "b"], "x": null}}"#)
                : FakeVendor.Reply("", status: 404)
        }
        try folder.write("c.csv", "domain,industry\numbra.example,Umbrellas\n")
        let found = try await vendor.serving { url in
            let path = try folder.write(
                "w.yaml",
                """
                accounts:
                  - {name: c, path: \(folder.file("c.csv")), price: 0.5}
                  - name: v
                    kind: http
                    http: {method: GET, url: "\(url)/{company_domain}", timeout: 60s}
                    fields: {industry: /org/sector, employee_count: /org/staff, tech_stack: /org/tools, hq_city: /org/x}
                    price: 2
                """)
            return try await WaterfallFile.opening(path, in: folder).with {
                await $0.accounts(domains: ["umbra.example", "acme.example", "nobody.example"])
            }
        }
        #expect(found[0].result?.fields == ["industry": "Umbrellas"])
        #expect(found[0].result?.creditsUsed == Credits(thousandths: 500))
        #expect(found[1].result?.fields == ["industry": "Widgets", "employee_count": "120", "tech_stack": "a;b"])
        #expect(found[1].result?.creditsUsed == Credits(thousandths: 2000) && found[2] == AccountAnswer(nil))
        #expect(vendor.calls.count == 2)
    }

    @Test func aVendorOfCompaniesThatFailsSaysSoAndACompanyWithoutAFieldIsNotKnown() async throws {
        let vendor = FakeVendor { _ in FakeVendor.Reply("", status: 500) }
        // Of umbra.example the first table knows no more than that it is there.
        try folder.write("c.csv", "domain,industry\numbra.example,\n")
        try folder.write("d.csv", "domain,industry\numbra.example,Umbrellas\n")
        let found = try await vendor.serving { url in
            let path = try folder.write(
                "w.yaml",
                """
                accounts:
                  - {name: c, path: \(folder.file("c.csv")), price: 0.5}
                  - {name: d, path: \(folder.file("d.csv")), price: 0.5}
                  - name: v
                    kind: http
                    http: {method: GET, url: "\(url)/{company_domain}", timeout: 60s}
                    fields: {industry: /sector}
                """)
            return try await WaterfallFile.opening(path, in: folder).with {
                await $0.accounts(domains: ["umbra.example", "acme.example"])
            }
        }
        #expect(found[0].result?.accountID == "d:umbra.example" && !found[0].isTentative)
        #expect(found[1] == AccountAnswer(nil, failures: [ProviderFailure(provider: "v", why: .unavailable)]))
        #expect(found[1].isTentative)
    }

    @Test func noMoreCallsLeaveThanAMinuteAllows() async throws {
        let pacer = CallPacer(width: 8, perMinute: 5, minute: .milliseconds(300))
        let clock = ContinuousClock()
        let times = await withTaskGroup { group in
            for _ in 0..<14 { group.addTask { await pacer.pass { clock.now } } }
            return await group.reduce(into: [ContinuousClock.Instant]()) { $0 += $1.map { [$0] } ?? [] }.sorted()
        }
        for (index, time) in times.enumerated() where index >= 5 {
            #expect(time - times[index - 5] >= .milliseconds(295), "\(index)")
        }
    }

    @Test(arguments: [
        ("http: {}", "has no http.url"), ("http: {url: \"ftp://x\"}", "begins with https"),
        ("http: {url: \"https://x.example/{emial}\"}", "no placeholder {emial}"),
        ("http: {url: \"https://x.example\", method: GET, body: {a: 1}}", "GET has no body"),
        ("http: {url: \"https://x.example\", batch: {size: 5}}", "needs record and results"),
        ("http: {url: \"https://x.example/{email}\", confidence: score}", "http.confidence is no JSON pointer"),
        ("http: {url: \"https://x.example/{email}\", miss: {status: [abc]}}", "'abc' is no status"),
        ("http: {url: \"https://x.example\", tiemout: 5s}", "tiemout"),
        ("channels: {phone: data}, http: {url: \"https://x.example\"}", "no JSON pointer"),
    ])
    func mistakesInAVendorAreSaid(_ settings: String, _ message: String) throws {
        let path = try folder.write("w.yaml", "providers:\n  - {name: v, kind: http, \(settings)}\n")
        let error = try #require(
            #expect(throws: InvalidSettings.self) { try WaterfallSettings.read(path, environment: [:]) })
        #expect(error.description.contains(message), "\(error)")
    }
}
