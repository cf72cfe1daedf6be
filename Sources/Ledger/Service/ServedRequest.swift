package import EnrichmentAPI
package import Foundation

/// A call of a client, answered and not told yet.
package struct ServedRequest: Sendable {
    package var workspace: String
    /// The key's id; empty where none is asked for.
    package var apiKey: String
    package var endpoint: Endpoint
    /// When it arrived, in seconds since 1970.
    package var arrivedAt: Double
    /// Values from before this time count no more.
    ///
    /// What is younger and was not known when the call was answered came with another call meanwhile, and is not charged
    /// again.
    package var since: Double
    package var now: Double
    /// What the log held when what was known was looked up; nil where nothing was.
    package var seen: LogReading?
    /// Whether it is charged whatever was answered before.
    package var isForced: Bool
    package var people: [ServedPerson]
    package var account: ServedAccount?
    /// What was found out of emails that were known before.
    package var verdicts: [LaterVerdict]

    package init(
        workspace: String, apiKey: String, endpoint: Endpoint, arrivedAt: Double, since: Double, now: Double,
        seen: LogReading? = nil, isForced: Bool, people: [ServedPerson] = [], account: ServedAccount? = nil,
        verdicts: [LaterVerdict] = []
    ) {
        self.workspace = workspace
        self.apiKey = apiKey
        self.endpoint = endpoint
        self.arrivedAt = arrivedAt
        self.since = since
        self.now = now
        self.seen = seen
        self.isForced = isForced
        self.people = people
        self.account = account
        self.verdicts = verdicts
    }
}

/// What was asked anew of a person, and what came of it; what was known is not in it.
package struct ServedPerson: Sendable {
    package var identity: AliasHash
    package var channels: ChannelMap<ServedChannel>

    package init(identity: AliasHash, channels: ChannelMap<ServedChannel>) {
        self.identity = identity
        self.channels = channels
    }
}

/// One channel of an answer.
package struct ServedChannel: Sendable {
    package var result: ChannelResult
    package var cost: Credits
    package var verdict: Verdict?
    /// Whether it is a miss for want of somebody who could not be asked; it is told and not kept.
    package var isTentative: Bool

    package init(result: ChannelResult, cost: Credits, verdict: Verdict? = nil, isTentative: Bool = false) {
        self.result = result
        self.cost = cost
        self.verdict = verdict
        self.isTentative = isTentative
    }
}

/// A verdict on an email that was answered before.
package struct LaterVerdict: Sendable {
    package var identity: AliasHash
    package var channel: Channel
    package var verdict: Verdict

    package init(identity: AliasHash, channel: Channel, verdict: Verdict) {
        self.identity = identity
        self.channel = channel
        self.verdict = verdict
    }
}

/// What was asked anew of a company.
package struct ServedAccount: Sendable {
    package var identity: AliasHash
    /// Nil: nobody knows it.
    package var result: AccountResult?

    package init(identity: AliasHash, result: AccountResult?) {
        self.identity = identity
        self.result = result
    }
}

/// What a client sent along with an `Idempotency-Key`.
package struct ReplayQuestion: Sendable, Equatable {
    package var key: String
    /// Stands for the call and its body.
    package var fingerprint: Data

    package init(key: String, fingerprint: Data) {
        self.key = key
        self.fingerprint = fingerprint
    }
}

/// An answer that was given before.
package struct Replay: Sendable {
    package var fingerprint: Data
    package var status: Int
    package var body: Data
    package var credits: Credits
}

/// What a call was charged in the end.
package struct Charged: Sendable {
    /// For each person of the request, for each channel.
    package var people: [ChannelMap<Credits>] = []
    package var account = Credits.zero

    package init() {}
}
