/// Lets so many calls through at once, and so many in any minute; the others wait in line, as all do while the service
/// wants to be left alone.
package actor CallPacer {
    private let longestLine: Int
    private var free: Int
    private let perMinute: Int
    private let minute: Duration
    private let clock = ContinuousClock()
    private var line: [CheckedContinuation<Void, Never>] = []
    /// When the last calls left, the oldest first; at most as many as a minute allows.
    private var departures: [ContinuousClock.Instant] = []
    /// How often whoever waits looks whether it is of use yet.
    private static let glance = Duration.milliseconds(250)
    /// Nobody leaves before.
    private var heldUntil: ContinuousClock.Instant?

    /// - Parameters:
    ///   - perMinute: 0 is any number.
    ///   - longestLine: calls that may wait.
    package init(width: Int, perMinute: Int, minute: Duration = .seconds(60), longestLine: Int = .max) {
        free = width
        self.perMinute = perMinute
        self.minute = minute
        self.longestLine = longestLine
    }

    /// Nil where so many wait already that nobody would wait for the last one, or where it is of no use by now.
    ///
    /// - Parameter isUseless: asked before a call waits, and from when its turn has come until it leaves.
    package func pass<Value: Sendable>(
        unless isUseless: @Sendable () -> Bool = { false }, _ work: @Sendable () async -> Value
    ) async -> Value? {
        if isUseless() { return nil }
        if free > 0 {
            free -= 1
        } else if line.count < longestLine {
            await withCheckedContinuation { line.append($0) }
        } else {
            return nil
        }
        defer { if line.isEmpty { free += 1 } else { line.removeFirst().resume() } }
        guard await isLetGo(unless: isUseless) else { return nil }
        return await work()
    }

    /// Lets nobody leave for a while.
    package func hold(for pause: Duration) {
        heldUntil = max(clock.now + pause, heldUntil ?? clock.now)
    }

    /// Waits for a place in the minute; false where it is of no use any more.
    private func isLetGo(unless isUseless: @Sendable () -> Bool) async -> Bool {
        while !isUseless() {
            guard let time = nextDeparture() else { return true }
            // Not all of it at once: nobody is told when it becomes useless.
            try? await Task.sleep(until: min(time, clock.now + Self.glance), clock: clock)
            if Task.isCancelled { return false }
        }
        return false
    }

    /// When the next call may leave; nil where it is now, and then it counts as one that has.
    private func nextDeparture() -> ContinuousClock.Instant? {
        let now = clock.now
        if let until = heldUntil, until > now { return until }
        guard perMinute > 0 else { return nil }
        departures.removeAll { $0 + minute <= now }
        if let oldest = departures.first, departures.count >= perMinute { return oldest + minute }
        departures.append(now)
        return nil
    }
}
