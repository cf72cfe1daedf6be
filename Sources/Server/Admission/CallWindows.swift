package import EnrichmentAPI
package import Ledger
import Records
import Synchronization

/// How many calls of a workspace have arrived, in sliding windows.
///
/// Pure: the time is given, in seconds on a clock that only goes forward.
package struct CallWindows: Sendable {
    private let limits: ServiceLimits
    private var arrivals: [Quota.Kind: Arrivals] = [:]

    package init(_ limits: ServiceLimits) { self.limits = limits }

    /// What a client is told of the limits.
    package struct Standing: Sendable, Equatable {
        package var kind: Quota.Kind
        /// Calls that are left of the minute's limit and of the day's, and seconds until the next one comes free.
        package var minute: (remaining: Int, resetsIn: Double)
        package var day: (remaining: Int, resetsIn: Double)

        package static func == (left: Standing, right: Standing) -> Bool {
            left.kind == right.kind && left.minute == right.minute && left.day == right.day
        }
    }

    package enum Decision: Sendable, Equatable {
        case go(Standing)
        /// Not for so many seconds.
        case wait(seconds: Double, Standing)
    }

    /// Counts a call that arrives, unless it is one too many.
    package mutating func admit(_ kind: Quota.Kind, now: Double) -> Decision {
        let minute = limits.minute.inSeconds, day = limits.day.inSeconds
        for kind in Quota.Kind.allCases { arrivals[kind, default: Arrivals()].forget(before: now - day) }
        let own = arrivals[kind] ?? Arrivals()
        let perMinute = kind == .bulk ? limits.bulkPerMinute : limits.singlePerMinute
        let (ofMinute, oldestOfMinute) = own.since(now - minute)
        let ofDay = arrivals.values.reduce(0) { $0 + $1.count }
        let oldestOfDay = arrivals.values.compactMap(\.oldest).min()
        let freesIn = (
            minute: oldestOfMinute.map { $0 + minute - now } ?? 0, day: oldestOfDay.map { $0 + day - now } ?? 0
        )
        let isFull = (minute: ofMinute >= perMinute, day: ofDay >= limits.perDay)
        let taken = isFull.minute || isFull.day ? 0 : 1
        let standing = Standing(
            kind: kind, minute: (max(0, perMinute - ofMinute - taken), ofMinute == 0 ? minute : freesIn.minute),
            day: (max(0, limits.perDay - ofDay - taken), ofDay == 0 ? day : freesIn.day))
        guard taken == 1 else {
            return .wait(
                seconds: max(isFull.minute ? freesIn.minute : 0, isFull.day ? freesIn.day : 0), standing)
        }
        arrivals[kind, default: Arrivals()].add(now)
        return .go(standing)
    }

    /// Counts a call of before the service was started.
    package mutating func recall(_ kind: Quota.Kind, at time: Double) { arrivals[kind, default: Arrivals()].add(time) }

    /// Times of arrival, the oldest first; those that are forgotten are cut off now and then, not one by one.
    private struct Arrivals: Sendable {
        private var times: [Double] = []
        private var first = 0

        var count: Int { times.count - first }
        var oldest: Double? { first < times.count ? times[first] : nil }

        mutating func add(_ time: Double) { times.append(time) }

        mutating func forget(before: Double) {
            while first < times.count, times[first] <= before { first += 1 }
            if first > 1024, first * 2 > times.count {
                times.removeFirst(first)
                first = 0
            }
        }

        /// How many have come after a time, and the first of them.
        func since(_ time: Double) -> (count: Int, oldest: Double?) {
            var low = first, high = times.count
            while low < high {
                let middle = (low + high) / 2
                if times[middle] <= time { low = middle + 1 } else { high = middle }
            }
            return (times.count - low, low < times.count ? times[low] : nil)
        }
    }
}

/// The limits of all workspaces, which all connections share.
final class Admission: Sendable {
    private let windows = Mutex<[String: CallWindows]>([:])
    let limits: ServiceLimits
    private let start = ContinuousClock.now

    init(_ limits: ServiceLimits) { self.limits = limits }

    /// Seconds since the service was started.
    private var now: Double { (ContinuousClock.now - start) / .seconds(1) }

    func admit(_ kind: Quota.Kind, workspace: String) -> CallWindows.Decision {
        windows.withLock { $0[workspace, default: CallWindows(limits)].admit(kind, now: now) }
    }

    /// Counts what arrived before the service was started, the oldest first.
    func recall(_ calls: [(workspace: String, kind: Quota.Kind, age: Double)]) {
        windows.withLock { windows in
            for call in calls { windows[call.workspace, default: CallWindows(limits)].recall(call.kind, at: -call.age) }
        }
    }
}
