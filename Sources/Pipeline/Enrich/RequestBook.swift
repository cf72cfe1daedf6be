import EnrichmentAPI
import Ledger
import Synchronization

/// The requests that are being filled: one for each call and set of channels.
///
/// Full ones leave at once. A partly filled one leaves only when nothing more can join it, so that N records of one set
/// cost ⌈N/limit⌉ calls.
final class RequestBook: Sendable {
    private struct Kind: Hashable {
        var endpoint: Endpoint
        var channels: ChannelSet
    }

    private let open = Mutex<[Kind: PendingRequest]>([:])
    let settlements = Settlements()
    private let enricher: any Enricher
    private let begin: @Sendable (PendingRequest) -> Void
    private let send: @Sendable (PendingRequest) -> Void

    /// - Parameters:
    ///   - begin: is told of each request when it gets its first record.
    ///   - send: takes each request that is complete, exactly once.
    init(
        _ enricher: any Enricher, begin: @escaping @Sendable (PendingRequest) -> Void = { _ in },
        send: @escaping @Sendable (PendingRequest) -> Void
    ) {
        self.enricher = enricher
        self.begin = begin
        self.send = send
    }

    /// Adds a record to a request; where it is in it.
    func add(
        _ ask: Intent.Ask, _ hints: PersonHints, endpoint: Endpoint, channels: ChannelSet
    ) -> (request: PendingRequest, index: Int) {
        let limit = enricher.recordsPerRequest(endpoint)
        let kind = Kind(endpoint: endpoint, channels: channels)
        let (request, index, isFull) = open.withLock { open in
            let request = open[kind] ?? PendingRequest(endpoint, channels, settlements)
            let index = request.add(ask, hints)
            if index == 0 { begin(request) }
            let isFull = index + 1 >= limit
            open[kind] = isFull ? nil : request
            return (request, index, isFull)
        }
        if isFull, request.seal() { send(request) }
        return (request, index)
    }

    /// Sends a request as full as it is.
    func close(_ request: PendingRequest) {
        open.withLock { open in
            let kind = Kind(endpoint: request.endpoint, channels: request.channels)
            if open[kind] === request { open[kind] = nil }
        }
        if request.seal() { send(request) }
    }

    /// Sends whatever is there: no more records will come.
    func closeAll() {
        let left = open.withLock { open in
            defer { open = [:] }
            return open.values.sorted {
                ($0.endpoint.rawValue, $0.channels.bits) < ($1.endpoint.rawValue, $1.channels.bits)
            }
        }
        for request in left where request.seal() { send(request) }
    }
}
