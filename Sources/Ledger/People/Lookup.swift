package import EnrichmentAPI

/// A row's question to the ledger: who is this, and what is known.
package struct Lookup: Sendable {
    /// Every text under which the person, or the company, can be found again; at least one.
    package var aliases: [String]
    /// Hints that are no aliases of the person by themselves, so that the person can be forgotten by them.
    package var hints: [String] = []
    /// Folded name and company domain, to notice rows that share a hint and are two people; empty where not known.
    package var name: String
    package var domain: String
    /// Stands for all rows of one run that are known to be the same person; nil for a row that is alone.
    package var group: Int?
    /// Whom the group was found to be before.
    package var identity: Int64?
    /// Under which the row as a whole is remembered; nil where it must not be.
    package var row: AliasHash?

    package init(
        aliases: [String], name: String = "", domain: String = "", group: Int? = nil, identity: Int64? = nil,
        row: AliasHash? = nil
    ) {
        self.aliases = aliases
        self.name = name
        self.domain = domain
        self.group = group
        self.identity = identity
        self.row = row
    }
}

/// Whom a lookup means, and what was answered about them before.
package struct Known: Sendable {
    package var identity: Int64
    package var answers: [KnownAnswer] = []
    package var account: KnownAccount?

    /// Somebody of whom nothing is known.
    package init(identity: Int64) { self.identity = identity }
}

/// The newest answer for one channel.
package struct KnownAnswer: Sendable, Equatable {
    package var channel: Channel
    /// Nil is a miss.
    package var value: ChannelValue?
    /// Whether it is a miss for want of somebody who could not be asked; it counts for its run alone.
    package var isTentative = false
    package var chunk: Int64
    package var run: Int64
    /// Seconds since 1970.
    package var answeredAt: Double
    /// What this channel alone cost, where the engine says so.
    package var credits: Credits?
    /// An even share of what its record cost, where the engine says no more.
    package var share: Credits?
    package var recordID: String

    package init(
        channel: Channel, value: ChannelValue?, chunk: Int64, run: Int64, answeredAt: Double, credits: Credits?,
        share: Credits?, recordID: String
    ) {
        self.channel = channel
        self.value = value
        self.chunk = chunk
        self.run = run
        self.answeredAt = answeredAt
        self.credits = credits
        self.share = share
        self.recordID = recordID
    }
}

/// The newest answer about a company.
package struct KnownAccount: Sendable, Equatable {
    package var accountID: String
    /// Nil is a miss.
    package var fields: [String: String]?
    /// Whether it is a miss for want of somebody who could not be asked; it counts for its run alone.
    package var isTentative = false
    package var run: Int64
    package var answeredAt: Double

    package init(accountID: String, fields: [String: String]?, run: Int64, answeredAt: Double) {
        self.accountID = accountID
        self.fields = fields
        self.run = run
        self.answeredAt = answeredAt
    }
}
