import EnrichmentAPI
import Ledger
import Records

/// When calls could leave under the limits, were each answered at once: the least time that they take.
///
/// Pure. Bulk calls and others have a minute's limit each and the day's limit together; where the day is short, bulk calls
/// go first, as they do in a run.
struct QuotaOutlook: Sendable, Equatable {
    /// Seconds until the last call leaves, where the run waits for the next day or is taken up again at once.
    private(set) var seconds = 0.0
    /// Seconds until the day's limit is used up with calls left; nil where it is not.
    private(set) var dayEndsIn: Double?
    /// Calls that have left by then.
    private(set) var callsUntilThen = 0
    /// Seconds until the first call after that.
    private(set) var resumesIn: Double?

    /// - Parameter earlier: for each kind, when calls of the last day were counted, as seconds from now: at most 0, in order.
    init(bulk: Int, single: Int, limits: ServiceLimits, earlier: [Quota.Kind: [Double]], heldFor: Double) {
        let minute = limits.minute.inSeconds, day = limits.day.inSeconds
        var bulkLane = Lane(bulk, limits.bulkPerMinute, minute, earlier[.bulk] ?? [])
        var singleLane = Lane(single, limits.singlePerMinute, minute, earlier[.single] ?? [])
        let before = ((earlier[.bulk] ?? []) + (earlier[.single] ?? [])).sorted()
        var all = Lane(bulk + single, limits.perDay, day, before)
        var now = heldFor
        while all.left > 0 {
            let ofBulk = bulkLane.left > 0 ? max(now, bulkLane.free) : .infinity
            let ofSingle = singleLane.left > 0 ? max(now, singleLane.free) : .infinity
            let isShort = all.free > min(ofBulk, ofSingle)
            let isBulk = isShort ? bulkLane.left > 0 && ofBulk <= max(all.free, ofSingle) : ofBulk <= ofSingle
            let time = max(isBulk ? ofBulk : ofSingle, all.free)
            if isShort, dayEndsIn == nil, time - now > minute {
                (dayEndsIn, resumesIn, callsUntilThen) = (now, time, bulk + single - all.left)
            }
            now = time
            if isBulk { bulkLane.leave(at: now) } else { singleLane.leave(at: now) }
            all.leave(at: now)
        }
        seconds = now
    }

    /// Calls that share a limit.
    private struct Lane {
        private(set) var left: Int
        private let quota: Int
        private let window: Double
        /// When the latest calls left, as many as the limit allows; the oldest one stands at ``next``.
        private var times: [Double]
        private var next = 0

        init(_ left: Int, _ quota: Int, _ window: Double, _ earlier: [Double]) {
            (self.left, self.quota, self.window) = (left, max(1, quota), window)
            times = Array(earlier.suffix(max(1, quota)))
        }

        /// When the next call may leave.
        var free: Double { times.count < quota ? -.infinity : times[next] + window }

        mutating func leave(at time: Double) {
            left -= 1
            if times.count < quota {
                times.append(time)
            } else {
                times[next] = time
                next = (next + 1) % quota
            }
        }
    }
}
