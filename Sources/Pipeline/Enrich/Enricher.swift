package import EnrichmentAPI
package import Ledger

/// Who is asked for what is missing: the embedded waterfall, or a service over HTTP.
package protocol Enricher: Sendable {
    /// Records in one request at most.
    func recordsPerRequest(_ endpoint: Endpoint) -> Int
    /// Whether a request leaves this process, so that it can be lost, counts against a quota and costs money.
    var isExternal: Bool { get }
    /// Where somebody outside is asked on the way, who may want to be paid: for how many people at most, until what that
    /// brought is on the disk; nil where nobody is.
    var mostForOthers: Int? { get }
    /// For which records somebody outside would be asked on the way.
    func needsOthers(_ request: EnrichmentRequest) async -> [Bool]
    /// What one record of a request may cost at most.
    func worst(_ channels: ChannelSet, endpoint: Endpoint) -> Credits
    /// Sends one request, once.
    func send(_ request: EnrichmentRequest) async -> EnrichmentAnswer
}

extension Enricher {
    package var mostForOthers: Int? { nil }
    package func needsOthers(_ request: EnrichmentRequest) async -> [Bool] { request.records.map { _ in true } }
}

/// What came back, and what the service said of its limits along with it.
package struct EnrichmentAnswer: Sendable {
    package var reply: EnrichmentReply
    package var allowance: Allowance?
    /// When it came, before it was read; nil where nothing whole came from outside.
    package var came: Moment?

    package init(_ reply: EnrichmentReply, allowance: Allowance? = nil, came: Moment? = nil) {
        self.reply = reply
        self.allowance = allowance
        self.came = came
    }
}

/// What is asked: persons for one set of channels, or companies by their domain.
package struct EnrichmentRequest: Sendable {
    package var endpoint: Endpoint
    package var channels: ChannelSet
    /// One record except for bulk requests.
    package var records: [PersonHints]

    package init(endpoint: Endpoint, channels: ChannelSet, records: [PersonHints]) {
        self.endpoint = endpoint
        self.channels = channels
        self.records = records
    }
}

/// What came back, told apart by what it means for money and for trying again.
package enum EnrichmentReply: Sendable {
    /// One result for each record, in order, with what each channel cost where the engine says so.
    case persons([PersonResult], costs: [ChannelMap<Credits>])
    /// One answer for each record, in order.
    case accounts([AccountAnswer])
    /// Not accepted, not charged, and it will not be accepted next time (400, 404, 413, 422).
    case refused
    /// Not charged; another time it may be (429, 503, no connection). `after` is how long the service wants to be left alone.
    case turnedAway(after: Duration?, Refusal, why: String)
    /// Sent, and the answer never came whole: perhaps charged.
    case lost(why: String)
    /// The key is not accepted (401, 403).
    case keyRefused
    /// The workspace has no credits left (402).
    case outOfCredits

    package enum Refusal: Sendable {
        /// Too many calls (429).
        case tooMany
        /// No connection, or nobody behind it who is ready.
        case notReady
    }
}
