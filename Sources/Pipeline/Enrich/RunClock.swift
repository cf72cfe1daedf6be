import Foundation

/// Time as a run sees it; a test gives its own.
package struct RunClock: Sendable {
    /// Seconds since 1970.
    package var now: @Sendable () -> Double
    /// Sleeps for some seconds; throws where the run is stopped meanwhile.
    package var sleep: @Sendable (Double) async throws -> Void

    package init(now: @escaping @Sendable () -> Double, sleep: @escaping @Sendable (Double) async throws -> Void) {
        self.now = now
        self.sleep = sleep
    }

    package static let wall = RunClock {
        Date().timeIntervalSince1970
    } sleep: { seconds in
        try await Task.sleep(for: .seconds(max(0, seconds)))
    }
}
