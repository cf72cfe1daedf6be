import EnrichmentAPI
import Ledger
import Records

/// How long a run will still take.
///
/// Pure. Where requests wait for the service's limits, the limits tell: calls that are left leave one window after those
/// before them. Else what was written in the last minute tells.
struct TimeLeft: Sendable {
    private var total = 0
    private var limits = ServiceLimits()
    /// Bytes where this attempt began, where rows have a plan, and where they are written.
    private var first = 0
    private var isResumed = false
    private var planned = 0
    private var written: [(time: Double, bytes: Int)] = []
    private var calls: [Quota.Kind: Calls] = [:]
    /// When a request waited for the last time.
    private var waitedAt = -Double.infinity

    private struct Calls {
        var opened = 0
        var answered = 0
        /// When answers came, as many as fit into a window.
        var times: [Double] = []

        /// How long the latest answers took on the average.
        var latency = 0.0

        mutating func answer(at time: Double, after seconds: Double, most: Int) {
            answered += 1
            latency += (seconds - latency) / Double(min(answered, most))
            times = times.suffix(most - 1) + [time]
        }
    }

    /// Seconds over which the speed is taken.
    private static let memory = 60.0

    mutating func see(_ event: RunEvent, now: Double) {
        switch event {
        case .began(let start): (total, limits, isResumed) = (start.bytes, start.limits, start.rowsBefore > 0)
        case .planned(let bytes):
            // What was planned first lies behind what earlier attempts wrote.
            if planned == 0, isResumed { first = bytes }
            planned = max(planned, bytes)
        case .opened(let endpoint): calls[Quota.Kind(endpoint), default: Calls()].opened += 1
        case .answered(let endpoint, _, _, _, _, let seconds):
            let kind = Quota.Kind(endpoint)
            let most = most(of: kind)
            calls[kind, default: Calls()].answer(at: now, after: seconds, most: most)
        case .waiting(let until):
            // The day's limit, or a service that is down, is no rhythm to count with.
            if until - now <= limits.minute.inSeconds { waitedAt = now }
        case .wrote(_, let bytes):
            written.append((now, bytes))
            // One sample that is older stays, so that the span is a whole one.
            while written.count > 2, written[1].time < now - Self.memory { written.removeFirst() }
        case .lookedThrough, .turnedAway, .lost, .providersFailed: break
        }
    }

    private func most(of kind: Quota.Kind) -> Int {
        max(1, kind == .bulk ? limits.bulkPerMinute : limits.singlePerMinute)
    }

    func seconds(now: Double) -> Double? {
        guard total > 0 else { return nil }
        if now - waitedAt <= limits.minute.inSeconds, planned > 0 {
            return Quota.Kind.allCases.map { secondsOfCalls($0, now: now) }.max()
        }
        guard let start = written.first, let end = written.last, end.bytes > start.bytes, now > start.time else {
            return nil
        }
        return Double(total - end.bytes) * (now - start.time) / Double(end.bytes - start.bytes)
    }

    /// Seconds until the last call of a kind has left.
    private func secondsOfCalls(_ kind: Quota.Kind, now: Double) -> Double {
        guard let calls = calls[kind], calls.opened > 0 else { return 0 }
        // What is not planned yet asks as often as what is.
        let unplanned = Double(calls.opened) * Double(max(0, total - planned)) / Double(max(1, planned - first))
        let left = Int((Double(calls.opened - calls.answered) + unplanned).rounded(.up))
        let free = most(of: kind) - calls.times.count
        guard left > free, !calls.times.isEmpty else { return 0 }
        let (round, place) = (left - free - 1).quotientAndRemainder(dividingBy: calls.times.count)
        // A call leaves a window after the answer that made room for it, and its own answer takes its time.
        let rhythm = limits.minute.inSeconds + calls.latency
        return max(0, calls.times[place] + Double(round + 1) * rhythm - now)
    }
}
