package import EnrichmentAPI

/// What happens in a run, for those who watch it: bars, logs, metrics.
///
/// Never holds a value out of somebody's record.
package enum RunEvent: Sendable {
    case began(RunStart)
    /// Rows of the first reading, in which it is found out which of them are one person.
    case lookedThrough(rows: Int)
    /// - Parameter bytes: of all inputs, up to where rows have a plan.
    case planned(bytes: Int)
    /// A request has its first record.
    case opened(Endpoint)
    /// - Parameters:
    ///   - asked: values that were asked for.
    ///   - found: values that came.
    ///   - seconds: from the request's leaving to its answer.
    case answered(Endpoint, records: Int, asked: Int, found: Int, credits: Credits, seconds: Double)
    /// Providers of the embedded engine that could not be asked; a miss for those for whom they were to be.
    ///
    /// - Parameter counts: for how many records, by provider and why.
    case providersFailed(_ counts: [String: [String: Int]])
    /// Nothing was charged; the request leaves again.
    case turnedAway(Endpoint, isTooMany: Bool, why: String)
    /// It may have been charged.
    case lost(Endpoint, records: Int, why: String)
    /// Requests wait for quota, budget or a pause between tries.
    ///
    /// - Parameter until: seconds since 1970.
    case waiting(until: Double)
    /// - Parameter bytes: of all inputs, up to where rows are written.
    case wrote(rows: Int, bytes: Int)
}

/// The beginning of a run, or of another attempt at it.
package struct RunStart: Sendable {
    package var run: String
    package var isResumed: Bool
    /// Rows that earlier attempts have written.
    package var rowsBefore: Int
    /// Of all inputs; 0 where that is not known.
    package var bytes: Int
    package var limits: ServiceLimits
}

/// Is told of every event, in their order.
package protocol RunWatcher: Sendable {
    /// - Parameters:
    ///   - counts: what the run has come to, this event included.
    ///   - now: seconds since 1970.
    func saw(_ event: RunEvent, _ counts: RunCounts, now: Double)
}
