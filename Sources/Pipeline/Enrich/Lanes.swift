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
    /// To the embedded engine: all requests of a batch, in the order in which they were made.
    let inside: AsyncStream<[PendingRequest]>
    private let sendBulk: AsyncStream<PendingRequest>.Continuation
    private let sendSingle: AsyncStream<PendingRequest>.Continuation
    private let sendInside: AsyncStream<[PendingRequest]>.Continuation
    private let isExternal: Bool
    private let state = Mutex(State())

    private struct State {
        /// Bulk requests that are complete and have not left.
        var waiting = 0
        /// Bulk requests that are being filled.
        var filling = 0
        /// Whether nothing more is filled until answers have come.
        var isStalled = false
        /// Calls for one record, and all requests inside, that are held back until their batch is planned.
        var held: [PendingRequest] = []
    }

    /// - Parameter isExternal: inside there are no limits, and what belongs together goes together.
    init(isExternal: Bool) {
        (bulk, sendBulk) = AsyncStream.makeStream(of: PendingRequest.self)
        (single, sendSingle) = AsyncStream.makeStream(of: PendingRequest.self)
        (inside, sendInside) = AsyncStream.makeStream(of: [PendingRequest].self)
        self.isExternal = isExternal
    }

    /// A request has got its first record.
    func begin(_ request: PendingRequest) {
        if request.endpoint == .bulk { state.withLock { $0.filling += 1 } }
    }

    /// A request is complete.
    func send(_ request: PendingRequest) {
        guard isExternal, Quota.Kind(request.endpoint) == .bulk else {
            state.withLock { $0.held.append(request) }
            return
        }
        state.withLock { state in
            if request.endpoint == .bulk { state.filling -= 1 }
            state.waiting += 1
        }
        sendBulk.yield(request)
    }

    /// A batch is planned, so it is known how many bulk requests go before its other calls.
    ///
    /// - Parameter isStalled: whether nothing more is planned until answers have come: then only what is complete counts,
    ///   or calls would wait for requests that wait for them.
    func release(isStalled: Bool) {
        let held = state.withLock { state in
            state.isStalled = isStalled
            defer { state.held = [] }
            return state.held
        }
        if isExternal {
            for request in held { sendSingle.yield(request) }
        } else if !held.isEmpty {
            sendInside.yield(held)
        }
    }

    /// No more requests will come.
    func finish() {
        release(isStalled: true)
        sendBulk.finish()
        sendSingle.finish()
        sendInside.finish()
    }

    /// A bulk request has left, or never will.
    func bulkLeft() { state.withLock { $0.waiting -= 1 } }

    /// Requests that go before one of an endpoint where the day is short.
    func ahead(of endpoint: Endpoint) -> Int {
        guard Quota.Kind(endpoint) == .single else { return 0 }
        return state.withLock { max(0, $0.waiting + ($0.isStalled ? 0 : $0.filling)) }
    }
}
