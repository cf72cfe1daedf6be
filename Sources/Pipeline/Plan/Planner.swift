import EnrichmentAPI
import Identity
import Ledger
import Records

/// Says who people are and what is known of them, and remembers whom it meets for the first time.
protocol PeopleRegister: Sendable {
    func resolve(_ lookups: [Lookup], in scope: Scope) async throws -> [Known]
}

extension Ledger: PeopleRegister {}

/// Decides row by row, in the order of the file: known, duplicate, nothing to ask, or into which request.
struct Planner {
    private let settings: PipelineSettings
    private let run: Run
    private let freshness: Freshness
    private let book: RequestBook
    private let aliases: RowAliases
    private let known: KnownPeople
    /// What an earlier attempt at this run asked for rows that it did not write.
    private var earlierAsks: [Int: [EarlierAsk]]
    /// What this run or another one may have been charged for without an answer, by identity: any of its rows may meet it.
    private let uncertain: [Int64: [EarlierAsk]]
    private var failures: [Int64: FailureReason]
    /// A service answers a search by name for all channels and charges them all, so all of them are kept.
    private let discoversAll: Bool
    /// What groups of rows say together; nil until one of them is to be asked for.
    private var groupHints: [Int: PersonHints]?
    /// Requests under way for each identity, until their answers are in the ledger.
    private var underWay: [Int64: [RowPlan.Wait]] = [:]
    /// The same by request.
    private var requests: [ObjectIdentifier: (request: PendingRequest, people: [Int64])] = [:]

    init(
        settings: PipelineSettings, ledger: Ledger, scope: Scope, run: Run, people: KnownPeople, book: RequestBook,
        rowsDone: Int, isExternal: Bool
    ) async throws {
        self.settings = settings
        self.run = run
        self.book = book
        aliases = RowAliases(dedupe: settings.identity.dedupe, groups: people.groups, run: run.id)
        known = people
        freshness = Freshness(settings.enrich, run: run)
        earlierAsks = run.isResumed ? try await ledger.earlierAsks(run: run.id, afterRow: rowsDone) : [:]
        uncertain =
            isExternal
            ? try await ledger.openLosses(
                run: run.id, workspace: scope.workspace, engine: scope.engine, since: freshness.start - freshness.values
            )
            : [:]
        discoversAll = isExternal
        failures = [:]
        if run.isResumed {
            failures = try await ledger.failures(run: run.id).compactMapValues { state in
                state == .refused ? .refused : settings.enrich.whenAnswerLost == .hold ? .answerLost : nil
            }
        }
    }

    mutating func plan(_ batch: ResolvedBatch) async throws -> PlannedBatch {
        forgetSettled(first: batch.settled)
        let (leads, needs, known) = (batch.leads, batch.needs, batch.known)
        let people = leads.people, firstRow = leads.firstRow
        if groupHints == nil, batch.lookups.open.contains(where: { $0.group != nil }) {
            groupHints = try await self.known.groupHints?.gathered() ?? [:]
        }
        var rows = [RowPlan](repeating: RowPlan(), count: needs.count)
        for row in needs.indices {
            let person = known.person(row)
            if isSuppressed(firstRow + row, person) {
                rows[row].skip = .suppressed
                continue
            }
            planPerson(people, row, firstRow + row, needs[row], person, &rows[row])
            if settings.enrich.account { planAccount(people, row, firstRow + row, known.account(row), &rows[row]) }
        }
        return PlannedBatch(leads, firstRow: firstRow, rows: rows)
    }

    /// Whether the person is on a suppression list, by this row, by another row of theirs, or by what earlier runs know.
    private func isSuppressed(_ row: Int, _ known: Known?) -> Bool {
        if aliases.groups.isSuppressed(row) { return true }
        guard let known, !self.known.suppressed.isEmpty else { return false }
        return self.known.suppressed.contains(known.identity)
    }

    /// Answers that were in the ledger when it was asked are known from there; what failed is not asked for again in this
    /// run.
    ///
    /// - Parameter count: requests that had been settled then.
    private mutating func forgetSettled(first count: Int) {
        let settled = requests.compactMapValues { $0.request.settled(first: count) }
        for key in settled.keys {
            for identity in requests.removeValue(forKey: key)?.people ?? [] {
                // In the order in which they were asked, so the last one says why it failed.
                let others = underWay[identity]?.filter { wait in
                    guard let outcomes = settled[ObjectIdentifier(wait.request)] else { return true }
                    if case .failed(let reason) = outcomes[wait.index] { failures[identity] = reason }
                    return false
                }
                underWay[identity] = others?.isEmpty == false ? others : nil
            }
        }
    }

    private mutating func expect(_ wait: RowPlan.Wait, for identity: Int64) {
        underWay[identity, default: []].append(wait)
        requests[ObjectIdentifier(wait.request), default: (wait.request, [])].people.append(identity)
    }

    // MARK: Persons

    private mutating func planPerson(
        _ people: IdentityBatch, _ row: Int, _ number: Int, _ needs: RowNeeds, _ known: Known?, _ plan: inout RowPlan
    ) {
        plan.wanted = needs.channels
        guard needs.way != .nobody, let known else {
            plan.skip = needs.way == .nobody ? .noIdentity : .complete
            return
        }
        if let earlier = earlierAsks[number] { takeUp(earlier.filter { $0.identity == known.identity }, &plan) }
        if let paid = plan.earlier?.channels {
            plan.earlier?.answers = known.answers.filter { $0.run == run.id && paid.contains($0.channel) }
        }
        let fresh = freshness.fresh(known.answers)
        plan.known = fresh.of(needs.channels)
        var open = needs.channels.subtracting(plan.known.channels)
        guard !open.isEmpty else { return }
        let waits = underWay[known.identity] ?? []
        for wait in waits where !wait.request.channels.intersection(open).isEmpty {
            plan.shared.append(wait)
            open = open.subtracting(wait.request.channels)
        }
        guard !open.isEmpty else { return }
        if let failure = failures[known.identity] {
            plan.failure = failure
            return
        }
        // Other rows of the same person may lack more; what all of them lack is asked for at once.
        let together = ChannelSet(bits: aliases.groups.wanted(number)).subtracting(fresh.channels)
        for channel in together where !waits.contains(where: { $0.request.channels.contains(channel) }) {
            open.insert(channel)
        }
        let endpoint: Endpoint = needs.way == .discover ? .discover : .bulk
        guard let call = callAfterLoss(of: uncertain[known.identity] ?? [], endpoint, open) else {
            plan.failure = .answerLost
            failures[known.identity] = .answerLost
            return
        }
        // What is known is good for a while, whatever a search that is made for something else says of it.
        let kept = fresh.filter { ($0.value?.confidence ?? -1) >= settings.enrich.minConfidence }.map(\.channel)
        let place = book.add(
            Intent.Ask(identity: known.identity, row: number, kept: ChannelSet(kept)),
            hints(people, row, number, needs), endpoint: call,
            channels: call == .discover && discoversAll ? .all : open)
        let wait = RowPlan.Wait(request: place.request, index: place.index)
        plan.asked.append(wait)
        expect(wait, for: known.identity)
    }

    /// What is sent: what all rows of the person say, or what the row says where it is alone.
    private func hints(_ people: IdentityBatch, _ row: Int, _ number: Int, _ needs: RowNeeds) -> PersonHints {
        aliases.groups.group(of: number).flatMap { groupHints?[$0] }
            ?? RowNeeds.hints(
                people, row, needs.way, withName: settings.enrich.engine == .embedded, groups: aliases.groups,
                number: number)
    }

    /// What an earlier attempt paid for this row stays with it.
    private func takeUp(_ asks: [EarlierAsk], _ plan: inout RowPlan) {
        for ask in asks where ask.state == .answered && ask.endpoint != .account {
            let before = plan.earlier ?? RowPlan.EarlierCost(credits: .zero, channels: [], recordID: ask.recordID)
            plan.earlier = RowPlan.EarlierCost(
                credits: before.credits + ask.credits, channels: before.channels.union(ask.channels),
                recordID: before.recordID)
        }
    }

    /// The call to ask with where an earlier attempt may have asked already; nil where a person has to decide.
    private func callAfterLoss(of asks: [EarlierAsk], _ endpoint: Endpoint, _ channels: ChannelSet) -> Endpoint? {
        let lost = asks.last { !$0.channels.intersection(channels).isEmpty && $0.endpoint != .account }
        guard let lost else { return endpoint }
        let next = LostAnswer.next(after: lost.endpoint, settings.enrich.whenAnswerLost)
        // Only the hints of the row that was lost make it the same question.
        return next == .single && endpoint == .discover ? nil : next
    }

    // MARK: Accounts

    private mutating func planAccount(
        _ people: IdentityBatch, _ row: Int, _ number: Int, _ known: Known?, _ plan: inout RowPlan
    ) {
        guard settings.enrich.account, let known else { return }
        let earlier = (earlierAsks[number] ?? []).filter { $0.endpoint == .account && $0.identity == known.identity }
        for ask in earlier where ask.state == .answered { plan.account.earlier += ask.credits }
        if let account = known.account, freshness.holds(account) {
            plan.account.known = account
            return
        }
        if let wait = underWay[known.identity]?.first {
            plan.account.shared = wait
            return
        }
        let isLost = uncertain[known.identity] != nil
        if failures[known.identity] != nil || isLost && settings.enrich.whenAnswerLost != .resend {
            return
        }
        let place = book.add(
            Intent.Ask(identity: known.identity, row: number),
            PersonHints(companyDomain: people.text(row, .companyDomain)), endpoint: .account, channels: [])
        let wait = RowPlan.Wait(request: place.request, index: place.index)
        plan.account.asked = wait
        expect(wait, for: known.identity)
    }
}

extension [KnownAnswer] {
    fileprivate var channels: ChannelSet {
        var channels = ChannelSet(bits: 0)
        for index in indices { channels.insert(self[index].channel) }
        return channels
    }

    /// Those that are about some channels.
    fileprivate func of(_ channels: ChannelSet) -> [KnownAnswer] {
        indices.allSatisfy { channels.contains(self[$0].channel) } ? self : filter { channels.contains($0.channel) }
    }
}
