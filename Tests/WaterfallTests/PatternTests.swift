import Connect
import EnrichmentAPI
import Foundation
import Ledger
import Records
import Synchronization
import TestSupport
import Testing
@testable import Waterfall

/// Work emails that are made from names.
@Suite struct PatternTests {
    /// Knows which mailboxes are there, and keeps what it was asked.
    private final class Mailboxes: EmailVerifier {
        let there: Set<String>
        let asked = Mutex<[String]>([])

        init(_ there: Set<String>) { self.there = there }

        func replies(to emails: [EmailToCheck]) async -> [VerifierReply] {
            asked.withLock { $0 += emails.map(\.email) }
            return emails.map { .said(there.contains($0.email) ? .valid : .invalid) }
        }
    }

    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        var table = "Email,First Name,Last Name,Company Domain\n"
        for (first, last) in [("ada", "quux"), ("bob", "smith"), ("cleo", "rutherglen")] {
            table += "\(first.prefix(1))\(last)@acme.example,\(first),\(last),acme.example\n"
        }
        for number in 0..<5 {
            table += "anna\(number).berg@other\(number).example,Anna\(number),Berg,other\(number).example\n"
        }
        try folder.write("t.csv", table)
        try folder.write(
            "w.yaml",
            """
            providers:
              - {name: t, path: \(folder.file("t.csv")), channels: {work_email: Email}, prices: {work_email: 1}}
              - {name: p, kind: pattern, prices: {work_email: 0.5}, confidence: 0.7}
            order: {work_email: [t, p]}
            """)
    }

    private func ask(_ hints: PersonHints, _ mailboxes: Mailboxes) async throws -> PersonResult {
        try await WaterfallFile.opening(folder.file("w.yaml"), in: folder, verifier: mailboxes).with {
            await $0.persons([hints], channels: [.workEmail], endpoint: .discover, minConfidence: 0)[0].result
        }
    }

    @Test func theWayInWhichACompanyMakesAddressesIsTriedFirst() async throws {
        let mailboxes = Mailboxes(["zmueller@acme.example"])
        let hints = PersonHints(companyDomain: "acme.example", firstName: "Zoë", lastName: "Mueller")
        let value = try await ask(hints, mailboxes).channels[.workEmail]?.value
        #expect(value?.value == "zmueller@acme.example" && value?.source == "p" && value?.confidence == 0.7)
        #expect(mailboxes.asked.withLock { $0 } == ["zmueller@acme.example"])
    }

    @Test func elsewhereTheMostFrequentWayIs() async throws {
        let mailboxes = Mailboxes(["zoe.mueller@new.example"])
        let hints = PersonHints(companyDomain: "new.example", firstName: "Zoë", lastName: "Mueller")
        #expect(try await ask(hints, mailboxes).channels[.workEmail]?.value?.value == "zoe.mueller@new.example")
        #expect(mailboxes.asked.withLock { $0.first } == "zoe.mueller@new.example")
    }

    @Test func whatNobodySaysIsThereIsNotHandedOutAndFewAreTried() async throws {
        let mailboxes = Mailboxes([])
        let hints = PersonHints(companyDomain: "acme.example", firstName: "Zoë", lastName: "Mueller")
        let result = try await ask(hints, mailboxes)
        #expect(result.channels[.workEmail] == .missed(tried: ["t", "p"]) && result.creditsUsed == .zero)
        #expect(mailboxes.asked.withLock { $0.count } == 4)
    }

    /// Says nothing, as a service that is down.
    private struct Silence: EmailVerifier {
        func replies(to emails: [EmailToCheck]) async -> [VerifierReply] { emails.map { _ in .silent(why: "down") } }
    }

    @Test func whereTheVerificationIsDownNobodyKnows() async throws {
        let hints = PersonHints(companyDomain: "acme.example", firstName: "Zoë", lastName: "Mueller")
        let result = try await WaterfallFile.opening(folder.file("w.yaml"), in: folder, verifier: Silence()).with {
            await $0.persons([hints], channels: [.workEmail], endpoint: .discover, minConfidence: 0)[0].result
        }
        #expect(result.channels[.workEmail] == .missed(tried: ["t", "p"]))
        #expect(result.failures == [ProviderFailure(provider: "p", why: .unavailable)])
    }

    @Test func anAddressThatIsHandedOutIsNotVerifiedTwice() async throws {
        let mailboxes = Mailboxes(["zmueller@acme.example"])
        let verifier = RememberingVerifier(mailboxes)
        let candidate = EmailToCheck(email: "zmueller@acme.example", channel: .workEmail, recordID: "r")
        let other = EmailToCheck(email: "ada@acme.example", channel: .workEmail, recordID: "s")
        #expect(await verifier.ofCandidates.replies(to: [candidate, other]) == [.said(.valid), .said(.invalid)])
        #expect(await verifier.replies(to: [other, candidate]) == [.said(.invalid), .said(.valid)])
        #expect(mailboxes.asked.withLock { $0 } == [candidate.email, other.email, other.email])
        // It holds once: another time it is asked about like any other.
        #expect(await verifier.replies(to: [candidate]) == [.said(.valid)])
        #expect(mailboxes.asked.withLock { $0.last } == candidate.email)
    }

    @Test func withoutAVerificationNothingIsMadeUp() async throws {
        let error = await #expect(throws: Diagnostic.self) {
            try await WaterfallFile.open(folder.file("w.yaml"), in: folder)
        }
        #expect(error?.hint?.contains("verify.url") == true)
    }

    @Test(arguments: [
        ("ada.quux", "first.last"), ("aquux", "flast"), ("ada", "first"), ("adaquux", "firstlast"), ("adaq", "firstl"),
        ("ada_quux", "first_last"), ("a.quux", "f.last"), ("quux", "last"), ("quux.ada", "last.first"),
        ("quuxa", "lastf"),
        ("ada-quux", "first-last"), ("quuxada", "lastfirst"),
    ])
    func eachWayIsKnownAgain(_ local: String, _ name: String) throws {
        let made = try #require(EmailPattern.made("\(local)@acme.example", first: "Ada", last: "Quux"))
        #expect(made.pattern.rawValue == name && made.domain == "acme.example")
        #expect(made.pattern.local(first: "Ada", last: "Quux") == local)
    }

    @Test func namesComeInTheLettersOfAddresses() {
        #expect(EmailPattern.firstDotLast.local(first: "Łukasz", last: "Müller-Weiß") == "lukasz.mullerweiss")
        #expect(EmailPattern.firstDotLast.local(first: "李", last: "王") == nil)
        #expect(EmailPattern.made("someone@acme.example", first: "Ada", last: "Quux") == nil)
    }
}
