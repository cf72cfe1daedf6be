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
    /// - Parameter isUseless: asked before a call waits, and when its turn has come.
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
        if isUseless() { return nil }
        while let until = heldUntil, until > clock.now, !Task.isCancelled {
            try? await Task.sleep(until: until, clock: clock)
        }
        if perMinute > 0 { await waitForMinute() }
        return await work()
    }

    /// Lets nobody leave for a while.
    package func hold(for pause: Duration) {
        heldUntil = max(clock.now + pause, heldUntil ?? clock.now)
    }

    private func waitForMinute() async {
        while true {
            let now = clock.now
            departures.removeAll { $0 + minute <= now }
            guard let oldest = departures.first, departures.count >= perMinute else {
                departures.append(now)
                return
            }
            try? await Task.sleep(until: oldest + minute, clock: clock)
            if Task.isCancelled { return }
        }
    }
}
