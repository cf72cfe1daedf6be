import EnrichmentAPI
import Ledger
import Synchronization

/// A register for somebody who only looks: whom the ledger does not know gets a number that is forgotten afterwards.
final class UnwrittenPeople: PeopleRegister {
    fileprivate struct State {
        var next: Int64 = -1
        var groups: [Int: Int64] = [:]
        var companies: [String: Int64] = [:]
        /// Whose rows may come again, and what they were asked for.
        var asked: [Int64: ChannelSet] = [:]
        var askedCompanies: Set<Int64> = []
    }

    private let ledger: Ledger
    /// Under which what would have been answered is taken for known.
    private let run: Int64
    private let state = Mutex(State())

    init(ledger: Ledger, run: Run) {
        self.ledger = ledger
        self.run = run.id
    }

    func resolve(_ lookups: [Lookup], in scope: Scope) async throws -> [Known] {
        let found = try await ledger.find(lookups.map { $0.identity == nil ? $0 : Lookup(aliases: []) }, in: scope)
        let identities = state.withLock { state in
            zip(lookups, found).map { lookup, known in state.identity(of: lookup, known) }
        }
        let known = try await ledger.recall(identities.map { $0 > 0 ? $0 : nil })
        return state.withLock { state in
            zip(identities, known).map { identity, known in
                state.answered(known ?? Known(identity: identity), identity, run: run)
            }
        }
    }

    /// Takes it that a request has been answered.
    func take(_ request: PendingRequest) {
        state.withLock { state in
            for ask in request.asks {
                if request.endpoint == .account {
                    state.askedCompanies.insert(ask.identity)
                } else if let before = state.asked[ask.identity] {
                    state.asked[ask.identity] = before.union(request.channels)
                }
            }
        }
    }
}

extension UnwrittenPeople.State {
    fileprivate mutating func identity(of lookup: Lookup, _ known: Int64?) -> Int64 {
        let isCompany = lookup.aliases.count == 1 && lookup.aliases[0].hasPrefix("company:")
        let identity: Int64
        if let found = lookup.identity ?? lookup.group.flatMap({ groups[$0] }) ?? known {
            identity = found
        } else if isCompany, let found = companies[lookup.aliases[0]] {
            identity = found
        } else {
            identity = next
            next -= 1
            if isCompany { companies[lookup.aliases[0]] = identity }
        }
        if let group = lookup.group {
            groups[group] = identity
            // Only rows of a group come again; remembering everybody would take as much memory as there are rows.
            if asked[identity] == nil { asked[identity] = [] }
        }
        return identity
    }

    /// What would be known of somebody by now: that what was asked for has been missed says as much as a find.
    fileprivate func answered(_ known: Known, _ identity: Int64, run: Int64) -> Known {
        var known = known
        known.identity = identity
        for channel in asked[identity] ?? [] {
            known.answers.removeAll { $0.channel == channel }
            known.answers.append(
                KnownAnswer(
                    channel: channel, value: nil, chunk: 0, run: run, answeredAt: 0, credits: nil, share: nil,
                    recordID: ""))
        }
        if askedCompanies.contains(identity) {
            known.account = KnownAccount(accountID: "", fields: nil, run: run, answeredAt: 0)
        }
        return known
    }
}
