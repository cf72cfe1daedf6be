import Synchronization

/// Counts what happens in a run, and tells those who watch it.
final class RunFeed: Sendable {
    private let counts = Mutex(RunCounts())
    private let watchers: [any RunWatcher]
    private let clock: RunClock

    init(_ watchers: [any RunWatcher], clock: RunClock) {
        self.watchers = watchers
        self.clock = clock
    }

    func tell(_ event: RunEvent) {
        let now = clock.now()
        let counts = counts.withLock { counts in
            counts.count(event, now: now)
            return counts
        }
        for watcher in watchers { watcher.saw(event, counts, now: now) }
    }

    /// Seconds in which some request waited for the quota.
    var waited: Double { counts.withLock { $0.waited(now: clock.now()) } }
}
