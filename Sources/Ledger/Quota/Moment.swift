/// A point in time, by the calendar and by a clock that nobody sets.
///
/// The calendar says what month it is; limits are counted by the other one, so that setting the clock neither opens a
/// window too early nor keeps it shut for hours.
package struct Moment: Sendable, Equatable {
    /// Seconds since 1970.
    package var wall: Double
    /// Which start of the machine the other clock counts from.
    package var boot: String
    /// Seconds since then, those asleep included.
    package var uptime: Double

    package init(wall: Double, boot: String, uptime: Double) {
        self.wall = wall
        self.boot = boot
        self.uptime = uptime
    }
}
