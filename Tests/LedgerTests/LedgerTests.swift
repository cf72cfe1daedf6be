import EnrichmentAPI
import Foundation
import GRDB
@testable import Ledger
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

    /// Whether a request of this test's run may leave.
    private func open(
        _ intent: Intent, in other: Ledger? = nil, workspace: String = "w", limits: ServiceLimits = .generous,
        budget: Budget = Budget(), perRecord: Int = 0, now: Moment, ahead: Int = 0
    ) async throws -> Opening {
        try await (other ?? ledger).open(
            intent, workspace: workspace, quota: Quota(limits), budget: budget,
            perRecord: Credits(thousandths: perRecord), now: now, patience: 30, ahead: ahead)
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

    @Test func aRowIsFoundAgainByAllOfIt() async throws {
        let scope = try await ledger.scope(workspace: "w", engine: "api"),
            other = try await ledger.scope(workspace: "v", engine: "api")
        let key = ledger.hasher.row(Array("z@acme.example|Zelda".utf8), in: scope)
        #expect(try await ledger.owners(of: [key]) == [0])
        let known = try await ledger.resolve([Lookup(aliases: ["email:z"], row: key)], in: scope)
        #expect(try await ledger.owners(of: [nil, key]) == [0, known[0].identity])
        #expect(try await ledger.owners(of: [ledger.hasher.row(Array("z@acme.example|Zelda".utf8), in: other)]) == [0])
    }

    /// What the group knows and the row does not must not be found by the row alone.
    @Test func aRowWhoseHintsLeadElsewhereIsNotRememberedAsItsGroup() async throws {
        let scope = try await ledger.scope(workspace: "w", engine: "api")
        let alone = try await ledger.resolve([Lookup(aliases: ["email:a"])], in: scope)[0].identity
        let older = try await ledger.resolve([Lookup(aliases: ["email:b"])], in: scope)[0].identity
        let key = ledger.hasher.row([1], in: scope), own = ledger.hasher.row([2], in: scope)
        let grouped = try await ledger.resolve(
            [
                Lookup(aliases: ["email:a"], group: 1, identity: older, row: key),
                Lookup(aliases: ["email:c"], group: 1, row: own),
            ], in: scope)
        #expect(grouped.map(\.identity) == [older, older])
        #expect(try await ledger.owners(of: [key, own]) == [0, older])
        #expect(try await ledger.resolve([Lookup(aliases: ["email:a"])], in: scope)[0].identity == alone)
    }

    @Test func whatOneEngineSaidIsNoAnswerOfAnother() async throws {
        let api = try await ledger.scope(workspace: "w", engine: "api"),
            embedded = try await ledger.scope(workspace: "w", engine: "embedded")
        let first = try await ledger.resolve([Lookup(aliases: ["email:a"])], in: api)
        let second = try await ledger.resolve([Lookup(aliases: ["email:a"])], in: embedded)
        #expect(first[0].identity != second[0].identity)
        #expect(try await ledger.find([Lookup(aliases: ["email:b"])], in: api)[0] == nil)
    }

    // MARK: The protocol

    @Test func anAnswerIsKnownOnceItIsSettled() async throws {
        let scope = try await ledger.scope(workspace: "w", engine: "api")
        let run = try await begin()
        let people = try await ledger.resolve([Lookup(aliases: ["email:a"]), Lookup(aliases: ["email:b"])], in: scope)
        let intent = intent(run, people.enumerated().map { Intent.Ask(identity: $1.identity, row: $0 + 1) })
        let chunk = try opened(
            await open(intent, now: 1000))
        #expect(try await ledger.earlierAsks(run: run.id, afterRow: 1)[2]?.first?.state == .intent)
        try await ledger.settle(
            chunk: chunk, intent, .persons([result("+1", credits: 5000), result(nil, credits: 0)], costs: []),
            workspace: "w",
            now: 1001)
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
            await open(intent, now: 1000))
        #expect(try await ledger.requests(of: run.id).unknownCharge == Credits(thousandths: 7000))
        try await ledger.settle(chunk: chunk, intent, .lost, workspace: "w", now: 1001)
        #expect(try await ledger.requests(of: run.id).unknownCharge == Credits(thousandths: 7000))
        #expect(try await ledger.failures(run: run.id) == [1: .lost])
    }

    @Test func theBudgetIsNeverReservedTwice() async throws {
        let run = try await begin()
        let budget = Budget(run: Credits(thousandths: 10_000))
        let asks = (1...2).map { Intent.Ask(identity: Int64($0), row: $0) }
        let first = intent(run, asks, worst: 6000)
        let chunk = try opened(
            await open(first, budget: budget, perRecord: 3000, now: 1000))
        #expect(
            try await open(first, budget: budget, perRecord: 3000, now: 1000)
                == .waitForAnswer)
        try await ledger.settle(
            chunk: chunk, first, .persons([result("+1", credits: 3000), result("+2", credits: 3000)], costs: []),
            workspace: "w", now: 1001)
        #expect(
            try await open(first, budget: budget, perRecord: 3000, now: 1002)
                == .overBudget(fitting: 1))
    }

    @Test func whatAWorkspaceSpentThisMonthCountsForEveryRun() async throws {
        let november = 1_795_737_600.0  // 2026-11-27
        let budget = Budget(month: Credits(thousandths: 10_000))
        let earlier = try await begin(now: november)
        let asks = (1...2).map { Intent.Ask(identity: Int64($0), row: $0) }
        let spending = intent(earlier, asks, worst: 6000)
        let chunk = try opened(
            await open(spending, budget: budget, perRecord: 3000, now: .at(november)))
        try await ledger.settle(
            chunk: chunk, spending, .persons([result("+1", credits: 3000), result("+2", credits: 3000)], costs: []),
            workspace: "w", now: .at(november))
        try await ledger.end(earlier.id, .done, now: november)
        let later = try await begin(now: november + 60)
        #expect(later.id != earlier.id)
        let more = intent(later, asks, worst: 6000)
        let december = 1_796_083_200.0
        #expect(
            try await open(more, budget: budget, perRecord: 3000, now: .at(november + 60))
                == .overBudget(fitting: 1, renewedAt: december))
        // Five days later it is December.
        _ = try opened(
            await open(more, budget: budget, perRecord: 3000, now: .at(november + 5 * 86_400)))
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
            await open(first, budget: budget, perRecord: 3000, now: 1000))
        let again = try await begin(now: 2000)
        #expect(again.id == run.id)
        #expect(try await ledger.earlierAsks(run: run.id, afterRow: 0)[1]?.first?.state == .lost)
        #expect(
            try await open(first, budget: budget, perRecord: 3000, now: 2000)
                == .overBudget(fitting: 1))
        #expect(try await ledger.requests(of: run.id).unknownCharge == Credits(thousandths: 6000))
    }

    /// A budget of 40 covers two requests of 4 that fly together at ten times their worst only with 72 to spare.
    @Test func nearItsEndABudgetIsSpentOneRequestAfterTheOther() async throws {
        let run = try await begin()
        let budget = Budget(run: Credits(thousandths: 40_000))
        let two = intent(run, (1...2).map { Intent.Ask(identity: Int64($0), row: $0) }, worst: 4000)
        let chunk = try opened(await open(two, budget: budget, perRecord: 2000, now: 1000))
        #expect(try await open(two, budget: budget, perRecord: 2000, now: 1000) == .waitForAnswer)
        try await ledger.settle(
            chunk: chunk, two, .persons([result("+1", credits: 2000), result("+2", credits: 2000)], costs: []),
            workspace: "w", now: 1001)
        _ = try opened(await open(two, budget: budget, perRecord: 2000, now: 1002))
    }

    /// Two processes of a workspace share its month, so that a wrong price list costs one request of all of them.
    @Test func nearItsEndAMonthIsSpentOneRequestOfAllRunsAfterTheOther() async throws {
        let budget = Budget(month: Credits(thousandths: 40_000))
        let one = intent(try await begin("one"), [Intent.Ask(identity: 1, row: 1)], worst: 4000)
        let other = intent(try await begin("other"), [Intent.Ask(identity: 2, row: 1)], worst: 4000)
        let chunk = try opened(await open(one, budget: budget, perRecord: 4000, now: 1000))
        #expect(try await open(other, budget: budget, perRecord: 4000, now: 1001) == .waitForAnswer)
        // Turned away, it waits its turn like everybody else.
        try await ledger.turnedAway(chunk: chunk, workspace: "w", hold: nil, is429: true, now: 1002)
        let second = try opened(await open(other, budget: budget, perRecord: 4000, now: 1003))
        let reopen = { (now: Moment) in
            try await ledger.reopen(
                chunk: chunk, one, workspace: "w", quota: Quota(.generous), budget: budget,
                perRecord: Credits(thousandths: 4000), now: now, patience: 30)
        }
        #expect(try await reopen(1004) == .waitForAnswer)
        try await ledger.settle(
            chunk: second, other, .persons([result("+1", credits: 30_000)], costs: []), workspace: "w", now: 1005)
        #expect(try await reopen(1006) == .opened(chunk: chunk))
        // What the first one may still cost is reserved, and nothing else is left.
        #expect(try await open(other, budget: budget, perRecord: 4000, now: 1007) == .waitForAnswer)
        try await ledger.settle(
            chunk: chunk, one, .persons([result("+1", credits: 4000)], costs: []), workspace: "w", now: 1008)
        _ = try opened(await open(other, budget: budget, perRecord: 4000, now: 1009))
    }

    @Test func theMonthDoesNotWaitForAProcessThatIsGone() async throws {
        let budget = Budget(month: Credits(thousandths: 40_000))
        let gone = intent(try await begin("gone"), [Intent.Ask(identity: 1, row: 1)], worst: 4000)
        let other = intent(try await begin("other"), [Intent.Ask(identity: 2, row: 1)], worst: 4000)
        _ = try opened(await open(gone, budget: budget, perRecord: 4000, now: 1000))
        #expect(try await open(other, budget: budget, perRecord: 4000, now: 1029) == .waitForAnswer)
        _ = try opened(await open(other, budget: budget, perRecord: 4000, now: 1031))
    }

    /// Ten times the dearest answer must be covered for two to fly together, and the first one of a kind flies alone.
    @Test func thePricesThatAreSeenSayHowManyRequestsFlyTogether() async throws {
        let run = try await begin()
        let one = intent(run, [Intent.Ask(identity: 1, row: 1)], worst: 1000)
        let budget = Budget(run: Credits(thousandths: 1_500_000))
        let chunk = try opened(await open(one, budget: budget, perRecord: 1000, now: 1000))
        #expect(try await open(one, budget: budget, perRecord: 1000, now: 1000) == .waitForAnswer)
        try await ledger.settle(
            chunk: chunk, one, .persons([result("+1", credits: 1000)], costs: []), workspace: "w", now: 1001)
        let dear = try opened(await open(one, budget: budget, perRecord: 1000, now: 1002))
        _ = try opened(await open(one, budget: budget, perRecord: 1000, now: 1002))
        try await ledger.settle(
            chunk: dear, one, .persons([result("+1", credits: 90_000)], costs: []), workspace: "w", now: 1003)
        #expect(try await open(one, budget: budget, perRecord: 1000, now: 1004) == .waitForAnswer)
    }

    @Test func slotsAreSharedByEverybodyWhoOpensTheFile() async throws {
        var limits = ServiceLimits.generous
        limits.bulkPerMinute = 1
        let run = try await begin()
        let intent = intent(run, [Intent.Ask(identity: 1, row: 1)])
        let other = try Ledger(path: ledger.path)
        let chunk = try opened(
            await open(intent, limits: limits, now: 1000))
        #expect(
            try await open(intent, in: other, limits: limits, now: 1000)
                == .waitForAnswer)
        try await ledger.settle(chunk: chunk, intent, .refused, workspace: "w", now: 1005)
        #expect(
            try await open(intent, in: other, limits: limits, now: 1010)
                == .wait(seconds: 55, reason: .minute))
        _ = try opened(
            await open(intent, in: other, workspace: "other", limits: limits, now: 1010))
    }

    @Test func aCallWhoseProcessDiedFreesItsSlotInTheEnd() async throws {
        var limits = ServiceLimits.generous
        limits.bulkPerMinute = 1
        let run = try await begin()
        let intent = intent(run, [Intent.Ask(identity: 1, row: 1)])
        _ = try opened(
            await open(intent, limits: limits, now: 1000))
        #expect(
            try await open(intent, limits: limits, now: 1040)
                == .wait(seconds: 50, reason: .minute))
        _ = try opened(
            await open(intent, limits: limits, now: 1090))
    }

    // MARK: Quota time

    /// A ledger whose one slot a minute is taken at 1000 and answered at 1001, by both clocks.
    private func oneCallAMinute() async throws -> (Intent, ServiceLimits) {
        var limits = ServiceLimits.generous
        limits.bulkPerMinute = 1
        let run = try await begin()
        let intent = intent(run, [Intent.Ask(identity: 1, row: 1)])
        let chunk = try opened(await open(intent, limits: limits, now: 1000))
        try await ledger.settle(chunk: chunk, intent, .refused, workspace: "w", now: 1001)
        return (intent, limits)
    }

    @Test(arguments: [-7200.0, -1, 0, 1, 7200, 1e9])
    func settingTheClockNeitherOpensAWindowNorKeepsItShut(_ jump: Double) async throws {
        let (intent, limits) = try await oneCallAMinute()
        let during = Moment(wall: 1030 + jump, boot: "first", uptime: 1030)
        #expect(try await open(intent, limits: limits, now: during) == .wait(seconds: 31, reason: .minute))
        _ = try opened(
            await open(intent, limits: limits, now: Moment(wall: 1062 + jump, boot: "first", uptime: 1062)))
    }

    @Test(arguments: [-7200.0, -30, 0])
    func aRestartWithTheClockBehindGoesOnWhereTimeStood(_ jump: Double) async throws {
        let (intent, limits) = try await oneCallAMinute()
        let after = Moment(wall: 1001 + jump, boot: "second", uptime: 5)
        #expect(try await open(intent, limits: limits, now: after) == .wait(seconds: 60, reason: .minute))
        _ = try opened(await open(intent, limits: limits, now: Moment(wall: 0, boot: "second", uptime: 66)))
    }

    @Test func aRestartWithTheClockAheadCountsTheTimeBetween() async throws {
        let (intent, limits) = try await oneCallAMinute()
        _ = try opened(await open(intent, limits: limits, now: Moment(wall: 1100, boot: "second", uptime: 5)))
    }

    @Test func whatTheServiceSaysIsLeftIsBelieved() async throws {
        let run = try await begin()
        let intent = intent(run, [Intent.Ask(identity: 1, row: 1)])
        let first = try opened(await open(intent, now: 1000)), second = try opened(await open(intent, now: 1000))
        // Two are left, and one of them may be the one in the air.
        try await ledger.settle(
            chunk: first, intent, .refused, workspace: "w", allowance: Allowance(remaining: 2, resetsIn: 20), now: 1001)
        _ = try opened(await open(intent, now: 1002))
        #expect(try await open(intent, now: 1003) == .wait(seconds: 18, reason: .service))
        _ = try opened(await open(intent, workspace: "other", now: 1003))
        // The next answer knows better.
        try await ledger.settle(
            chunk: second, intent, .refused, workspace: "w", allowance: Allowance(remaining: 2, resetsIn: 10), now: 1004
        )
        _ = try opened(await open(intent, now: 1005))
        #expect(try await open(intent, now: 1006) == .wait(seconds: 8, reason: .service))
        _ = try opened(await open(intent, now: 1015))
    }

    @Test func whatAnOlderCallWasToldDoesNotCountWhenItComesLate() async throws {
        let run = try await begin()
        let intent = intent(run, [Intent.Ask(identity: 1, row: 1)])
        let older = try opened(await open(intent, now: 1000)), newer = try opened(await open(intent, now: 1000))
        try await ledger.settle(
            chunk: newer, intent, .refused, workspace: "w", allowance: Allowance(remaining: 1, resetsIn: 20), now: 1001)
        try await ledger.settle(
            chunk: older, intent, .refused, workspace: "w", allowance: Allowance(remaining: 50, resetsIn: 20), now: 1002
        )
        #expect(try await open(intent, now: 1003) == .wait(seconds: 18, reason: .service))
        // What the newer one was told is over then.
        let next = try opened(await open(intent, now: 1022))
        try await ledger.settle(
            chunk: next, intent, .refused, workspace: "w", allowance: Allowance(remaining: 0, resetsIn: 5), now: 1023)
        #expect(try await open(intent, now: 1024) == .wait(seconds: 4, reason: .service))
    }

    @Test func policiesOfTheServiceHoldForTheWholeWorkspaceUntilItNamesOthers() async throws {
        let run = try await begin()
        let intent = intent(run, [Intent.Ask(identity: 1, row: 1)])
        let chunk = try opened(await open(intent, now: 1000))
        let tight = Allowance(remaining: nil, resetsIn: 0, policies: [Allowance.Policy(quota: 1, window: 300)])
        try await ledger.settle(chunk: chunk, intent, .refused, workspace: "w", allowance: tight, now: 1001)
        #expect(
            try await open(intent, in: Ledger(path: ledger.path), now: 1011) == .wait(seconds: 290, reason: .service))
        _ = try opened(await open(intent, workspace: "other", now: 1011))
        let later = try opened(await open(intent, now: 1301))
        let wide = Allowance(remaining: nil, resetsIn: 0, policies: [Allowance.Policy(quota: 10, window: 300)])
        try await ledger.settle(chunk: later, intent, .refused, workspace: "w", allowance: wide, now: 1302)
        _ = try opened(await open(intent, now: 1303))
    }

    @Test func aServiceThatAsksForQuietGetsItFromEverybody() async throws {
        let run = try await begin()
        let intent = intent(run, [Intent.Ask(identity: 1, row: 1)])
        let chunk = try opened(await open(intent, now: 1000))
        try await ledger.turnedAway(chunk: chunk, workspace: "w", hold: 30, is429: true, now: 1001)
        #expect(
            try await open(intent, in: Ledger(path: ledger.path), now: 1011) == .wait(seconds: 20, reason: .service))
        #expect(try await ledger.requests(of: run.id).refused429 == 1)
        _ = try opened(await open(intent, now: 1031))
    }

    @Test func theDaysLastCallsAreForThoseThatBringMost() async throws {
        var limits = ServiceLimits.generous
        limits.perDay = 3
        let run = try await begin()
        var single = intent(run, [Intent.Ask(identity: 1, row: 1)])
        single.endpoint = .discover
        let bulk = intent(run, [Intent.Ask(identity: 2, row: 2)])
        _ = try opened(await open(single, limits: limits, now: 1000, ahead: 2))
        #expect(try await open(single, limits: limits, now: 1001, ahead: 2) == .waitForAnswer)
        _ = try opened(await open(bulk, limits: limits, now: 1002))
        _ = try opened(await open(single, limits: limits, now: 1003))
    }

    // MARK: Several runs at once

    @Test func whatAnotherRunWasAnsweredMeanwhileIsNotAskedForAgain() async throws {
        let one = try await begin("one"), other = try await begin("other")
        let asks = (1...3).map { Intent.Ask(identity: Int64($0), row: $0) }
        let first = intent(one, [asks[0]])
        let chunk = try opened(await open(first, now: 1001))
        #expect(try await open(intent(other, asks), now: 1002) == .waitForAnswer)
        _ = try opened(await open(intent(other, [asks[2]]), now: 1002))
        try await ledger.settle(
            chunk: chunk, first, .persons([result("+1", credits: 1)], costs: []), workspace: "w", now: 1003)
        #expect(try await open(intent(other, asks), now: 1004) == .answeredMeanwhile(places: [0]))
        // More than the other one has asked for is asked for.
        var more = intent(other, [asks[0]])
        more.channels = [.phone, .workEmail]
        _ = try opened(await open(more, now: 1005))
        // And a later run decides by the age of what is known.
        let later = try await begin("later", now: 2000)
        _ = try opened(await open(intent(later, [asks[0]]), now: 2001))
    }

    @Test func anAnswerThatBeganToComeBeforeARunAndWasWrittenDownAfterIsNewToIt() async throws {
        let one = try await begin("one")
        let asked = intent(one, [Intent.Ask(identity: 1, row: 1)])
        let chunk = try opened(await open(asked, now: 1001))
        let other = try await begin("other", now: 1003)
        try await ledger.settle(
            chunk: chunk, asked, .persons([result("+1", credits: 1)], costs: []), workspace: "w", came: 1002, now: 1010)
        #expect(
            try await open(intent(other, [Intent.Ask(identity: 1, row: 1)]), now: 1011)
                == .answeredMeanwhile(places: [0]))
        // Its slot counts from when it came.
        let use = try await ledger.quotaUse(workspace: "w", quota: Quota(.generous), now: 1011)
        #expect(use.calls[.bulk] == [-9])
    }

    @Test func lossesOfAllRunsAreKnownUntilTheyAreSettledOrOld() async throws {
        let one = try await begin("one")
        let lost = intent(one, [Intent.Ask(identity: 1, row: 1), Intent.Ask(identity: 2, row: 2)])
        let chunk = try opened(await open(lost, now: 1001))
        try await ledger.settle(chunk: chunk, lost, .lost, workspace: "w", now: 1002)
        let other = try await begin("other", now: 1003)
        #expect(
            try await ledger.openLosses(run: other.id, workspace: "w", engine: "api", since: 0).keys.sorted() == [1, 2])
        #expect(try await ledger.openLosses(run: other.id, workspace: "w", engine: "api", since: 1001).isEmpty)
        #expect(
            try await ledger.openLosses(run: one.id, workspace: "w", engine: "api", since: 5000).keys.sorted() == [
                1, 2,
            ])
        var again = intent(other, [Intent.Ask(identity: 1, row: 1)])
        again.endpoint = .single
        let settled = try opened(await open(again, now: 1004))
        try await ledger.settle(
            chunk: settled, again, .persons([result(nil, credits: 0)], costs: []), workspace: "w", now: 1005)
        #expect(
            try await ledger.openLosses(run: other.id, workspace: "w", engine: "api", since: 0).keys.sorted() == [2])
    }

    @Test func whatOneWorkspaceNoLongerKeepsAnotherMayStillNeed() async throws {
        for workspace in ["w", "other"] {
            let run = try await ledger.begin(
                RunIdentity(pipeline: workspace, workspace: workspace, engine: "api", key: workspace, inputs: ""),
                fresh: true, now: 1000)
            let scope = try await ledger.scope(workspace: workspace, engine: "api")
            let person = try await ledger.resolve([Lookup(aliases: ["email:a"])], in: scope)[0].identity
            let asked = intent(run, [Intent.Ask(identity: person, row: 1)])
            _ = try await ledger.record(
                [(asked, .persons([result("+1", credits: 1)], costs: []))], budget: Budget(), now: 1001)
            try await ledger.record(
                verdicts: ["a@x.example": .valid], workspace: workspace + "#1", run: run.id, now: 1001)
            try await ledger.end(run.id, .done, now: 1002)
        }
        let pruned = try await ledger.prune(before: 5000, workspace: "w")
        #expect(pruned == Pruning(runs: 1, answers: 1, identities: 1, verdicts: 1))
        #expect(try await ledger.verdicts(on: ["a@x.example"], workspace: "other#1").count == 1)
        #expect(try await ledger.prune(before: 5000).answers == 1)
    }

    @Test func nothingIsTakenOutWhileThereAreRuns() async throws {
        let lock = try RunLock(ledger: ledger.path, key: "k", pipeline: "p")
        let second = try RunLock(ledger: ledger.path, key: "other", pipeline: "p")
        let error = await #expect(throws: Diagnostic.self) { try await ledger.prune(before: 0) }
        #expect(error?.code == "already_running")
        withExtendedLifetime((lock, second)) {}
    }

    /// A search by name is made for everything; what is known and good stays, and nothing says otherwise.
    @Test func whatIsKnownStaysWhateverASearchForSomethingElseSays() async throws {
        let run = try await begin()
        let scope = try await ledger.scope(workspace: "w", engine: "api")
        let person = try await ledger.resolve([Lookup(aliases: ["email:a"])], in: scope)[0].identity
        let first = intent(run, [Intent.Ask(identity: person, row: 1)])
        let chunk = try opened(await open(first, now: 1001))
        try await ledger.settle(
            chunk: chunk, first, .persons([result("+1", credits: 1)], costs: []), workspace: "w", now: 1002)
        let search = intent(run, [Intent.Ask(identity: person, row: 1, kept: [.phone])])
        let second = try opened(await open(search, now: 1003))
        try await ledger.settle(
            chunk: second, search, .persons([result(nil, credits: 0)], costs: []), workspace: "w", now: 1004)
        #expect(try await ledger.recall([person])[0]?.answers.map { $0.value?.value } == ["+1"])
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

    /// Answers that were paid for find room on a full disk, and nothing leaves any more.
    @Test func theLastRoomOnTheDiskIsForAnswers() async throws {
        let run = try await begin()
        let asks = (1...3000).map { Intent.Ask(identity: Int64($0), row: $0) }
        guard case .opened(let chunk) = try await open(intent(run, asks), now: 1) else {
            return #expect(Bool(false)) as Void
        }
        let reserve = folder.file("state/ledger.sqlite.reserve")
        #expect(FileManager.default.fileExists(atPath: reserve))
        // SQLite says that the disk is full where a ledger may have no more pages.
        try await setRoom(pages: 0)
        let results = asks.map { result("+1212555010\($0.row)", credits: 1000) }
        await #expect(throws: Diagnostic.self) { () async throws -> Void in
            try await ledger.settle(
                chunk: chunk, intent(run, asks), .persons(results, costs: []), workspace: "w", now: 1)
        }
        #expect(!FileManager.default.fileExists(atPath: reserve))
        try await setRoom(pages: 1000)
        try await ledger.settle(chunk: chunk, intent(run, asks), .persons(results, costs: []), workspace: "w", now: 1)
        let stop = await #expect(throws: Diagnostic.self) {
            _ = try await open(intent(run, [Intent.Ask(identity: 500, row: 500)]), now: 2)
        }
        #expect(stop?.code == "ledger_full")
    }

    private func setRoom(pages: Int) async throws {
        try await ledger.database.writeWithoutTransaction { database in
            let now = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(now + pages)")
        }
    }
}

extension Moment: ExpressibleByIntegerLiteral {
    package init(integerLiteral seconds: Int) { self = .at(Double(seconds)) }

    /// With both clocks at the same seconds.
    static func at(_ seconds: Double) -> Moment { Moment(wall: seconds, boot: "first", uptime: seconds) }
}
