@testable import Connect
import EnrichmentAPI
import Foundation
import Ledger
@testable import Pipeline
import Synchronization
import TestSupport
import Testing

@Suite struct PurePlanTests {
    private struct Limited: Enricher {
        func recordsPerRequest(_ endpoint: Endpoint) -> Int { endpoint == .bulk ? 100 : 1 }
        var isExternal: Bool { true }
        func worst(_ channels: ChannelSet, endpoint: Endpoint) -> Credits { .zero }
        func send(_ request: EnrichmentRequest) async -> EnrichmentAnswer { EnrichmentAnswer(.refused) }
    }

    @Test(arguments: [1, 99, 100, 101, 250, 1000, 1001])
    func recordsOfOneSetCostTheFewestRequestsThereCanBe(_ count: Int) {
        let sent = Mutex<[Int]>([])
        let book = RequestBook(Limited()) { request in sent.withLock { $0.append(request.count) } }
        for row in 1...count {
            _ = book.add(
                Intent.Ask(identity: Int64(row), row: row), PersonHints(email: "\(row)"), endpoint: .bulk,
                channels: [.phone])
        }
        book.closeAll()
        #expect(sent.withLock { $0.count } == (count + 99) / 100)
        #expect(sent.withLock { $0.reduce(0, +) } == count)
    }

    @Test func everySetOfChannelsHasRequestsOfItsOwn() {
        var random = SeededRandom(9)
        let sent = Mutex<[PendingRequest]>([])
        let book = RequestBook(Limited()) { request in sent.withLock { $0.append(request) } }
        var counts: [UInt8: Int] = [:]
        for row in 1...3000 {
            let bits = UInt8.random(in: 1...15, using: &random)
            counts[bits, default: 0] += 1
            let place = book.add(
                Intent.Ask(identity: Int64(row), row: row), PersonHints(email: "\(row)"), endpoint: .bulk,
                channels: ChannelSet(bits: bits))
            #expect(place.request.records[place.index].email == "\(row)")
        }
        book.closeAll()
        let requests = sent.withLock { $0 }
        for (bits, count) in counts {
            #expect(requests.count { $0.channels.bits == bits } == (count + 99) / 100)
        }
        #expect(Set(requests.flatMap(\.asks).map(\.row)).count == 3000)
    }

    @Test func pausesGrowAndEnd() {
        var settings = RetrySettings()
        settings.attempts = 4
        settings.first = .seconds(1)
        settings.most = .seconds(3)
        let policy = RetryPolicy(settings)
        #expect(
            (1...3).map { policy.pause(afterAttempt: $0, random: 1) } == [.seconds(1), .seconds(2), .seconds(3)])
        #expect(policy.pause(afterAttempt: 4, random: 1) == nil)
        #expect(policy.pause(afterAttempt: 1, random: 0) == .zero)
    }

    @Test func repliesAreToldApartByWhatTheyMean() {
        let request = EnrichmentRequest(endpoint: .bulk, channels: [.phone], records: [PersonHints(email: "a")])
        func read(_ status: Int, _ body: String = "", pause: Duration? = nil) -> String {
            switch APIReply.read(status: status, pause: pause, body: Data(body.utf8), request: request) {
            case .persons: "persons"
            case .accounts: "accounts"
            case .refused: "refused"
            case .turnedAway(_, let why, _): why == .tooMany ? "429" : "turned away"
            case .lost: "lost"
            case .keyRefused: "key"
            case .outOfCredits: "credits"
            }
        }
        #expect(read(200, "[]") == "persons")
        #expect(read(200, "<html>") == "lost")
        #expect([400, 413, 422].map { read($0) } == ["refused", "refused", "refused"])
        #expect([401, 403, 402, 429].map { read($0) } == ["key", "key", "credits", "429"])
        #expect(read(503, pause: .seconds(1)) == "turned away")
        #expect([404, 405, 410].map { read($0) } == ["turned away", "turned away", "turned away"])
        #expect(read(403, #"{"error": "insufficient_credits"}"#) == "credits")
        #expect(read(429, #"{"error": {"code": "x", "message": "You are out of credits"}}"#) == "credits")
        #expect(read(403, #"{"error": "credits are fine, the key is not"}"#) == "key")
        #expect(read(400, #"{"detail": "not enough credits for this request"}"#) == "credits")
        #expect(read(429, #"{"message": "Rate limit exceeded; no credits were used"}"#) == "429")
        #expect(read(429, #"{"message": "Credit limit exceeded"}"#, pause: .seconds(9)) == "429")
        #expect([500, 502, 503, 504].map { read($0) } == ["lost", "lost", "lost", "lost"])
    }

    @Test func onlyTheIdempotentCallFollowsALostAnswer() {
        #expect(LostAnswer.next(after: .bulk, .single) == .single)
        #expect(LostAnswer.next(after: .single, .single) == .single)
        #expect(LostAnswer.next(after: .discover, .single) == nil)
        #expect(LostAnswer.next(after: .bulk, .hold) == nil)
        #expect(LostAnswer.next(after: .bulk, .resend) == .bulk)
    }

    @Test func elementsComeOutInOrderAndNeverTooManyAtOnce() async throws {
        let running = Mutex((now: 0, most: 0))
        var next = 0
        var taken: [Int] = []
        try await inOrder(width: 4) {
            next += 1
            return next <= 50 ? next : nil
        } transform: { element in
            running.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            for _ in 0..<(50 - element) { await Task.yield() }
            running.withLock { $0.now -= 1 }
            return element
        } take: {
            taken.append($0)
        }
        #expect(taken == Array(1...50))
        #expect(running.withLock { $0.most } <= 4)
    }

    /// The vector that the Standard Webhooks specification publishes.
    @Test func signaturesAreThoseOfTheStandard() {
        let signature = WebhookSignature(secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        let signed = signature.sign(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Data(#"{"test": 2432232314}"#.utf8))
        #expect(signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test(arguments: [
        ("/valid", #"{"valid":true}"#, Verdict.valid), ("/valid", #"{"valid":false}"#, .invalid),
        ("/valid", #"{"valid":null}"#, .unknown),
        ("/data/0/state", #"{"data":[{"state":"ok"}]}"#, .valid), ("/valid", "<html>", .unknown),
        ("/a~1b", #"{"a/b":"bad"}"#, .invalid),
        ("/n", #"{"n":1}"#, .unknown),
    ])
    func verdictsAreReadWhereThePointerPoints(_ pointer: String, _ body: String, _ verdict: Verdict) {
        let settings = VerdictSettings(pointer: pointer, valid: ["true", "ok"], invalid: ["false", "bad"])
        #expect(VerdictReader(settings: settings).verdict(in: Data(body.utf8)) ?? .unknown == verdict)
    }

    @Test func columnNamesNeverRepeat() {
        #expect(ColumnNames.distinct(["a", "a", "", "a_2", "a"]) == ["a", "a_2", "column_3", "a_2_2", "a_3"])
    }

    @Test func whatIsWrittenAsCSVIsQuotedOnlyWhereItMustBe() {
        #expect(
            String(decoding: CSVText().row(["a", "b,c", "d\"e", "f\ng", "", " h "]), as: UTF8.self)
                == "a,\"b,c\",\"d\"\"e\",\"f\ng\",, h \n")
        #expect(CSVText().row([""]) == Array("\"\"\n".utf8))
    }
}
