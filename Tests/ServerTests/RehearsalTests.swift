import EnrichmentAPI
import Foundation
import Ledger
import Records
import Synchronization
import TestSupport
import Testing
import Waterfall
@testable import Server

/// A service that misbehaves for nothing.
@Suite struct RehearsalTests {
    private func playing(_ text: String) throws -> ServiceUnderTest {
        var service = try ServiceUnderTest()
        service.rehearsal = try Rehearsal(text) { 0 }
        return service
    }

    private let body = #"{"records": [{"email": "p1@acme.example"}, {"email": "p2@acme.example"}]}"#

    @Test(arguments: [("429", 429), ("503", 503), ("422", 422), ("402", 402)])
    func whatIsRefusedIsNotCharged(_ act: String, _ status: Int) async throws {
        let service = try playing("bulk: 100% \(act)")
        try await service.serving { (client) async throws -> Void in
            #expect(try await client.post("/enrichment/bulk", body).status == status)
            #expect(try await client.post("/enrichment", #"{"email": "p1@acme.example"}"#).status == 200)
        }
        #expect(try await service.ledger.charged(workspace: "default").charges == 2)
    }

    @Test(arguments: ["commit-then-drop", "commit-then-cut"])
    func whatIsDroppedIsChargedAndTheSinglesAreFree(_ act: String) async throws {
        let service = try playing("bulk: 100% \(act)")
        try await service.serving { (client) async throws -> Void in
            await #expect(throws: (any Error).self) { try await client.post("/enrichment/bulk", body) }
            let single = try await client.post("/enrichment", #"{"email": "p1@acme.example"}"#)
            #expect(single.credits == 0 && single.text.contains("+12125550101"))
        }
        #expect(try await service.ledger.charged(workspace: "default").credits == Credits(thousandths: 14_000))
    }

    @Test func answersMayBeShortOrNoAnswersAtAll() async throws {
        let short = try playing("bulk: 100% short")
        try await short.serving { (client) async throws -> Void in
            #expect(try await client.post("/enrichment/bulk", body).list().count == 1)
        }
        let html = try playing("bulk: 100% html")
        try await html.serving { (client) async throws -> Void in
            #expect(try await client.post("/enrichment/bulk", body).text.hasPrefix("<html>"))
        }
        let broken = try playing("bulk: 100% commit-then-500")
        try await broken.serving { (client) async throws -> Void in
            #expect(try await client.post("/enrichment/bulk", body).status == 500)
        }
    }

    @Test func sharesAreKept() throws {
        let share = Mutex(0.0)
        let rehearsal = try Rehearsal("bulk: 5% 429, 2.5% commit-then-drop ; single: 10% 503") {
            share.withLock { $0 }
        }
        func next(_ value: Double, _ endpoint: Endpoint = .bulk) -> Rehearsal.Act? {
            share.withLock { $0 = value }
            return rehearsal.next(endpoint)
        }
        #expect([0, 0.049].map { next($0) } == [.tooMany, .tooMany])
        #expect([0.051, 0.074].map { next($0) } == [.drop, .drop])
        #expect(next(0.076) == nil && next(0.05, .single) == .notReady && next(0, .account) == nil)
    }

    @Test(arguments: [
        "", "bulk", "fax: 5% 429", "bulk: 5 429", "bulk: 5% 418", "bulk: 60% 429, 50% 503", "bulk: -1% 429",
    ])
    func mistakesAreSaid(_ text: String) {
        let error = #expect(throws: Diagnostic.self) { try Rehearsal(text) }
        #expect(error?.hint?.isEmpty == false)
    }

    @Test func inventedAnswersAreTheSameForTheSamePersonAndNobodysReal() async {
        let answers = InventedAnswers()
        let people = (0..<500).map { PersonHints(email: "p\($0)@acme.example") }
        let first = await answers.persons(people, channels: .all, endpoint: .bulk, isForced: false)
        let again = await answers.persons(people, channels: .all, endpoint: .bulk, isForced: false)
        #expect(first.map(\.result) == again.map(\.result))
        let values = first.flatMap { $0.result.channels.entries.compactMap { $0.value.value?.value } }
        #expect((600..<1400).contains(values.count), "\(values.count)")
        #expect(values.allSatisfy { $0.hasSuffix(".example") || $0.hasPrefix("+12125550") || $0.contains("rehearsal") })
    }
}
