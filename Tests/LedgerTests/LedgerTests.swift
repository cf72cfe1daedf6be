import EnrichmentAPI
import Foundation
import Ledger
import Records
import TestSupport
import Testing

@Suite struct LedgerTests {
    let folder: TemporaryFolder
    let ledger: Ledger

    init() throws {
        folder = try TemporaryFolder()
        ledger = try Ledger(path: folder.file("state/ledger.sqlite"))
    }

    private func begin(_ key: String = "k", inputs: String = "[]", fresh: Bool = false, now: Double = 1000) async throws
        -> Run
    {
        try await ledger.begin(
            RunIdentity(pipeline: "p", workspace: "w", engine: "api", key: key, inputs: inputs), fresh: fresh, now: now)
    }

    private func intent(_ run: Run, _ asks: [Intent.Ask], worst: Int = 0) -> Intent {
        Intent(run: run.id, endpoint: .bulk, channels: [.phone], asks: asks, worst: Credits(thousandths: worst))
    }

    private func result(_ phone: String?, credits: Int) -> PersonResult {
        PersonResult(
            recordID: "r",
            channels: [
                .phone: phone.map { .found(ChannelValue(value: $0, source: "s", confidence: 1, enrichedAt: "t")) }
                    ?? .missed(tried: [])
            ],
            creditsUsed: Credits(thousandths: credits))
    }

    private func opened(_ opening: Opening) throws -> Int64 {
        guard case .opened(let chunk) = opening else {
            Issue.record("\(opening)")
            return 0
        }
        return chunk
    }

    @Test func theFileIsForItsOwnerAlone() throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: ledger.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func aFileThatIsNoLedgerIsSaidClearlyAndLeftAlone() throws {
        let path = try folder.write("other.sqlite", String(repeating: "this is no database. ", count: 500))
        #expect(#expect(throws: Diagnostic.self) { try Ledger(path: path) }?.code == "ledger_damaged")
        #expect(try folder.read("other.sqlite").hasPrefix("this is no database."))
    }

    // MARK: People

    @Test func anAliasLeadsToOnePersonForGood() async throws {
        let scope = try await ledger.scope(workspace: "w", engine: "api")
        let first = try await ledger.resolve(
            [Lookup(aliases: ["email:a"]), Lookup(aliases: ["linkedin:b"])], in: scope)
        let bridge = try await ledger.resolve([Lookup(aliases: ["linkedin:b", "email:a", "email:c"])], in: scope)
        #expect(first[0].identity != first[1].identity)
        #expect(bridge[0].identity == first[0].identity)
        let again = try await ledger.resolve(
            [Lookup(aliases: ["email:c"]), Lookup(aliases: ["linkedin:b"])], in: scope)
        #expect(again.map(\.identity) == [first[0].identity, first[1].identity])
    }

    @Test func theSameRowsComeToTheSamePeopleHoweverOftenTheyAreLookedUp() async throws {
        var random = SeededRandom(5)
        let lookups = (0..<300).map { _ in
            Lookup(
                aliases: Array(
                    Set(
                        (0..<Int.random(in: 1...3, using: &random)).map { _ in
                            "email:\(Int.random(in: 0..<120, using: &random))"
                        })
                ).sorted(),
                name: ["", "a|b", "c|d"].randomElement(using: &random) ?? "",
                domain: ["", "x", "y"].randomElement(using: &random) ?? "")
        }
        let scope = try await ledger.scope(workspace: "w", engine: "api")
        let once = try await ledger.resolve(lookups, in: scope).map(\.identity)
        for start in [0, 17, 100, 250] {
            #expect(
                try await ledger.resolve(Array(lookups[start...]), in: scope).map(\.identity) == Array(once[start...]))
        }
    }

    @Test func rowsThatContradictEachOtherStayApart() async throws {
        let scope = try await ledger.scope(workspace: "w", engine: "api")
        let known = try await ledger.resolve(
            [
                Lookup(aliases: ["linkedin:z"], name: "zelda|quux", domain: "acme.example"),
                Lookup(aliases: ["linkedin:z"], name: "hank|rutherglen", domain: "umbra.example"),
                Lookup(aliases: ["linkedin:z"], name: "zelda|new-name", domain: "acme.example"),
                Lookup(aliases: ["linkedin:z"], name: "hank|rutherglen", domain: "umbra.example"),
            ], in: scope
        ).map(\.identity)
        #expect(known[0] != known[1])
        #expect(known[2] == known[0])
        #expect(known[3] == known[1])
    }

    @Test func whatOneEngineSaidIsNoAnswerOfAnother() async throws {
        let api = try await ledger.scope(workspace: "w", engine: "api"),
            embedded = try await ledger.scope(workspace: "w", engine: "embedded")
        let first = try await ledger.resolve([Lookup(aliases: ["email:a"])], in: api)
        let second = try await ledger.resolve([Lookup(aliases: ["email:a"])], in: embedded)
        #expect(first[0].identity != second[0].identity)
        #expect(try await ledger.peek([Lookup(aliases: ["email:b"])], in: api)[0] == nil)
    }

    // MARK: The protocol

    @Test func anAnswerIsKnownOnceItIsSettled() async throws {
        let scope = try await ledger.scope(workspace: "w", engine: "api")
        let run = try await begin()
        let people = try await ledger.resolve([Lookup(aliases: ["email:a"]), Lookup(aliases: ["email:b"])], in: scope)
        let intent = intent(run, people.enumerated().map { Intent.Ask(identity: $1.identity, row: $0 + 1) })
        let chunk = try opened(
            await ledger.open(
                intent, workspace: "w", quota: Quota(.generous), budget: Budget(), perRecord: .zero, now: 1000,
                patience: 30))
        #expect(try await ledger.earlierAsks(run: run.id, afterRow: 1)[2]?.first?.state == .intent)
        try await ledger.settle(
            chunk: chunk, intent, .persons([result("+1", credits: 5000), result(nil, credits: 0)], costs: []), now: 1001
        )
        let known = try await ledger.resolve([Lookup(aliases: ["email:a"]), Lookup(aliases: ["email:b"])], in: scope)
        #expect(known[0].answers.first?.value?.value == "+1")
        #expect(known[0].answers.first?.recordID == "r")
        #expect(known[1].answers.first?.value == nil)
        #expect(known[1].answers.count == 1)
        #expect(try await ledger.requests(of: run.id).credits[.bulk] == Credits(thousandths: 5000))
    }

    @Test func aRequestWithoutAnAnswerMayHaveCostItsWorst() async throws {
        let run = try await begin()
        let intent = intent(run, [Intent.Ask(identity: 1, row: 1)], worst: 7000)
        let chunk = try opened(
            await ledger.open(
                intent, workspace: "w", quota: Quota(.generous), budget: Budget(), perRecord: .zero, now: 1000,
                patience: 30))
        #expect(try await ledger.requests(of: run.id).unknownCharge == Credits(thousandths: 7000))
        try await ledger.settle(chunk: chunk, intent, .lost, now: 1001)
        #expect(try await ledger.requests(of: run.id).unknownCharge == Credits(thousandths: 7000))
        #expect(try await ledger.failures(run: run.id) == [1: .lost])
    }

    @Test func theBudgetIsNeverReservedTwice() async throws {
        let run = try await begin()
        let budget = Budget(run: Credits(thousandths: 10_000))
        let asks = (1...2).map { Intent.Ask(identity: Int64($0), row: $0) }
        let first = intent(run, asks, worst: 6000)
        let chunk = try opened(
            await ledger.open(
                first, workspace: "w", quota: Quota(.generous), budget: budget, perRecord: Credits(thousandths: 3000),
                now: 1000, patience: 30))
        #expect(
            try await ledger.open(
                first, workspace: "w", quota: Quota(.generous), budget: budget, perRecord: Credits(thousandths: 3000),
                now: 1000, patience: 30)
                == .waitForAnswer)
        try await ledger.settle(
            chunk: chunk, first, .persons([result("+1", credits: 3000), result("+2", credits: 3000)], costs: []),
            now: 1001)
        #expect(
            try await ledger.open(
                first, workspace: "w", quota: Quota(.generous), budget: budget, perRecord: Credits(thousandths: 3000),
                now: 1002, patience: 30)
                == .overBudget(fitting: 1))
    }

    @Test func whatAWorkspaceSpentThisMonthCountsForEveryRun() async throws {
        let november = 1_795_737_600.0  // 2026-11-27
        let budget = Budget(month: Credits(thousandths: 10_000))
        let earlier = try await begin(now: november)
        let asks = (1...2).map { Intent.Ask(identity: Int64($0), row: $0) }
        let spending = intent(earlier, asks, worst: 6000)
        let chunk = try opened(
            await ledger.open(
                spending, workspace: "w", quota: Quota(.generous), budget: budget,
                perRecord: Credits(thousandths: 3000),
                now: november, patience: 30))
        try await ledger.settle(
            chunk: chunk, spending, .persons([result("+1", credits: 3000), result("+2", credits: 3000)], costs: []),
            now: november)
        try await ledger.end(earlier.id, .done, now: november)
        let later = try await begin(now: november + 60)
        #expect(later.id != earlier.id)
        let more = intent(later, asks, worst: 6000)
        #expect(
            try await ledger.open(
                more, workspace: "w", quota: Quota(.generous), budget: budget, perRecord: Credits(thousandths: 3000),
                now: november + 60, patience: 30) == .overBudget(fitting: 1))
        // Five days later it is December.
        _ = try opened(
            await ledger.open(
                more, workspace: "w", quota: Quota(.generous), budget: budget, perRecord: Credits(thousandths: 3000),
                now: november + 5 * 86_400, patience: 30))
    }

    @Test func aMonthBeginsAtItsFirstMidnightInUTC() {
        #expect(Budget.monthStart(1_795_737_600) == 1_793_491_200)
        #expect(Budget.monthStart(1_793_491_200) == 1_793_491_200)
        #expect(Budget.monthStart(1_793_491_199) == 1_790_812_800)
    }

    @Test func whatWasInTheAirWhenARunDiedHoldsItsWorstButKeepsNobodyWaiting() async throws {
        let run = try await begin()
        let budget = Budget(run: Credits(thousandths: 10_000))
        let asks = (1...2).map { Intent.Ask(identity: Int64($0), row: $0) }
        let first = intent(run, asks, worst: 6000)
        _ = try opened(
            await ledger.open(
                first, workspace: "w", quota: Quota(.generous), budget: budget, perRecord: Credits(thousandths: 3000),
                now: 1000, patience: 30))
        let again = try await begin(now: 2000)
        #expect(again.id == run.id)
        #expect(try await ledger.earlierAsks(run: run.id, afterRow: 0)[1]?.first?.state == .lost)
        #expect(
            try await ledger.open(
                first, workspace: "w", quota: Quota(.generous), budget: budget, perRecord: Credits(thousandths: 3000),
                now: 2000, patience: 30)
                == .overBudget(fitting: 1))
        #expect(try await ledger.requests(of: run.id).unknownCharge == Credits(thousandths: 6000))
    }

    @Test func slotsAreSharedByEverybodyWhoOpensTheFile() async throws {
        var limits = ServiceLimits.generous
        limits.bulkPerMinute = 1
        let run = try await begin()
        let intent = intent(run, [Intent.Ask(identity: 1, row: 1)])
        let other = try Ledger(path: ledger.path)
        let chunk = try opened(
            await ledger.open(
                intent, workspace: "w", quota: Quota(limits), budget: Budget(), perRecord: .zero, now: 1000,
                patience: 30))
        #expect(
            try await other.open(
                intent, workspace: "w", quota: Quota(limits), budget: Budget(), perRecord: .zero, now: 1000,
                patience: 30)
                == .waitForAnswer)
        try await ledger.settle(chunk: chunk, intent, .refused, now: 1005)
        #expect(
            try await other.open(
                intent, workspace: "w", quota: Quota(limits), budget: Budget(), perRecord: .zero, now: 1010,
                patience: 30)
                == .wait(until: 1065, reason: .minute))
        _ = try opened(
            await other.open(
                intent, workspace: "other", quota: Quota(limits), budget: Budget(), perRecord: .zero, now: 1010,
                patience: 30))
    }

    @Test func aCallWhoseProcessDiedFreesItsSlotInTheEnd() async throws {
        var limits = ServiceLimits.generous
        limits.bulkPerMinute = 1
        let run = try await begin()
        let intent = intent(run, [Intent.Ask(identity: 1, row: 1)])
        _ = try opened(
            await ledger.open(
                intent, workspace: "w", quota: Quota(limits), budget: Budget(), perRecord: .zero, now: 1000,
                patience: 30))
        #expect(
            try await ledger.open(
                intent, workspace: "w", quota: Quota(limits), budget: Budget(), perRecord: .zero, now: 1040,
                patience: 30)
                == .wait(until: 1090, reason: .minute))
        _ = try opened(
            await ledger.open(
                intent, workspace: "w", quota: Quota(limits), budget: Budget(), perRecord: .zero, now: 1090,
                patience: 30))
    }

    // MARK: Runs

    @Test func anUnfinishedRunIsTakenUpWhereItStands() async throws {
        let run = try await begin()
        #expect(!run.isResumed)
        try await ledger.checkpoint(run.id, Checkpoint(position: "p", rows: 7, lengths: ["out": 99], tally: "t"))
        let again = try await begin(now: 2000)
        #expect(again.id == run.id && again.isResumed && again.startedAt == 1000)
        #expect(again.checkpoint?.rows == 7 && again.checkpoint?.lengths == ["out": 99])
        try await ledger.end(run.id, .done, now: 2001)
        #expect(try await begin(now: 3000).id != run.id)
    }

    @Test func aRunWhoseRowsAreAllWrittenIsTakenUpAsWhole() async throws {
        let run = try await begin()
        try await ledger.end(run.id, .whole, now: 1001)
        #expect(try await begin(now: 1002).isWhole)
        #expect(try await begin(now: 1003).isWhole)
    }

    @Test func anInputThatChangedIsNotGoneOnWith() async throws {
        _ = try await begin(inputs: "[1]")
        let error = await #expect(throws: Diagnostic.self) { try await begin(inputs: "[2]") }
        #expect(error?.code == "input_changed")
        #expect(try await begin(inputs: "[2]", fresh: true).isResumed == false)
    }

    @Test func aPipelineRunsOnlyOnceAtATime() throws {
        let lock = try RunLock(ledger: ledger.path, key: "k", pipeline: "p")
        let error = #expect(throws: Diagnostic.self) { try RunLock(ledger: ledger.path, key: "k", pipeline: "p") }
        #expect(error?.code == "already_running")
        #expect(error?.message.contains(String(getpid())) == true)
        _ = try RunLock(ledger: ledger.path, key: "other", pipeline: "p")
        withExtendedLifetime(lock) {}
    }

    @Test func verdictsAreRemembered() async throws {
        try await ledger.record(
            verdicts: ["a@x.example": .valid, "b@x.example": .unknown], workspace: "w", run: 1, now: 10)
        let known = try await ledger.verdicts(on: ["a@x.example", "b@x.example", "c@x.example"], workspace: "w")
        #expect(known.mapValues(\.verdict) == ["a@x.example": .valid, "b@x.example": .unknown])
        #expect(try await ledger.verdictTotals(run: 1) == [.valid: 1, .unknown: 1])
    }
}
