import Foundation
package import Ledger

/// Time as a run sees it; a test gives its own.
package struct RunClock: Sendable {
    /// Seconds since 1970.
    package var now: @Sendable () -> Double
    /// Which start of the machine it is, and the seconds since then.
    package var uptime: @Sendable () -> (boot: String, seconds: Double)
    /// Sleeps for some seconds; throws where the run is stopped meanwhile.
    package var sleep: @Sendable (Double) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Double,
        uptime: @escaping @Sendable () -> (boot: String, seconds: Double),
        sleep: @escaping @Sendable (Double) async throws -> Void
    ) {
        self.now = now
        self.uptime = uptime
        self.sleep = sleep
    }

    package var moment: Moment {
        let (boot, seconds) = uptime()
        return Moment(wall: now(), boot: boot, uptime: seconds)
    }

    package static let wall = RunClock {
        Date().timeIntervalSince1970
    } uptime: {
        bootID.map { ($0, sinceBoot()) } ?? ("", Date().timeIntervalSince1970)
    } sleep: { seconds in
        try await Task.sleep(for: .seconds(max(0, seconds)))
    }

    /// The kernel's name for this start; nil where it gives none.
    private static let bootID = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        .trimmingCharacters(in: .whitespacesAndNewlines)

    /// Counts the time asleep as well, in which the service's windows go on.
    private static func sinceBoot() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
