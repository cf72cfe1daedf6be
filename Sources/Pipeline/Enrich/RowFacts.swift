import EnrichmentAPI
import Ledger

/// What enrichment came to for one row (contract, section 5).
struct RowFacts: Sendable {
    enum Status: String, Sendable, Codable, CaseIterable {
        case enriched, unmatched, skipped, failed
    }

    enum Origin: String, Sendable {
        case api, cache, duplicate
        case none = ""
    }

    /// A channel's value.
    struct Found: Sendable {
        var value: ChannelValue
        /// What it alone cost, where the engine says so.
        var cost: Credits?
        var supply: Supply
    }

    /// Where a value comes from, as far as money is concerned.
    enum Supply: Sendable {
        /// This row paid for it.
        case charged
        /// An earlier run did.
        case cache
        /// Another row of this run did.
        case duplicate
    }

    var status = Status.unmatched
    var reason = ""
    var origin = Origin.none
    var recordID = ""
    /// What this row was charged, for channels and for its company.
    var credits: Credits { channelCredits + accountCredits }
    private(set) var channelCredits = Credits.zero
    private(set) var accountCredits = Credits.zero
    /// Channels that were looked for.
    var asked: ChannelSet = []
    var found = ChannelMap<Found>()
    var accountID = ""
    var account: [String: String]?
    /// The row's own email in canonical form, where it is to be checked.
    var ownEmail = ""

    /// - Parameter outcome: the outcome of a record that the plan waits for.
    init(_ plan: RowPlan, run: Int64, minConfidence: Double, outcome: (RowPlan.Wait) -> AskOutcome?) {
        asked = plan.skip == nil ? plan.wanted : []
        var failure = plan.failure
        var notAsked: SkipReason?
        var ownRecordID = ""
        var recordIDs = ChannelMap<String>()
        for answer in plan.known {
            recordIDs[answer.channel] = answer.recordID
            let isOwn = plan.earlier?.channels.contains(answer.channel) ?? false
            let supply: Supply = isOwn ? .charged : answer.run == run ? .duplicate : .cache
            if let value = answer.value { take(answer.channel, value, cost: answer.credits, supply, minConfidence) }
        }
        var hasOwn = plan.earlier != nil
        if let earlier = plan.earlier {
            channelCredits += earlier.credits
            ownRecordID = earlier.recordID
        }
        for (wait, isOwn) in plan.asked.map({ ($0, true) }) + plan.shared.map({ ($0, false) }) {
            switch outcome(wait) {
            case .person(let result, let costs):
                if isOwn {
                    hasOwn = true
                    channelCredits += result.creditsUsed
                }
                if isOwn, ownRecordID.isEmpty { ownRecordID = result.recordID }
                let told = wait.request.channels.intersection(plan.wanted).subtracting(wait.request.kept(wait.index))
                for channel in told {
                    recordIDs[channel] = result.recordID
                    if let value = result.channels[channel]?.value {
                        take(channel, value, cost: costs[channel], isOwn ? .charged : .duplicate, minConfidence)
                    }
                }
            case .known(let known):
                for answer in known.answers
                where wait.request.channels.intersection(plan.wanted).contains(answer.channel) {
                    recordIDs[answer.channel] = answer.recordID
                    guard let value = answer.value else { continue }
                    take(answer.channel, value, cost: answer.credits, .cache, minConfidence)
                }
            case .failed(let reason): failure = reason
            case .notAsked(let reason): notAsked = reason
            case .account, nil: break
            }
        }
        // One rule, whether answers were found in the ledger or waited for: the row's own, else the first channel's.
        recordID = ownRecordID.isEmpty ? recordIDs.entries.first?.value ?? "" : ownRecordID
        takeAccount(plan.account, outcome)
        decide(plan, run: run, hasOwn: hasOwn, failure: failure, notAsked: notAsked)
    }

    private mutating func take(
        _ channel: Channel, _ value: ChannelValue, cost: Credits?, _ supply: Supply, _ minConfidence: Double
    ) {
        if value.confidence >= minConfidence { found[channel] = Found(value: value, cost: cost, supply: supply) }
    }

    /// What each found channel cost this row: exact where the engine says so, else an even share of what the row cost.
    var channelCosts: (credits: ChannelMap<Credits>, isExact: Bool) {
        let charged = found.entries.filter { $0.value.supply == .charged }
        var shares = ChannelMap<Credits>()
        if charged.allSatisfy({ $0.value.cost != nil }) {
            for (channel, found) in charged { shares[channel] = found.cost }
            return (shares, charged.reduce(.zero) { $0 + ($1.value.cost ?? .zero) } == channelCredits)
        }
        var left = channelCredits.thousandths
        for (index, entry) in charged.enumerated() {
            let share = left / (charged.count - index)
            shares[entry.channel] = Credits(thousandths: share)
            left -= share
        }
        return (shares, false)
    }

    /// What values would have cost that this row did not pay for, as far as that is known.
    func saved(by supply: Supply) -> Credits {
        found.entries.reduce(.zero) { $0 + ($1.value.supply == supply ? $1.value.cost ?? .zero : .zero) }
    }

    private mutating func takeAccount(_ plan: RowPlan.AccountPlan, _ outcome: (RowPlan.Wait) -> AskOutcome?) {
        accountCredits = plan.earlier
        if let known = plan.known {
            (accountID, account) = (known.accountID, known.fields)
        }
        guard let wait = plan.asked ?? plan.shared else { return }
        switch outcome(wait) {
        case .account(let result):
            (accountID, account) = (result?.accountID ?? "", result?.fields)
            if plan.asked != nil { accountCredits += result?.creditsUsed ?? .zero }
        case .known(let known): (accountID, account) = (known.account?.accountID ?? "", known.account?.fields)
        case .person, .failed, .notAsked, nil: break
        }
    }

    private mutating func decide(
        _ plan: RowPlan, run: Int64, hasOwn: Bool, failure: FailureReason?, notAsked: SkipReason?
    ) {
        // A row that paid for its company alone was asked for as well.
        if accountCredits > .zero { origin = .api }
        if let skip = plan.skip {
            (status, reason) = (.skipped, skip.rawValue)
            return
        }
        if !found.isEmpty {
            status = .enriched
        } else if let failure {
            (status, reason) = (.failed, failure.rawValue)
        } else if let notAsked {
            (status, reason) = (.skipped, notAsked.rawValue)
        }
        if hasOwn || origin == .api {
            origin = .api
        } else if status == .enriched || status == .unmatched {
            origin = plan.shared.isEmpty && plan.known.allSatisfy { $0.run != run } ? .cache : .duplicate
        }
    }
}
