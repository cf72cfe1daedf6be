import EnrichmentAPI
import Foundation
import Ledger
import Records

/// What it would take to ask a service for the people in a file.
///
/// Pure. Nothing is known of earlier answers here, so it is the most that a first run takes.
struct AskEstimate: Sendable {
    private let settings: EnrichSettings
    private var bulk: [UInt8: Int] = [:]
    private var single = 0
    private(set) var people = 0
    private var thousandths = 0

    init(_ settings: EnrichSettings) { self.settings = settings }

    /// Counts one person.
    mutating func add(_ needs: RowNeeds) {
        guard needs.way != .nobody, !needs.channels.isEmpty else { return }
        people += 1
        let endpoint: Endpoint = needs.way == .hints ? .bulk : .discover
        if endpoint == .bulk {
            bulk[UInt8(truncatingIfNeeded: needs.channels.bits), default: 0] += 1
        } else {
            single += 1
        }
        thousandths += settings.api.prices.worst(needs.channels, endpoint: endpoint).thousandths
    }

    /// Requests for many people at once: full ones, for each set of channels that is missing.
    var bulkRequests: Int { bulk.values.reduce(0) { $0 + ($1 + settings.limits.chunk - 1) / settings.limits.chunk } }
    var singleRequests: Int { single }

    /// Where every channel is found, each at the dearest.
    var mostCredits: Credits { Credits(thousandths: thousandths) }

    /// The least time that the limits allow, in seconds.
    var seconds: Double {
        let limits = settings.limits
        // The first window is free: as many requests as fit into it leave at once.
        func windows(_ count: Int, of size: Int) -> Double { Double(max(0, (count + size - 1) / size - 1)) }
        let minute = limits.minute.inSeconds
        return max(
            windows(bulkRequests, of: limits.bulkPerMinute) * minute,
            windows(single, of: limits.singlePerMinute) * minute,
            windows(bulkRequests + single, of: limits.perDay) * limits.day.inSeconds)
    }
}
