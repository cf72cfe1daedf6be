@testable import Connect
import EnrichmentAPI
import Foundation
import Ledger
import Settings
import Synchronization
import TestSupport
import Testing
@testable import Server

/// The Enrichment API over HTTP.
@Suite struct ServiceTests {
    var service: ServiceUnderTest

    init() throws { service = try ServiceUnderTest() }

    private let p1 = #"{"email": "p1@acme.example", "channels": ["phone", "work_email"]}"#

    // MARK: Calls

    @Test func aPersonIsAnsweredAndTheSameQuestionIsFree() async throws {
        try await service.serving { (client) async throws -> Void in
            let first = try await client.post("/enrichment", p1)
            #expect(first.status == 200 && first.credits == 7)
            let channels = try #require(try first.json()["channels"] as? [String: [String: Any]])
            #expect(channels["phone"]?["value"] as? String == "+12125550101")
            #expect(channels["work_email"]?["source"] as? String == "people")
            let again = try await client.post("/enrichment", p1)
            #expect(again.credits == 0)
            #expect(try again.json()["channels"] as? NSDictionary == channels as NSDictionary)
            // A channel more is asked for alone, and bulk calls know it too.
            let bulk = try await client.post(
                "/enrichment/bulk", #"{"records": [{"email": "P1@acme.example"}, {"email": "p2@acme.example"}]}"#)
            let costs = try bulk.list().map { $0["credits_used"] as? Double }
            #expect(bulk.credits == 7 && costs == [0, 7])
            let forced = try await client.post("/enrichment", p1.replacing("}", with: #", "force": true}"#))
            #expect(forced.credits == 7)
        }
        #expect(try await service.ledger.charged(workspace: "default").credits == Credits(thousandths: 21_000))
    }

    @Test func nothingFoundCostsNothingAndSaysWhoWasTried() async throws {
        try await service.serving { (client) async throws -> Void in
            let answer = try await client.post(
                "/enrichment", #"{"email": "nobody@acme.example", "channels": ["phone"]}"#)
            #expect(answer.credits == 0)
            #expect(answer.text.contains(#""phone":{"value":null,"tried_providers":["people"]}"#), "\(answer.text)")
        }
    }

    @Test func peopleAreFoundByNameAndCompaniesByDomain() async throws {
        try await service.serving { (client) async throws -> Void in
            let found = try await client.post(
                "/enrichment/discover",
                #"{"first_name": "Pat", "last_name": "Quux1", "company_domain": "www.acme.example", "channels": ["phone"]}"#
            )
            #expect(found.credits == 10 && found.text.contains("+12125550101"))
            let account = try await client.post("/enrichment/account", #"{"domain": "https://www.acme.example/x"}"#)
            let fields = try #require(try account.json()["fields"] as? [String: Any])
            #expect(fields["employee_count"] as? Int == 250 && fields["tech_stack"] as? [String] == ["swift", "sql"])
            #expect(account.credits == 1)
            let again = try await client.post("/enrichment/account", #"{"domain": "acme.example"}"#)
            #expect(again.credits == 0)
            let nobody = try await client.post("/enrichment/account", #"{"domain": "nobody.example"}"#)
            #expect(nobody.status == 404 && nobody.fields["content-type"] == "application/problem+json")
            // It counts like any other call.
            #expect(nobody.fields["ratelimit"]?.contains("minute") == true)
        }
    }

    @Test(arguments: [
        ("/enrichment", "{", 400), ("/enrichment", "[]", 400), ("/enrichment", "{}", 422),
        ("/enrichment", #"{"email": 7}"#, 400), ("/enrichment", #"{"email": "a@b.example", "channels": ["fax"]}"#, 422),
        ("/enrichment", #"{"email": "a@b.example", "channels": []}"#, 422),
        ("/enrichment/bulk", #"{"records": []}"#, 422), ("/enrichment/bulk", #"{"records": [{}]}"#, 422),
        ("/enrichment/bulk", #"{"records": [{"email": "secret@x.example"}, {"phone": "1"}]}"#, 422),
        ("/enrichment/bulk", #"{"records": 3}"#, 400), ("/enrichment/discover", #"{"first_name": "A"}"#, 422),
        ("/enrichment", #"{"email": "secret", "linkedin_url": "secret"}"#, 422),
        ("/enrichment/discover", #"{"first_name": "A", "last_name": "B", "company_domain": "secret"}"#, 422),
        ("/enrichment/account", "{}", 422), ("/enrichment/account", #"{"domain": "gmail.com"}"#, 422),
        ("/verify", "{}", 400),
    ])
    func whatCannotBeAnsweredIsSaidWithoutSayingWhomItIsAbout(_ path: String, _ body: String, _ status: Int)
        async throws
    {
        try await service.serving { (client) async throws -> Void in
            let answer = try await client.post(path, body)
            #expect(answer.status == status && answer.fields["content-type"] == "application/problem+json")
            let problem = try answer.json()
            #expect(problem["status"] as? Int == status)
            #expect((problem["type"] as? String)?.hasPrefix("urn:millrace:problem:") == true)
            #expect(!answer.text.contains("secret"), "\(answer.text)")
        }
        #expect(try await service.ledger.charged(workspace: "default").charges == 0)
    }

    @Test func aRecordOfACallForManyThatNamesNobodyIsAMissAndSpoilsNone() async throws {
        try await service.serving { (client) async throws -> Void in
            let answer = try await client.post(
                "/enrichment/bulk",
                #"{"records": [{"email": "nothing"}, {"email": "p1@acme.example"}], "channels": ["phone"]}"#)
            #expect(answer.status == 200 && answer.credits == 5)
            let values = try answer.list().map {
                ($0["channels"] as? [String: [String: Any]])?["phone"]?["value"] as? String
            }
            #expect(values == [nil, "+12125550101"])
        }
    }

    @Test(arguments: [
        ("/nothing", 404), ("/enrichment/nothing", 404), ("/", 404), ("/enrichment", 405), ("/verify", 405),
    ])
    func whatIsNoCallIsAProblemToo(_ path: String, _ status: Int) async throws {
        try await service.serving { (client) async throws -> Void in
            let answer = try await client.get(path)
            #expect(answer.status == status && answer.fields["content-type"] == "application/problem+json")
            #expect(try answer.json()["status"] as? Int == status)
            #expect(answer.fields["allow"] == (status == 405 ? "POST" : nil))
            #expect(try await client.post("/healthz", "").fields["allow"] == "GET")
        }
    }

    @Test func tooManyRecordsAndTooLongBodiesAreRefused() async throws {
        var service = service
        service.settings.maxBody = 20_000
        try await service.serving { (client) async throws -> Void in
            let records = Array(repeating: #"{"email": "a@b.example"}"#, count: 101).joined(separator: ",")
            #expect(try await client.post("/enrichment/bulk", "{\"records\": [\(records)]}").status == 422)
            let long = String(repeating: " ", count: 30_000)
            #expect(try await client.post("/enrichment/bulk", "{\"records\": [\(long)]}").status == 413)
        }
    }

    @Test(arguments: [
        (["Origin": "https://shop.example"], 403), (["Origin": "null"], 403), (["Host": "shop.example:8787"], 403),
        (["Host": "127.0.0.1.shop.example"], 403), (["Host": "localhost:8787"], 200), (["Host": "[::1]:8787"], 200),
        (["Host": "127.0.0.1"], 200),
    ])
    func webPagesAreNotAnsweredWithoutAKey(_ fields: [String: String], _ status: Int) async throws {
        try await service.serving { (client) async throws -> Void in
            for path in ["/enrichment", "/verify"] {
                let answer = try await client.post(path, #"{"email": "p1@acme.example"}"#, fields)
                #expect(answer.status == status, "\(path) \(answer.text)")
                #expect(status == 200 || answer.text.contains("urn:millrace:problem:web_page"))
            }
        }
        #expect((try await service.ledger.charged(workspace: "default").charges > 0) == (status == 200))
    }

    @Test func aKeyOpensTheServiceUnderAnyName() async throws {
        var service = service
        service.isOpen = false
        let token = try await service.ledger.makeKey(
            workspace: "sales", scope: .enrich, lifetime: nil, now: Date().timeIntervalSince1970
        ).token
        try await service.serving { (client) async throws -> Void in
            let answer = try await client.post(
                "/enrichment", #"{"email": "p1@acme.example"}"#,
                ["Host": "enrich.example", "Authorization": "Bearer \(token)"])
            #expect(answer.status == 200)
        }
    }

    @Test(arguments: [
        ("chanels", 422), ("channel", 422), ("Force", 422), ("recordId", 200), ("company", 200), ("source", 200),
        ("id", 200), ("email2", 200), ("list_name", 200),
    ])
    func aKeyWithASlipInItIsRefusedBeforeAnythingIsAsked(_ key: String, _ status: Int) async throws {
        try await service.serving { (client) async throws -> Void in
            let answer = try await client.post(
                "/enrichment", "{\"email\": \"p1@acme.example\", \"\(key)\": [\"phone\"]}")
            #expect(answer.status == status, "\(answer.text)")
        }
        #expect((try await service.ledger.charged(workspace: "default").charges > 0) == (status == 200))
    }

    @Test func anEncodedBodyIsRefusedAsSuch() async throws {
        try await service.serving { (client) async throws -> Void in
            let answer = try await client.post("/enrichment", "?", ["Content-Encoding": "gzip"])
            #expect(answer.status == 415 && answer.fields["content-type"] == "application/problem+json")
        }
    }

    // MARK: Keys

    @Test func aKeyIsShownOnceKeptHashedAndOpensWhatItIsFor() async throws {
        var service = service
        service.isOpen = false
        let ledger = try service.ledger
        let now = Date().timeIntervalSince1970
        let enrich = try await ledger.makeKey(workspace: "sales", scope: .enrich, lifetime: nil, now: now)
        let verify = try await ledger.makeKey(workspace: "sales", scope: .verify, lifetime: nil, now: now)
        let expired = try await ledger.makeKey(workspace: "sales", scope: .enrich, lifetime: 1, now: now - 100)
        let revoked = try await ledger.makeKey(workspace: "sales", scope: .enrich, lifetime: nil, now: now)
        #expect(try await ledger.revokeKey(id: revoked.key.id, now: now))
        #expect(enrich.token.hasPrefix("unstuck_") && enrich.token.hasSuffix("_" + enrich.key.id))
        #expect(enrich.key.redacted == "unstuck_***_\(enrich.key.id)")
        for file in ["ledger.sqlite.service", "ledger.sqlite.service-wal"] {
            let bytes = (try? Data(contentsOf: URL(fileURLWithPath: service.folder.file(file)))) ?? Data()
            #expect(bytes.range(of: Data(enrich.token.utf8)) == nil)
        }
        try await service.serving { (client) async throws -> Void in
            func ask(_ path: String, _ token: String?) async throws -> Int {
                try await client.post(
                    path, #"{"email": "p1@acme.example"}"#, token.map { ["Authorization": "Bearer \($0)"] } ?? [:]
                ).status
            }
            #expect(try await ask("/enrichment", enrich.token) == 200)
            #expect(try await ask("/verify", enrich.token) == 200)
            #expect(try await ask("/enrichment", verify.token) == 403)
            #expect(try await ask("/verify", verify.token) == 200)
            for token in [nil, "unstuck_wrong_00000000", expired.token, revoked.token] {
                #expect(try await ask("/enrichment", token) == 401)
                #expect(try await ask("/verify", token) == 401)
            }
            #expect(try await client.get("/healthz").status == 200)
        }
        #expect(try await ledger.charged(workspace: "sales").charges == 2)
        #expect(try await ledger.charged(workspace: "default").charges == 0)
    }

    @Test func theFirstKeyClosesAServiceThatWasOpen() async throws {
        let now = Mutex(1_800_000_000.0)
        let ledger = try service.ledger
        try await service.serving(now: { now.withLock { $0 } }) { (client) async throws -> Void in
            #expect(try await client.post("/enrichment", p1).status == 200)
            let made = try await ledger.makeKey(workspace: "default", scope: .enrich, lifetime: nil, now: 1_800_000_000)
            now.withLock { $0 += 6 }
            #expect(try await client.post("/enrichment", p1).status == 401)
            let answer = try await client.post("/enrichment", p1, ["Authorization": "Bearer \(made.token)"])
            #expect(answer.status == 200 && answer.credits == 0)
        }
    }

    @Test func workspacesShareNeitherAnswersNorLimits() async throws {
        var service = service
        service.isOpen = false
        service.settings.limits.singlePerMinute = 1
        let ledger = try service.ledger
        let tokens = try await [
            ledger.makeKey(workspace: "a", scope: .enrich, lifetime: nil, now: 0).token,
            ledger.makeKey(workspace: "b", scope: .enrich, lifetime: nil, now: 0).token,
        ]
        try await service.serving { (client) async throws -> Void in
            for token in tokens {
                let fields = ["Authorization": "Bearer \(token)"]
                #expect(try await client.post("/enrichment", p1, fields).credits == 7)
                #expect(try await client.post("/enrichment", p1, fields).status == 429)
            }
        }
    }

    // MARK: Limits

    @Test func limitsAreKeptAndSaid() async throws {
        var service = service
        // Longer than any test takes; when windows open again is held by the tests of windows.
        (service.settings.limits.bulkPerMinute, service.settings.limits.minute) = (2, .seconds(900))
        let body = #"{"records": [{"email": "p1@acme.example"}]}"#
        try await service.serving { (client) async throws -> Void in
            let first = try await client.post("/enrichment/bulk", body)
            #expect(first.fields["ratelimit-policy"] == "\"minute\";q=2;w=900, \"day\";q=1000000;w=86400")
            #expect(first.fields["ratelimit"]?.hasPrefix("\"minute\";r=1;t=") == true)
            #expect(try await client.post("/enrichment/bulk", body).status == 200)
            let refused = try await client.post("/enrichment/bulk", body)
            let pause = refused.fields["retry-after"].flatMap { Int($0) } ?? 0
            #expect(refused.status == 429 && (1...900).contains(pause))
            // Refused calls do not count, and other calls have a minute of their own.
            #expect(try await client.post("/enrichment", p1).status == 200)
        }
    }

    @Test func limitsOutliveARestart() async throws {
        var service = service
        service.settings.limits.perDay = 3
        let body = #"{"records": [{"email": "p1@acme.example"}]}"#
        try await service.serving { (client) async throws -> Void in
            for _ in 0..<3 { #expect(try await client.post("/enrichment/bulk", body).status == 200) }
        }
        try await service.serving { (client) async throws -> Void in
            #expect(try await client.post("/enrichment", p1).status == 429)
        }
        let tomorrow = Date().timeIntervalSince1970 + 86_401
        try await service.serving(now: { tomorrow }) { (client) async throws -> Void in
            #expect(try await client.post("/enrichment", p1).status == 200)
        }
    }

    /// Fifty clients at once: all that is allowed is answered, and nothing more.
    @Test func underLoadTheLimitsAreUsedToTheLastCall() async throws {
        var service = service
        (service.settings.limits.bulkPerMinute, service.settings.limits.minute) = (300, .seconds(600))
        let statuses = try await service.serving { client in
            try await withThrowingTaskGroup(of: [Int].self) { group in
                for number in 0..<50 {
                    group.addTask {
                        var statuses: [Int] = []
                        for call in 0..<8 {
                            let person = (number * 8 + call) % 200
                            let body =
                                "{\"records\": [{\"email\": \"p\(person)@acme.example\"}], \"channels\": [\"phone\"]}"
                            statuses.append(try await client.post("/enrichment/bulk", body).status)
                        }
                        return statuses
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }
        #expect(statuses.count { $0 == 200 } == 300 && statuses.count { $0 == 429 } == 100)
    }

    // MARK: Paying once

    @Test func clientsWhoAskForTheSamePersonAtOncePayOnce() async throws {
        let credits = try await service.serving { client in
            try await withThrowingTaskGroup(of: Double.self) { group in
                for _ in 0..<40 {
                    group.addTask {
                        try await client.post(
                            "/enrichment/bulk",
                            #"{"records": [{"email": "p1@acme.example"}, {"email": "p2@acme.example"}]}"#
                        ).credits
                    }
                }
                return try await group.reduce(0, +)
            }
        }
        #expect(credits == 14)
        let charged = try await service.ledger.charged(workspace: "default")
        #expect(charged.credits == Credits(thousandths: 14_000) && charged.charges == 4)
        #expect(try await service.ledger.doubleCharges() == 0)
    }

    @Test func whoeverSeveralCallsAskForAtOnceIsAskedOfAVendorOnce() async throws {
        var service = service
        service.asksOthers = true
        let vendor = FakeVendor { _ in FakeVendor.Reply(#"{"tel": "+12125550142"}"#, delay: .milliseconds(300)) }
        try await vendor.serving { [service] url in
            try service.askVendor(url)
            try await service.serving { (client) async throws -> Void in
                let credits = try await withThrowingTaskGroup { group in
                    for number in 0..<12 {
                        let one = #"{"email": "a@acme.example", "channels": ["phone"]}"#
                        let two =
                            #"{"records": [{"email": "a@acme.example"}, {"email": "b@acme.example"}], "channels": ["phone"]}"#
                        group.addTask {
                            let answer = try await client.post(
                                number < 6 ? "/enrichment" : "/enrichment/bulk", number < 6 ? one : two)
                            #expect(answer.status == 200 && answer.text.contains("+12125550142"), "\(answer.text)")
                            return answer.credits
                        }
                    }
                    return try await group.reduce(0, +)
                }
                #expect(credits == 6)
            }
        }
        #expect(vendor.calls.count == 2)
    }

    @Test func whoeverInsistsIsAskedForAnew() async throws {
        var service = service
        service.asksOthers = true
        let vendor = FakeVendor { _ in FakeVendor.Reply(#"{"tel": "+12125550142"}"#) }
        try await vendor.serving { [service] url in
            try service.askVendor(url)
            try await service.serving { (client) async throws -> Void in
                let one = #"{"email": "a@acme.example", "channels": ["phone"]}"#
                #expect(try await client.post("/enrichment", one).credits == 3)
                #expect(try await client.post("/enrichment", one).credits == 0)
                let forced = one.replacing("}", with: #", "force": true}"#)
                #expect(try await client.post("/enrichment", forced).credits == 3)
            }
        }
        #expect(vendor.calls.count == 2)
    }

    @Test func thePersonThatStandsTwiceInACallIsPaidForOnce() async throws {
        try await service.serving { (client) async throws -> Void in
            let answer = try await client.post(
                "/enrichment/bulk", #"{"records": [{"email": "p1@acme.example"}, {"email": "P1+x@acme.example"}]}"#)
            let list = try answer.list()
            #expect(list.map { $0["credits_used"] as? Double } == [7, 0])
            #expect(list[0]["channels"] as? NSDictionary == list[1]["channels"] as? NSDictionary)
        }
    }

    /// People who share nothing but the address of a desk, or of whom nothing usable is known, are nobody's double.
    @Test func nobodyIsAnsweredWithTheValuesOfAnother() async throws {
        var service = service
        try service.folder.write(
            "people.csv",
            "Email,First Name,Last Name,Company Domain,Tel,Mail\ninfo@acme.example,Ada,Quux,acme.example,+12125550101,\n"
        )
        service.isOpen = true
        try await service.serving { (client) async throws -> Void in
            let ada = try await client.post(
                "/enrichment",
                #"{"email": "info@acme.example", "first_name": "Ada", "last_name": "Quux", "company_domain": "acme.example", "channels": ["phone"]}"#
            )
            #expect(ada.text.contains("+12125550101"))
            let bob = try await client.post(
                "/enrichment",
                #"{"email": "info@acme.example", "first_name": "Bob", "last_name": "Smith", "company_domain": "acme.example", "channels": ["phone"]}"#
            )
            #expect(!bob.text.contains("+12125550101"), "\(bob.text)")
            let (one, other) = (
                try await client.post("/enrichment", #"{"company_domain": "acme.example", "first_name": "Ada"}"#),
                try await client.post("/enrichment", #"{"company_domain": "acme.example", "first_name": "Bob"}"#)
            )
            #expect(try one.json()["record_id"] as? String != other.json()["record_id"] as? String)
        }
    }

    @Test func aMissNeverTakesThePlaceOfAValueThatWasPaidFor() async throws {
        try await service.serving { (client) async throws -> Void in
            #expect(try await client.post("/enrichment", p1).credits == 7)
        }
        // The provider knows nobody any more, and the client insists.
        try service.folder.write("people.csv", "Email,First Name,Last Name,Company Domain,Tel,Mail\nx@y.example,,,,,\n")
        try await service.serving { (client) async throws -> Void in
            let forced = try await client.post("/enrichment", p1.replacing("}", with: #", "force": true}"#))
            #expect(forced.credits == 0 && !forced.text.contains("+1212"))
            let again = try await client.post("/enrichment", p1)
            #expect(again.credits == 0 && again.text.contains("+12125550101"))
        }
    }

    @Test(arguments: [false, true])
    func whatSomebodyMayHaveWhoCouldNotBeAskedIsNoMissToKeep(_ asksOthers: Bool) async throws {
        var service = service
        service.asksOthers = asksOthers
        let isDown = Mutex(true)
        let vendor = FakeVendor { _ in
            isDown.withLock { $0 }
                ? FakeVendor.Reply("", status: 500)
                : FakeVendor.Reply(#"{"tel": "+12125550142", "sector": "Umbrellas"}"#)
        }
        try await vendor.serving { [service] url in
            try service.askVendor(url)
            try await service.serving { (client) async throws -> Void in
                let company = #"{"domain": "acme.example"}"#
                let missed = try await client.post("/enrichment", p1)
                #expect(missed.credits == 0 && missed.text.contains(#""tried_providers":["v"]"#), "\(missed.text)")
                #expect(try await client.post("/enrichment/account", company).status == 404)
                // Nor is it the answer of whoever calls next.
                isDown.withLock { $0 = false }
                let found = try await client.post("/enrichment", p1)
                #expect(found.credits == 3 && found.text.contains("+12125550142"), "\(found.text)")
                #expect(try await client.post("/enrichment/account", company).text.contains("Umbrellas"))
                let metrics = try await client.get("/metrics").text
                #expect(metrics.contains(#"millrace_provider_asked_total{provider="v",channel="phone"} 2"#))
                #expect(metrics.contains(#"millrace_provider_failed_total{provider="v",channel="phone"} 1"#))
                #expect(metrics.contains(#"millrace_provider_failed_total{provider="c",channel="account"} 1"#))
            }
        }
    }

    @Test func theSameIdempotencyKeyHasTheSameAnswer() async throws {
        try await service.serving { (client) async throws -> Void in
            let fields = ["Idempotency-Key": "k1"]
            let first = try await client.post("/enrichment", p1, fields)
            let again = try await client.post("/enrichment", p1, fields)
            #expect(first.credits == 7 && again.credits == 7 && again.body == first.body)
            let other = try await client.post("/enrichment", #"{"email": "p2@acme.example"}"#, fields)
            #expect(other.status == 422)
        }
        #expect(try await service.ledger.charged(workspace: "default").credits == Credits(thousandths: 7000))
    }

    @Test(arguments: [
        "linkedin:p1-quux", "email:p1@acme.example", "email:found1@work.example", "phone:+12125550101",
        "name:pat|quux1|acme.example",
    ])
    func whoeverWasForgottenIsHandedOutByNoHintAndFromNowhere(_ alias: String) async throws {
        var service = service
        let one = #"""
            {"email": "p1@acme.example", "linkedin_url": "https://www.linkedin.com/in/p1-quux", "first_name": "Pat",
             "last_name": "Quux1", "company_domain": "acme.example"}
            """#
        // The answer is in the service's ledger, under the first hint.
        #expect(try await service.serving { try await $0.post("/enrichment", one) }.credits == 7)
        let ledger = try Ledger(path: service.folder.file("ledger.sqlite"))
        var person = Forgettable()
        person.aliases = [alias]
        _ = try await ledger.forget(person)
        service.forgotten = try await ledger.forgotten()
        let (again, other) = try await service.serving { client in
            (
                try await client.post("/enrichment/bulk", #"{"records": [\#(one), {"email": "p2@acme.example"}]}"#),
                try await client.post("/enrichment", one.replacing("{\"email\"", with: "{\"force\": true, \"email\""))
            )
        }
        #expect(!again.text.contains("found1@work.example") && !again.text.contains("+12125550101"), "\(again.text)")
        #expect(again.text.contains("found2@work.example") && again.credits == 7)
        #expect(other.status == 200 && other.credits == 0 && !other.text.contains("found1@work.example"))
    }

    @Test func answersGrowOld() async throws {
        let now = Mutex(1_800_000_000.0)
        try await service.serving(now: { now.withLock { $0 } }) { (client) async throws -> Void in
            #expect(try await client.post("/enrichment", p1).credits == 7)
            now.withLock { $0 += 29 * 86_400 }
            #expect(try await client.post("/enrichment", p1).credits == 0)
            now.withLock { $0 += 2 * 86_400 }
            #expect(try await client.post("/enrichment", p1).credits == 7)
        }
    }

    // MARK: Emails

    private struct Webhook: EmailVerifier {
        let asked = Counter()

        func replies(to emails: [EmailToCheck]) async -> [VerifierReply] {
            emails.map { email in
                asked.add()
                return .said(
                    email.email == "found1@work.example"
                        ? .valid : email.email == "found2@work.example" ? .invalid : .unknown)
            }
        }
    }

    final class Counter: Sendable {
        private let count = Mutex(0)
        func add() { count.withLock { $0 += 1 } }
        var value: Int { count.withLock { $0 } }
    }

    @Test func everyEmailThatIsFoundIsVerifiedAndSaysSo() async throws {
        var service = service
        let webhook = Webhook()
        service.verifier = webhook
        let body =
            #"{"records": [{"email": "p1@acme.example"}, {"email": "p2@acme.example"}, {"email": "p4@acme.example"}], "channels": ["work_email"]}"#
        try await service.serving { (client) async throws -> Void in
            for asked in [3, 4, 5] {
                let answer = try await client.post("/enrichment/bulk", body)
                let emails = try answer.list().map { ($0["channels"] as? [String: [String: Any]])?["work_email"] }
                #expect(emails.map { $0?["verified"] as? Bool } == [true, false, nil])
                #expect(
                    emails.map { $0?["value"] as? String } == [
                        "found1@work.example", "found2@work.example", "found4@work.example",
                    ])
                // What is not known is asked for again.
                #expect(webhook.asked.value == asked)
            }
        }
    }

    @Test func theBuiltInVerificationKnowsSyntaxListsAndNameServers() async throws {
        let names = try FakeNameServer([
            "mail.example": .exchanger, "web.example": .address, "null.example": .none, "broken.example": .failure,
        ])
        var service = service
        service.settings.mx.enabled = true
        service.settings.mx.server = "127.0.0.1:\(names.port)"
        service.settings.mx.timeout = .seconds(1)
        try await service.serving { (client) async throws -> Void in
            func verdict(_ email: String) async throws -> String {
                try await client.post("/verify", "{\"email\": \"\(email)\"}").text
            }
            #expect(
                try await verdict("a@mail.example")
                    == #"{"disposable":false,"mx":true,"reason":"","role":false,"valid":true}"#)
            #expect(try await verdict("info@web.example").contains(#""mx":true,"reason":"","role":true,"valid":true"#))
            #expect(try await verdict("a@null.example").contains(#""mx":false,"reason":"no_mail""#))
            #expect(try await verdict("a@nowhere.example").contains(#""reason":"no_mail","role":false,"valid":false"#))
            #expect(
                try await verdict("a@broken.example") == #"{"disposable":false,"reason":"","role":false,"valid":true}"#)
            #expect(try await verdict("no email").contains(#""reason":"syntax""#))
            #expect(try await verdict("a@mailinator.com").contains(#""disposable":true,"reason":"disposable""#))
        }
        withExtendedLifetime(names) {}
    }

    @Test func aSignedQuestionNeedsNoKey() async throws {
        var service = service
        service.isOpen = false
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        service.settings.verifySecret = Secret(secret)
        let body = #"{"email": "a@mail.example"}"#
        let time = 1_800_000_000
        try await service.serving(now: { Double(time) }) { (client) async throws -> Void in
            func ask(_ secret: String, _ time: Int) async throws -> (status: Int, text: String) {
                let signature = WebhookSignature(secret: secret).sign(id: "m1", timestamp: time, body: Data(body.utf8))
                let answer = try await client.post(
                    "/verify", body,
                    ["webhook-id": "m1", "webhook-timestamp": "\(time)", "webhook-signature": "v1,AAAA \(signature)"]
                )
                return (answer.status, answer.text)
            }
            #expect(try await ask(secret, time).status == 200)
            for refused in [
                try await ask(secret, time - 3600), try await ask("whsec_AAAA9r8GKYqrTwjUPD8ILPZIo2LaLaSw", time),
            ] {
                #expect(refused.status == 401 && refused.text.contains("signature_refused"), "\(refused.text)")
            }
        }
    }

    // MARK: What is noted

    @Test func callsAreCountedAndLoggedWithoutWhomTheyWereAbout() async throws {
        var service = service
        let lists = LineList()
        service.log = AccessLog(.json) { lists.add($0) }
        let metrics = try await service.serving { client in
            _ = try await client.post("/enrichment", p1)
            _ = try await client.post("/enrichment/bulk", "{")
            return try await client.get("/metrics").text
        }
        #expect(metrics.contains("millrace_calls_total{call=\"single\",status=\"200\"} 1"))
        #expect(metrics.contains("millrace_calls_total{call=\"bulk\",status=\"400\"} 1"))
        #expect(metrics.contains("millrace_credits_total{call=\"single\"} 7\n"))
        #expect(metrics.contains("millrace_call_seconds_count{call=\"single\"} 1"))
        let logged = lists.all.joined(separator: "\n")
        #expect(lists.all.count == 2 && logged.contains("\"call\":\"single\",\"credits\":7"))
        for value in ["p1", "acme.example", "+1212", "found"] { #expect(!logged.contains(value), "\(logged)") }
    }

    final class LineList: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }
}
