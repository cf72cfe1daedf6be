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
        /// What it alone cost, as far as that is known: an even share where the engine names a sum.
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
    /// The row's own email in canonical form, where it is to be checked, and all of its emails.
    var ownEmail = ""
    var ownEmails: [String] = []
    /// Whether something that was found is on a suppression list.
    var isFoundSuppressed = false

    /// - Parameter outcome: the outcome of a record that the plan waits for.
    init(_ plan: RowPlan, run: Int64, minConfidence: Double, outcome: (RowPlan.Wait) -> AskOutcome?) {
        asked = plan.skip == nil ? plan.wanted : []
        var failure = plan.failure
        var notAsked: SkipReason?
        var ownRecordID = ""
        var firstRecord: (channel: Channel, id: String)?
        func note(_ channel: Channel, _ recordID: String) {
            if firstRecord.map({ channel <= $0.channel }) ?? true { firstRecord = (channel, recordID) }
        }
        let paid = plan.earlier?.channels ?? []
        for index in plan.known.indices {
            let channel = plan.known[index].channel
            note(channel, plan.known[index].recordID)
            guard let value = plan.known[index].value else { continue }
            let supply: Supply = paid.contains(channel) ? .charged : plan.known[index].run == run ? .duplicate : .cache
            take(channel, value, cost: plan.known[index].price, supply, minConfidence)
        }
        var hasOwn = plan.earlier != nil
        if let earlier = plan.earlier {
            channelCredits += earlier.credits
            ownRecordID = earlier.recordID
            charge(
                earlier.credits,
                earlier.answers.compactMap { answer in
                    answer.value.map { (answer.channel, $0.source, answer.credits) }
                })
        }
        let ownWaits = plan.asked.count
        for index in 0..<(ownWaits + plan.shared.count) {
            let isOwn = index < ownWaits
            let wait = isOwn ? plan.asked[index] : plan.shared[index - ownWaits]
            switch outcome(wait) {
            case .person(let result, let costs):
                if isOwn {
                    hasOwn = true
                    channelCredits += result.creditsUsed
                    charge(
                        result.creditsUsed,
                        result.channels.entries.compactMap { channel, found in
                            found.value.map { (channel, $0.source, costs[channel]) }
                        })
                }
                if isOwn, ownRecordID.isEmpty { ownRecordID = result.recordID }
                let told = wait.request.channels.intersection(plan.wanted).subtracting(wait.request.kept(wait.index))
                for channel in told {
                    note(channel, result.recordID)
                    if let value = result.channels[channel]?.value {
                        let cost = costs[channel] ?? result.evenShare
                        take(channel, value, cost: cost, isOwn ? .charged : .duplicate, minConfidence)
                    }
                }
            case .known(let known):
                for answer in known.answers
                where wait.request.channels.intersection(plan.wanted).contains(answer.channel) {
                    note(answer.channel, answer.recordID)
                    guard let value = answer.value else { continue }
                    take(answer.channel, value, cost: answer.price, .cache, minConfidence)
                }
            case .failed(let reason): failure = reason
            case .notAsked(let reason):
                notAsked = reason
                asked = asked.subtracting(wait.request.channels)
            case .account, nil: break
            }
        }
        // One rule, whether answers were found in the ledger or waited for: the row's own, else the first channel's.
        recordID = ownRecordID.isEmpty ? firstRecord?.id ?? "" : ownRecordID
        takeAccount(plan.account, outcome)
        decide(plan, run: run, hasOwn: hasOwn, failure: failure, notAsked: notAsked)
    }

    private mutating func take(
        _ channel: Channel, _ value: ChannelValue, cost: Credits?, _ supply: Supply, _ minConfidence: Double
    ) {
        if value.confidence >= minConfidence { found[channel] = Found(value: value, cost: cost, supply: supply) }
    }

    // MARK: What was paid for

    /// A find that this row paid for, whether the row itself wanted it or another one of the same person.
    struct Charge: Sendable {
        var channel: Channel
        var source: String
        var cost: Credits
    }

    private(set) var charges: [Charge] = []
    /// Whether the engine says what each find cost; else a record's sum is shared out evenly.
    private(set) var hasExactCharges = true
    /// Credits of records for which nothing was found.
    private(set) var unexplained = Credits.zero

    private mutating func charge(_ total: Credits, _ finds: [(channel: Channel, source: String, cost: Credits?)]) {
        guard total > .zero else { return }
        let costs = finds.compactMap(\.cost)
        if costs.count == finds.count, costs.reduce(.zero, +) == total {
            charges += finds.map { Charge(channel: $0.channel, source: $0.source, cost: $0.cost ?? .zero) }
            return
        }
        hasExactCharges = false
        if finds.isEmpty { unexplained += total }
        var left = total.thousandths
        for (index, find) in finds.enumerated() {
            let share = left / (finds.count - index)
            charges.append(Charge(channel: find.channel, source: find.source, cost: Credits(thousandths: share)))
            left -= share
        }
    }

    private mutating func takeAccount(_ plan: RowPlan.AccountPlan, _ outcome: (RowPlan.Wait) -> AskOutcome?) {
        accountCredits = plan.earlier
        if let known = plan.known {
            (accountID, account) = (known.accountID, known.fields)
        }
        guard let wait = plan.asked ?? plan.shared else { return }
        switch outcome(wait) {
        case .account(let answer):
            (accountID, account) = (answer.result?.accountID ?? "", answer.result?.fields)
            if plan.asked != nil { accountCredits += answer.result?.creditsUsed ?? .zero }
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

extension KnownAnswer {
    /// What it cost when it was paid for, as far as that is known.
    fileprivate var price: Credits? { credits ?? share }
}

extension PersonResult {
    /// What each find cost if all cost the same.
    fileprivate var evenShare: Credits? {
        let finds = channels.count { $0.value != nil }
        return finds == 0 ? nil : Credits(thousandths: creditsUsed.thousandths / finds)
    }
}
