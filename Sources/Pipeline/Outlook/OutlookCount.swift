import EnrichmentAPI
import Ledger
import Synchronization

/// Counts rows and requests of an outlook.
struct OutlookCount: Sendable {
    private(set) var rows = RunOutlook.RowsPart()
    private(set) var requests = RunOutlook.RequestsPart()
    private(set) var accounts = 0
    private var bulkRecords = 0
    /// Requests in the order in which they would leave.
    private(set) var sent: [Sent] = []

    struct Sent: Sendable {
        var endpoint: Endpoint
        var channels: ChannelSet
        var records: Int
    }

    /// Values that are asked for by endpoint.
    private(set) var asked: [Endpoint: ChannelMap<Int>] = [:]

    mutating func add(_ planned: PlannedBatch, rejected: Int, run: Int64) {
        rows.rejected += rejected
        for plan in planned.rows {
            rows.read += 1
            if let skip = plan.skip {
                rows.skipped[skip.rawValue, default: 0] += 1
            } else if let failure = plan.failure {
                rows.failed[failure.rawValue, default: 0] += 1
            } else if !plan.asked.isEmpty {
                rows.toAsk += 1
            } else if plan.earlier == nil, !plan.shared.isEmpty || plan.known.contains(where: { $0.run == run }) {
                rows.duplicates += 1
            } else {
                rows.known += 1
            }
        }
    }

    mutating func add(_ request: PendingRequest) {
        let count = request.count
        switch request.endpoint {
        case .bulk:
            requests.bulk += 1
            bulkRecords += count
            requests.recordsPerBulk = (Double(bulkRecords) / Double(requests.bulk) * 100).rounded() / 100
        case .single: requests.single += 1
        case .discover: requests.discover += 1
        case .account:
            requests.account += 1
            accounts += count
        }
        if let last = sent.last, last.endpoint == request.endpoint, last.channels == request.channels {
            sent[sent.count - 1].records += count
        } else {
            sent.append(Sent(endpoint: request.endpoint, channels: request.channels, records: count))
        }
        var ofEndpoint = asked[request.endpoint] ?? ChannelMap<Int>()
        for channel in request.channels { ofEndpoint[channel] = (ofEndpoint[channel] ?? 0) + count }
        asked[request.endpoint] = ofEndpoint
    }
}

/// Knows what requests are like and what they cost, and never gets one.
struct PricedEnricher: Enricher {
    let isExternal: Bool
    let chunk: Int
    let price: @Sendable (ChannelSet, Endpoint) -> Credits

    /// - Parameter price: what one record costs at most.
    init(_ settings: EnrichSettings, price: @escaping @Sendable (ChannelSet, Endpoint) -> Credits) {
        isExternal = settings.engine == .api
        chunk = isExternal ? settings.limits.chunk : 4096
        self.price = price
    }

    func recordsPerRequest(_ endpoint: Endpoint) -> Int { endpoint == .bulk || !isExternal ? chunk : 1 }
    func worst(_ channels: ChannelSet, endpoint: Endpoint) -> Credits { price(channels, endpoint) }
    func send(_ request: EnrichmentRequest) async -> EnrichmentAnswer { EnrichmentAnswer(.refused) }
}
