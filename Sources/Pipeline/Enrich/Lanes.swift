import EnrichmentAPI
import Ledger
import Synchronization

/// Complete requests on their way to the dispatcher, in one lane for each of the service's minute limits.
///
/// A lane is first come, first served, and waits only for its own limit: calls for one person never stand in the way of
/// bulk calls. Where the day's quota is short, bulk calls go first, since they bring the most records for a call.
final class Lanes: Sendable {
    let bulk: AsyncStream<PendingRequest>
    let single: AsyncStream<PendingRequest>
    private let sendBulk: AsyncStream<PendingRequest>.Continuation
    private let sendSingle: AsyncStream<PendingRequest>.Continuation
    private let isExternal: Bool
    private let bulkWaiting = Mutex(0)

    /// - Parameter isExternal: inside there are no limits, and one lane for everything keeps the order.
    init(isExternal: Bool) {
        (bulk, sendBulk) = AsyncStream.makeStream(of: PendingRequest.self)
        (single, sendSingle) = AsyncStream.makeStream(of: PendingRequest.self)
        self.isExternal = isExternal
    }

    func send(_ request: PendingRequest) {
        guard isExternal, Quota.Kind(request.endpoint) == .single else {
            bulkWaiting.withLock { $0 += 1 }
            sendBulk.yield(request)
            return
        }
        sendSingle.yield(request)
    }

    /// No more requests will come.
    func finish() {
        sendBulk.finish()
        sendSingle.finish()
    }

    /// A bulk request has left, or never will.
    func bulkLeft() { bulkWaiting.withLock { $0 -= 1 } }

    /// Requests that go before one of an endpoint where the day is short.
    func ahead(of endpoint: Endpoint) -> Int {
        Quota.Kind(endpoint) == .bulk ? 0 : bulkWaiting.withLock { max(0, $0) }
    }
}
