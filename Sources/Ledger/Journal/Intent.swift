package import EnrichmentAPI

/// A request that is about to leave.
package struct Intent: Sendable {
    package var run: Int64
    package var endpoint: Endpoint
    package var channels: ChannelSet
    package var asks: [Ask]
    /// What it may cost at most.
    package var worst: Credits

    /// One identity in a request, charged to one row of the run.
    package struct Ask: Sendable, Hashable {
        package var identity: Int64
        /// The row's number in the run, 1-based.
        package var row: Int
        /// Channels whose values are known and good: where the service is asked for everything, what it says of them is
        /// passed over.
        package var kept: ChannelSet

        package init(identity: Int64, row: Int, kept: ChannelSet = []) {
            self.identity = identity
            self.row = row
            self.kept = kept
        }
    }

    package init(run: Int64, endpoint: Endpoint, channels: ChannelSet, asks: [Ask], worst: Credits) {
        self.run = run
        self.endpoint = endpoint
        self.channels = channels
        self.asks = asks
        self.worst = worst
    }
}

/// What came of a request.
package enum Settlement: Sendable {
    /// One result for each ask, in order, with what each channel cost where the engine says so.
    case persons([PersonResult], costs: [ChannelMap<Credits>])
    /// One answer for each ask, in order.
    case accounts([AccountAnswer])
    /// The service will not take it, and charged nothing.
    case refused
    /// The service will not take it as a whole, and charged nothing; its halves are asked for instead.
    case split
    /// The service was not ready for it, however often it was asked, and charged nothing.
    case unavailable
    /// It may have been charged, and the answer will not come.
    case lost

    /// As the ledger stores it.
    var state: ChunkState {
        switch self {
        case .persons, .accounts: .answered
        case .refused: .refused
        case .split: .split
        case .unavailable: .unavailable
        case .lost: .lost
        }
    }

    package var credits: Credits {
        switch self {
        case .persons(let results, _): results.reduce(.zero) { $0 + $1.creditsUsed }
        case .accounts(let results): results.reduce(.zero) { $0 + ($1.result?.creditsUsed ?? .zero) }
        case .refused, .split, .unavailable, .lost: .zero
        }
    }
}

extension Settlement {
    /// For how many records each provider could not be asked, by why.
    package var failures: [String: [String: Int]] {
        func count(_ counts: inout [String: [String: Int]], _ failures: [ProviderFailure]) {
            for failure in failures where failure.why != .stopped {
                counts[failure.provider, default: [:]][failure.why.rawValue, default: 0] += 1
            }
        }
        return switch self {
        case .persons(let results, _): results.reduce(into: [:]) { count(&$0, $1.failures) }
        case .accounts(let answers): answers.reduce(into: [:]) { count(&$0, $1.failures) }
        case .refused, .split, .unavailable, .lost: [:]
        }
    }

    /// Whether some of its records were not asked for because the run was being stopped.
    package var isCutShort: Bool {
        switch self {
        case .persons(let results, _): results.contains { $0.failures.contains { $0.why == .stopped } }
        case .accounts(let answers): answers.contains { $0.failures.contains { $0.why == .stopped } }
        case .refused, .split, .unavailable, .lost: false
        }
    }

    /// Results that it holds.
    package var count: Int {
        switch self {
        case .persons(let results, _): results.count
        case .accounts(let results): results.count
        case .refused, .split, .unavailable, .lost: 0
        }
    }

    /// What the first results cost.
    package func credits(ofFirst count: Int) -> Credits { first(count).credits }

    /// Only the first results.
    func first(_ count: Int) -> Settlement {
        switch self {
        case .persons(let results, let costs): .persons(Array(results.prefix(count)), costs: Array(costs.prefix(count)))
        case .accounts(let results): .accounts(Array(results.prefix(count)))
        case .refused, .split, .unavailable, .lost: self
        }
    }

    /// How many results from the first on cost no more than `most` together.
    func affordable(_ most: Credits) -> Int {
        let prices: [Credits] =
            switch self {
            case .persons(let results, _): results.map(\.creditsUsed)
            case .accounts(let results): results.map { $0.result?.creditsUsed ?? .zero }
            case .refused, .split, .unavailable, .lost: []
            }
        var sum = Credits.zero
        for (index, price) in prices.enumerated() {
            sum += price
            if sum > most { return index }
        }
        return prices.count
    }
}

/// How far a request came.
package enum ChunkState: String, Sendable {
    /// About to leave, or in the air; after a crash, perhaps charged.
    case intent
    case answered, refused, split, unavailable, lost
    /// The service was not ready for it, charged nothing, and was not asked again yet.
    case turnedAway = "turned_away"
}

/// An ask that an earlier attempt at this run made for a row that was not written yet.
package struct EarlierAsk: Sendable {
    package var identity: Int64
    package var endpoint: Endpoint
    package var channels: ChannelSet
    package var state: ChunkState
    package var credits: Credits
    package var recordID: String
}
