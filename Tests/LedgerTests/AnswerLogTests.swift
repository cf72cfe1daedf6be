import EnrichmentAPI
import Foundation
import GRDB
@testable import Ledger
import TestSupport
import Testing

/// What our own service has answered, while it lies in the log and when it has its place.
///
/// One after the other, since each opens many files.
@Suite(.serialized) struct AnswerLogTests {
    let folder: TemporaryFolder
    let ledger: ServiceLedger

    init() throws {
        folder = try TemporaryFolder()
        ledger = try ServiceLedger(beside: folder.file("ledger.sqlite"))
    }

    private func found(_ value: String, cost: Int = 1) -> ServedChannel {
        ServedChannel(
            result: .found(
                ChannelValue(value: value, source: "table", confidence: 1, enrichedAt: "2026-01-01T00:00:00Z")),
            cost: Credits(thousandths: cost * 1000))
    }

    private func person(_ name: String, _ channels: ChannelMap<ServedChannel>) -> ServedPerson {
        ServedPerson(identity: ledger.identity(name, workspace: "w"), channels: channels)
    }

    private func call(
        _ people: [ServedPerson], seen: LogReading? = nil, isForced: Bool = false, at now: Double = 1000
    ) -> ServedRequest {
        ServedRequest(
            workspace: "w", apiKey: "", endpoint: .bulk, arrivedAt: now, since: 500, now: now, seen: seen,
            isForced: isForced, people: people)
    }

    private func values(_ name: String, _ channel: Channel, in ledger: ServiceLedger? = nil) async throws -> String? {
        let ledger = ledger ?? self.ledger
        let known = try await ledger.known([ledger.identity(name, workspace: "w")], values: 500, misses: 500)
        return known.answers[0][channel]?.result.value?.value
    }

    private func rows(_ table: String) async throws -> Int {
        try await ledger.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }

    /// Readers are given back on the threads that tasks run on, so none of these may be held by who waits for a reader.
    @Test func manyCallsAtOnceDoNotWaitForEachOtherForEver() async throws {
        let people = (0..<200).map { ledger.identity("p\($0)", workspace: "w") }
        try await withThrowingTaskGroup { group in
            for call in 0..<64 {
                group.addTask { [ledger] in
                    for _ in 0..<10 {
                        if call.isMultiple(of: 2) {
                            _ = try await ledger.replay(workspace: "w", key: "k", since: 0)
                        } else {
                            _ = try await ledger.known(people, values: 500, misses: 500)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func answersAreFoundBeforeAndAfterTheyHaveTheirPlaces() async throws {
        _ = try await ledger.settle([
            call([person("a", [.phone: found("1"), .workEmail: found("a@x.example")])]),
            call([person("b", [.phone: ServedChannel(result: .missed(tried: ["t"]), cost: .zero)])]),
        ])
        #expect(try await rows("answered_log") == 3)
        #expect(try await rows("answered") == 0)
        for _ in 0..<2 {
            #expect(try await values("a", .phone) == "1")
            #expect(try await values("a", .workEmail) == "a@x.example")
            let known = try await ledger.known([ledger.identity("b", workspace: "w")], values: 500, misses: 500)
            guard case .missed(["t"]) = known.answers[0][.phone]?.result else {
                Issue.record("the miss is not known")
                return
            }
            #expect(try await values("c", .phone) == nil)
            try await AnswerMover(ledger).moveAll()
        }
        #expect(try await rows("answered_log") == 0)
        #expect(try await rows("answered") == 3)
    }

    @Test func whatTheLogTellsOfAPersonStandsTogether() async throws {
        _ = try await ledger.settle([call([person("a", [.phone: found("1")])])])
        _ = try await ledger.settle([call([person("b", [.phone: found("2")])])])
        _ = try await ledger.settle([
            call([person("a", [.workEmail: found("a@x.example")])]),
            call([person("a", [.personalEmail: found("a@home.example")])]),
        ])
        for _ in 0..<2 {
            #expect(try await values("a", .phone) == "1")
            #expect(try await values("a", .workEmail) == "a@x.example")
            #expect(try await values("a", .personalEmail) == "a@home.example")
            #expect(try await values("b", .phone) == "2")
            try await AnswerMover(ledger).moveAll()
        }
    }

    @Test(arguments: [false, true])
    func whatCameSinceItWasLookedUpIsNotChargedAgain(isMoved: Bool) async throws {
        let before = try await ledger.known([ledger.identity("a", workspace: "w")], values: 500, misses: 500).seen
        let first = try await ledger.settle([call([person("a", [.phone: found("1")])], seen: before)])
        if isMoved { try await AnswerMover(ledger).moveAll() }
        let second = try await ledger.settle([call([person("a", [.phone: found("1")])], seen: before)])
        #expect(first[0].people[0][.phone] == Credits(thousandths: 1000))
        #expect(second[0].people[0][.phone] == .zero)
        let forced = try await ledger.settle([call([person("a", [.phone: found("1")])], isForced: true)])
        #expect(forced[0].people[0][.phone] == Credits(thousandths: 1000))
    }

    /// Between the look at the log and the look at what has its place the log may be cleared, so that somebody is seen in
    /// neither.
    @Test func whoWasSeenNowhereWhileTheLogWasClearedIsNotChargedAgain() async throws {
        _ = try await ledger.settle([call([person("a", [.phone: found("1")])])])
        let seen = try await ledger.read { [log = ledger.log] in try log.catchUp($0) }
        try await AnswerMover(ledger).moveAll()
        _ = try await ledger.settle([call([person("b", [.phone: found("2")])])])
        let charged = try await ledger.settle([call([person("a", [.phone: found("3")])], seen: seen)])
        #expect(charged[0].people[0][.phone] == .zero)
        #expect(try await values("a", .phone) == "1")
    }

    @Test func whatIsRepeatedStaysAsShortAsItIs() async throws {
        for round in 0..<5 {
            let forced = (0..<8).map { call([person("a", [.phone: found("\(round).\($0)")])], isForced: true) }
            _ = try await ledger.settle(forced)
        }
        // Each call repeats at most what is known of the person's four channels.
        #expect(try await rows("answered_log") <= 5 * 8 * 2)
        #expect(try await values("a", .phone) == "4.7")
        try await AnswerMover(ledger).moveAll()
        #expect(try await values("a", .phone) == "4.7")
        #expect(try await rows("answered") == 1)
    }

    /// A list of whom to move was made before something newer came and was moved by another process.
    @Test func anOlderAnswerNeverTakesThePlaceOfANewerOne() async throws {
        let other = try ServiceLedger(beside: folder.file("ledger.sqlite"))
        _ = try await ledger.settle([call([person("a", [.phone: found("old")]), person("b", [.phone: found("2")])])])
        #expect(try await values("a", .phone, in: other) == "old")
        _ = try await ledger.settle([call([person("a", [.phone: found("new")])], isForced: true)])
        async let one: Void = AnswerMover(other).moveAll()
        async let two: Void = AnswerMover(ledger).moveAll()
        _ = try await (one, two)
        #expect(try await values("a", .phone) == "new")
        #expect(try await values("a", .phone, in: other) == "new")
        #expect(try await values("b", .phone) == "2")
    }

    @Test func somebodyWhoStandsTwiceInACallIsChargedOnce() async throws {
        let charged = try await ledger.settle([
            call([
                person("a", [.phone: found("1")]), person("a", [.phone: found("1"), .workEmail: found("a@x.example")]),
            ])
        ])
        #expect(charged[0].people[0][.phone] == Credits(thousandths: 1000))
        #expect(charged[0].people[1][.phone] == .zero)
        #expect(charged[0].people[1][.workEmail] == Credits(thousandths: 1000))
        #expect(try await ledger.doubleCharges() == 0)
        #expect(try await values("a", .phone) == "1")
        #expect(try await values("a", .workEmail) == "a@x.example")
    }

    @Test func aSecondRecordOfSomebodyIsKeptWhereTheFirstBringsNothing() async throws {
        _ = try await ledger.settle([call([person("a", [.phone: found("1")])])])
        try await AnswerMover(ledger).moveAll()
        let charged = try await ledger.settle([
            call([person("a", [.phone: found("1")]), person("a", [.workEmail: found("a@x.example")])])
        ])
        #expect(charged[0].people[0][.phone] == .zero)
        #expect(charged[0].people[1][.workEmail] == Credits(thousandths: 1000))
        #expect(try await values("a", .workEmail) == "a@x.example")
    }

    @Test func anotherProcessKnowsWhatLiesInTheLog() async throws {
        let other = try ServiceLedger(beside: folder.file("ledger.sqlite"))
        _ = try await ledger.settle([call([person("a", [.phone: found("1")])])])
        #expect(try await values("a", .phone, in: other) == "1")
        let again = try await other.settle([
            call([person("a", [.phone: found("1"), .workEmail: found("a@x.example")])])
        ])
        #expect(again[0].people[0][.phone] == .zero)
        #expect(try await values("a", .phone) == "1")
        #expect(try await values("a", .workEmail) == "a@x.example")
        try await AnswerMover(other).moveAll()
        #expect(try await values("a", .phone) == "1")
        #expect(try await values("a", .workEmail) == "a@x.example")
    }

    @Test func aVerdictReachesAnAnswerWhereverItStands() async throws {
        _ = try await ledger.settle([call([person("a", [.workEmail: found("a@x.example")])])])
        for verdict in [Verdict.catchAll, .valid] {
            var later = call([])
            later.verdicts = [
                LaterVerdict(identity: ledger.identity("a", workspace: "w"), channel: .workEmail, verdict: verdict)
            ]
            _ = try await ledger.settle([later])
            let known = try await ledger.known([ledger.identity("a", workspace: "w")], values: 500, misses: 500)
            #expect(known.answers[0][.workEmail]?.verdict == verdict)
            try await AnswerMover(ledger).moveAll()
            let moved = try await ledger.known([ledger.identity("a", workspace: "w")], values: 500, misses: 500)
            #expect(moved.answers[0][.workEmail]?.verdict == verdict)
        }
    }

    @Test func aCallThatWasNotWrittenLeavesNoPlaces() async throws {
        _ = try await ledger.settle([call([person("a", [.phone: found("1")])])])
        struct Broken: Error {}
        await #expect(throws: Broken.self) {
            try await ledger.write { [ledger] database in
                var writer = try SettlementWriter(database, ledger.log)
                _ = try writer.write(call([person("a", [.workEmail: found("a@x.example")])]))
                _ = try writer.write(call([person("b", [.workEmail: found("b@x.example")])]))
                throw Broken()
            }
        }
        // The rows that were given up are other people's now.
        _ = try await ledger.settle([call([person("c", [.phone: found("3")])])])
        #expect(try await values("a", .phone) == "1")
        #expect(try await values("a", .workEmail) == nil)
        #expect(try await values("b", .workEmail) == nil)
        #expect(try await values("c", .phone) == "3")
    }

    @Test func answersGoToTheirPlacesWhileNobodyCallsOrWhenTheyAreMany() async throws {
        let mover = AnswerMover(ledger, most: 300)
        func settle(_ numbers: Range<Int>) async throws {
            _ = try await ledger.settle([call(numbers.map { person("p\($0)", [.phone: found("\($0)")]) })])
        }
        try await settle(0..<200)
        try await mover.move()
        // Something came since it looked last, and it is not much.
        #expect(try await rows("answered") == 0)
        try await settle(200..<400)
        try await mover.move()
        #expect(try await rows("answered") == 400)
        #expect(try await rows("answered_log") == 0)
        try await settle(400..<500)
        try await mover.move()
        #expect(try await rows("answered_log") == 100)
        try await mover.move()
        #expect(try await rows("answered_log") == 0)
        #expect(try await values("p0", .phone) == "0")
        #expect(try await values("p499", .phone) == "499")
        #expect(ledger.log.all.keys.isEmpty)
    }

    /// Two processes that answer, move and forget in any order say what one that does it at once would.
    @Test(arguments: 0..<8)
    func whateverIsDoneTheNewestAnswerIsKnown(seed: UInt64) async throws {
        var random = SeededRandom(seed)
        let ledgers = [ledger, try ServiceLedger(beside: folder.file("ledger.sqlite"))]
        var model: [String: ChannelMap<String>] = [:]
        var charged = 0, expected = 0
        for step in 0..<80 {
            let ledger = ledgers[Int.random(in: 0..<2, using: &random)]
            let name = "p\(Int.random(in: 0..<12, using: &random))"
            switch Int.random(in: 0..<10, using: &random) {
            case 0: try await AnswerMover(ledger).moveAll()
            case 1:
                var person = Forgettable()
                person.aliases = [name]
                _ = try await ledger.forget(person)
                model[name] = nil
            default:
                let known = try await ledger.known([ledger.identity(name, workspace: "w")], values: 500, misses: 500)
                let open = Channel.allCases.filter { known.answers[0][$0] == nil }
                // Another call for the same comes first now and then.
                for _ in 0..<Int.random(in: 1...2, using: &random) {
                    let isForced = Int.random(in: 0..<8, using: &random) == 0
                    guard let channel = (isForced ? Channel.allCases : open).randomElement(using: &random) else {
                        continue
                    }
                    let answers = try await ledger.settle([
                        call(
                            [person(name, [channel: found("\(step)")])], seen: isForced ? nil : known.seen,
                            isForced: isForced, at: 1000 + Double(step))
                    ])
                    charged += answers[0].people[0][channel]?.thousandths ?? 0
                    if isForced || model[name]?[channel] == nil {
                        model[name, default: [:]][channel] = "\(step)"
                        expected += 1000
                    }
                }
            }
            for ledger in ledgers {
                for name in model.keys {
                    for channel in Channel.allCases {
                        #expect(try await values(name, channel, in: ledger) == model[name]?[channel])
                    }
                }
            }
        }
        #expect(charged == expected)
    }
}
