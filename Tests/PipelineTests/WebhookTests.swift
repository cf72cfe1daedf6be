import AsyncHTTPClient
@testable import Connect
import EnrichmentAPI
import Foundation
import Ledger
import Records
import Settings
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

/// The verification webhook, against a service on loopback.
@Suite struct WebhookTests {
    let runs: WrittenRuns

    init() throws { runs = try WrittenRuns() }

    /// A run whose emails are checked by a vendor.
    private func run(
        _ vendor: FakeVendor, rows: Int = 40, _ change: @escaping @Sendable (inout PipelineSettings) -> Void = { _ in }
    ) async throws -> (report: CreditReport, rows: [[String: String]], notes: [Diagnostic]) {
        let notes = Mutex<[Diagnostic]>([])
        let report = try await vendor.serving { url in
            var settings = try runs.settings(WrittenRuns.people(rows))
            settings.enrich.discover = false
            settings.enrich.onlyMissing = false
            settings.enrich.channels = [.workEmail, .personalEmail]
            var verify = VerifySettings()
            verify.url = url + "/verify"
            // The port is another one each time.
            verify.name = "vendor"
            verify.timeout = .seconds(5)
            settings.verify = verify
            change(&settings)
            return try await self.run(settings) { note in notes.withLock { $0.append(note) } }
        }
        return (report, try runs.rows("out.csv"), notes.withLock { $0 })
    }

    private func run(_ settings: PipelineSettings, noting: @escaping @Sendable (Diagnostic) -> Void) async throws
        -> CreditReport
    {
        guard let verify = settings.verify else { return try await runs.run(settings) }
        return try await HTTPConnection(verify, address: verify.url).with(environment: [:]) { client in
            try await Pipeline(
                settings: settings, ledger: Ledger(path: runs.folder.file("l.sqlite")), enricher: Finder(),
                verifier: WebhookVerifier(client, url: verify.url, settings: verify)
            ).run(noting: noting)
        }
    }

    private static func email(in body: String) -> String {
        let object = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
        return object?["email"] as? String ?? ""
    }

    private static func isValid(_ email: String) -> Bool { (email.utf8.reduce(0) { $0 + Int($1) }) % 3 != 0 }

    @Test func everyDistinctEmailIsPostedOnceAndSigned() async throws {
        let vendor = FakeVendor { call in FakeVendor.Reply("{\"valid\": \(Self.isValid(Self.email(in: call.body)))}") }
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        let (report, rows, _) = try await run(vendor) { $0.verify?.secret = Secret(secret) }
        let emails = rows.flatMap { [$0["enriched_work_email"] ?? "", $0["enriched_personal_email"] ?? ""] }.filter {
            !$0.isEmpty
        }
        #expect(vendor.calls.map { Self.email(in: $0.body) }.sorted() == Set(emails).sorted())
        for call in vendor.calls {
            #expect(
                WebhookSignature(secret: secret).isValid(
                    call.fields["webhook-signature"] ?? "", id: call.fields["webhook-id"] ?? "",
                    timestamp: call.fields["webhook-timestamp"] ?? "", body: Data(call.body.utf8),
                    now: Date().timeIntervalSince1970))
            #expect(call.body.contains("\"channel\"") && call.body.contains("\"record_id\""))
        }
        for row in rows {
            for channel in ["work_email", "personal_email"] {
                let email = row["enriched_\(channel)"] ?? ""
                #expect(row["enriched_\(channel)_verified"] == (email.isEmpty ? "" : "\(Self.isValid(email))"))
            }
        }
        #expect(report.verification.checked == vendor.calls.count && vendor.mostInTheAir <= 8)
        // The email stays, whatever was said of it; and the next run knows the verdicts.
        let again = try await run(vendor)
        #expect(again.report.verification.checked == 0 && again.report.verification.fromCache == emails.count)
        #expect(
            again.rows.map { $0["enriched_work_email_verified"] } == rows.map { $0["enriched_work_email_verified"] })
    }

    @Test func verdictsOldEnoughAreAskedForAgain() async throws {
        let vendor = FakeVendor { _ in FakeVendor.Reply(#"{"valid": true}"#) }
        let first = try await run(vendor).report.verification.checked
        #expect(try await run(vendor) { $0.verify?.refreshAfter = .zero }.report.verification.checked == first)
    }

    @Test func bodiesFollowTheirTemplateAndVerdictsTheirPointer() async throws {
        let vendor = FakeVendor { call in
            let words = ["deliverable", "undeliverable", "accept_all", "risky"]
            let word = words[call.body.utf8.count % words.count]
            return FakeVendor.Reply(#"{"data": [{"result": "\#(word)"}]}"#)
        }
        let yaml = """
            input: {paths: [x.csv]}
            output: [{path: o.csv}]
            verify:
              url: http://127.0.0.1:1/
              headers: {X-Api-Key: abc}
              body: {check: {address: "{email}", tags: ["{channel}", "fixed"]}, deep: true, level: 2}
              verdict: {pointer: /data/0/result, valid: [deliverable], invalid: [undeliverable], catch_all: [accept_all]}
            """
        let read = try PipelineFile.read(runs.folder.write("p.yaml", yaml), overrides: [], environment: [:]).verify
        let (report, rows, _) = try await run(vendor, rows: 60) { settings in
            var verify = read
            verify?.url = settings.verify?.url ?? ""
            settings.verify = verify
        }
        let call = try #require(vendor.calls.first)
        #expect(call.fields["x-api-key"] == "abc")
        let body = try #require(try JSONSerialization.jsonObject(with: Data(call.body.utf8)) as? [String: Any])
        let check = try #require(body["check"] as? [String: Any])
        #expect((check["address"] as? String)?.contains("@") == true && body["level"] as? Int == 2)
        #expect((check["tags"] as? [String])?.last == "fixed" && body["deep"] as? Bool == true)
        let verification = report.verification
        #expect(
            verification.valid > 0 && verification.invalid > 0 && verification.catchAll > 0 && verification.unknown > 0)
        #expect(
            verification.valid + verification.invalid + verification.catchAll + verification.unknown
                == verification.checked)
        #expect(rows.contains { $0["enriched_work_email"] != "" && $0["enriched_work_email_verified"] == "" })
    }

    /// Entries are told apart by their email, in whatever order they come.
    @Test func emailsGoInListsWhereTheServiceTakesThem() async throws {
        let vendor = FakeVendor { call in
            let object = try? JSONSerialization.jsonObject(with: Data(call.body.utf8)) as? [String: Any]
            let emails = object?["list"] as? [String] ?? []
            let entries = emails.reversed().map { "{\"address\": \"\($0)\", \"ok\": \(Self.isValid($0))}" }
            return FakeVendor.Reply("{\"results\": [\(entries.joined(separator: ","))]}")
        }
        let (report, rows, _) = try await run(vendor, rows: 90) { settings in
            settings.verify?.batch = VerifyBatchSettings()
            settings.verify?.batch?.size = 25
            settings.verify?.batch?.body = .members([("list", .text("{emails}"))])
            settings.verify?.batch?.results = "/results"
            settings.verify?.batch?.email = "/address"
            settings.verify?.verdict.pointer = "/ok"
        }
        #expect(vendor.calls.count == (report.verification.checked + 24) / 25 && report.verification.checked > 50)
        for row in rows where row["enriched_work_email"] != "" {
            #expect(row["enriched_work_email_verified"] == "\(Self.isValid(row["enriched_work_email"] ?? ""))")
        }
    }

    @Test func aListThatDoesNotFitIsNeverGivenOutByGuess() {
        var reader = VerdictReader(settings: VerdictSettings())
        reader.batch.email = "/email"
        func read(_ body: String) -> [Verdict]? {
            reader.verdicts(in: Data(body.utf8), on: ["a@x.example", "b@x.example"])
        }
        #expect(read(#"[{"valid": true}, {"valid": false}]"#) == [.valid, .invalid])
        #expect(read(#"[{"valid": true}]"#) == nil && read("{}") == [.unknown, .unknown] && read("<html>") == nil)
        #expect(read(#"[{"email": "B@x.example", "valid": false}]"#) == [.unknown, .invalid])
        #expect(read(#"{"a@x.example": {"valid": true}}"#) == [.valid, .unknown])
    }

    /// Where the service is down, verdicts stay open, and soon nobody waits for it any more.
    @Test func aServiceThatIsDownLeavesVerdictsOpen() async throws {
        let vendor = FakeVendor { _ in FakeVendor.Reply("busy", status: 503) }
        let (report, rows, notes) = try await run(vendor, rows: 200) { settings in
            settings.verify?.attempts = 2
            settings.verify?.concurrency = 2
        }
        #expect(report.verification.unknown == report.verification.checked && report.verification.valid == 0)
        #expect(rows.allSatisfy { $0["enriched_work_email_verified"] == "" })
        #expect(vendor.calls.count < 20 && report.verification.checked > 50)
        #expect(notes.contains { $0.code == "unverified" && $0.message.contains("503") })
        // The next run asks again for what nobody knows.
        let well = FakeVendor { _ in FakeVendor.Reply(#"{"valid": true}"#) }
        #expect(try await run(well, rows: 200).report.verification.valid == report.verification.checked)
    }

    @Test func aRunThatNeedsVerdictsStopsWithoutThemAndGoesOnLater() async throws {
        let down = FakeVendor { _ in FakeVendor.Reply("no", status: 401) }
        let stop = await #expect(throws: RunStop.self) {
            _ = try await run(down) { settings in
                settings.verify?.required = true
                settings.verify?.attempts = 1
            }
        }
        #expect(stop?.exitCode == 69)
        let well = FakeVendor { _ in FakeVendor.Reply(#"{"valid": true}"#) }
        let (report, rows, _) = try await run(well) { $0.verify?.required = true }
        #expect(report.run.resumed && report.verification.unknown == 0 && rows.count == 40)
    }

    @Test func aFailureIsTriedAgainUnderTheSameName() async throws {
        let failed = Mutex<Set<String>>([])
        let vendor = FakeVendor { call in
            let isNew = failed.withLock { $0.insert(call.body).inserted }
            return isNew ? FakeVendor.Reply("", status: 500) : FakeVendor.Reply(#"{"valid": true}"#)
        }
        let report = try await run(vendor, rows: 6) {
            $0.verify?.secret = "s"
            $0.verify?.concurrency = 1
        }.report
        #expect(report.verification.valid == report.verification.checked)
        let names = Dictionary(grouping: vendor.calls, by: \.body).values.map {
            Set($0.map { $0.fields["webhook-id"] })
        }
        #expect(names.allSatisfy { $0.count == 1 } && vendor.calls.count == report.verification.checked * 2)
    }

    @Test func aServiceThatCountsCallsIsNotDown() async throws {
        let turn = Mutex(0)
        let vendor = FakeVendor { call in
            let number = turn.withLock { turn in
                turn += 1
                return turn
            }
            return number <= 12 ? FakeVendor.Reply("slow down", status: 429) : FakeVendor.Reply(#"{"valid": true}"#)
        }
        let report = try await run(vendor, rows: 60) { settings in
            settings.verify?.attempts = 12
            settings.verify?.concurrency = 4
        }.report
        #expect(report.verification.valid == report.verification.checked && report.verification.checked > 10)
    }

    /// Nor is one that will not take a certain email; and in a list that email stands alone in the end.
    @Test func anEmailThatIsNotTakenHasNoVerdictAndSpoilsNoOther() async throws {
        let vendor = FakeVendor { call in
            let object = try? JSONSerialization.jsonObject(with: Data(call.body.utf8)) as? [String: Any]
            let emails = object?["emails"] as? [String] ?? []
            if emails.contains(where: { $0.contains("7@") }) { return FakeVendor.Reply("odd", status: 422) }
            let entries = emails.map { "{\"email\": \"\($0)\", \"valid\": true}" }
            return FakeVendor.Reply("[\(entries.joined(separator: ","))]")
        }
        let (report, rows, _) = try await run(vendor, rows: 90) { settings in
            settings.verify?.batch = VerifyBatchSettings()
            settings.verify?.required = true
        }
        for row in rows {
            let email = row["enriched_work_email"] ?? ""
            #expect(row["enriched_work_email_verified"] == (email.isEmpty || email.contains("7@") ? "" : "true"))
        }
        #expect(report.verification.unknown > 0 && report.verification.valid > 0)
    }

    /// What was said before a run had to stop is not asked for again.
    @Test func verdictsThatCameAreKeptWhereTheRunStops() async throws {
        let bad = Mutex(true)
        let vendor = FakeVendor { call in
            Self.email(in: call.body).contains("3@") && bad.withLock { $0 }
                ? FakeVendor.Reply("no", status: 401) : FakeVendor.Reply(#"{"valid": true}"#)
        }
        let change = { @Sendable (settings: inout PipelineSettings) in
            settings.verify?.required = true
            settings.verify?.concurrency = 1
        }
        await #expect(throws: RunStop.self) { _ = try await run(vendor, change) }
        let before = vendor.calls.map { Self.email(in: $0.body) }
        bad.withLock { $0 = false }
        let ledger = try Ledger(path: runs.folder.file("l.sqlite"))
        let name = try #require(try await ledger.runs(most: 1).first).name
        let past = try #require(try await ledger.pastRun(name))
        let kept = try await ledger.verdictTotals(run: past.id)[.valid] ?? 0
        #expect(kept == Set(before.filter { !$0.contains("3@") }).count && kept > 0)
    }

    @Test func whatOneServiceSaidIsNoWordOfAnother() async throws {
        let yes = FakeVendor { _ in FakeVendor.Reply(#"{"valid": true}"#) }
        let no = FakeVendor { _ in FakeVendor.Reply(#"{"valid": false}"#) }
        let first = try await run(yes).report.verification
        let second = try await run(no) { $0.verify?.name = "another" }.report.verification
        #expect(first.valid > 0 && second.invalid == first.valid && second.fromCache == 0)
    }

    /// Answers only once everybody has been asked for, as a slow service would.
    private struct Patient: EmailVerifier {
        let finder: Finder
        let everybody: Int

        func replies(to emails: [EmailToCheck]) async -> [VerifierReply] {
            for _ in 0..<3000 {
                if finder.asked.withLock({ $0 }) == everybody { return emails.map { _ in .said(.valid) } }
                try? await Task.sleep(for: .milliseconds(10))
            }
            return emails.map { _ in .silent(why: "somebody was not asked for") }
        }
    }

    @Test func enrichmentDoesNotWaitForVerdictsWithinItsWindow() async throws {
        let csv = "Email,Company\n" + (0..<700).map { "p\($0)@acme.example,Acme\n" }.joined()
        var settings = try runs.settings(csv)
        settings.enrich.onlyMissing = false
        settings.input.limits.batchRows = 50
        settings.verify = VerifySettings()
        let finder = Finder()
        let report = try await Pipeline(
            settings: settings, ledger: Ledger(path: runs.folder.file("l.sqlite")), enricher: finder,
            verifier: Patient(finder: finder, everybody: 700)
        ).run()
        #expect(report.verification.valid == report.verification.checked && report.verification.checked > 100)
    }

    @Test func theCircuitLetsOneThroughInEachPause() {
        var circuit = OutageCircuit()
        for _ in 0..<OutageCircuit.patience {
            let mayAsk = circuit.mayAsk(now: 0)
            #expect(mayAsk)
            circuit.failed("down", now: 0)
        }
        let later = [29.0, 30, 31].map { circuit.mayAsk(now: $0) }
        #expect(later == [false, true, false])
        circuit.succeeded()
        let after = circuit.mayAsk(now: 31)
        #expect(after && circuit.why == "down")
    }

    @Test func theRowsOwnEmailIsCheckedOnRequest() async throws {
        let vendor = FakeVendor { call in FakeVendor.Reply("{\"valid\": \(Self.isValid(Self.email(in: call.body)))}") }
        let rows = try await run(vendor, rows: 12) { $0.verify?.inputEmail = true }.rows
        for row in rows {
            let own = row["Email"] ?? ""
            #expect(row["input_email_verified"] == (own.isEmpty ? "" : "\(Self.isValid(own))"))
        }
        #expect(vendor.calls.contains { $0.body.contains("input_email") })
    }
}
