import Connect
package import Foundation
import Records

/// When a run has to have ended.
///
/// Pure.
package struct Deadline: Sendable, Equatable {
    /// Seconds since 1970.
    package let time: Double

    /// A time of the day, a date with one, or a while; nil for anything else.
    ///
    /// `06:00` is the next time that the clock shows it; `2026-11-26T06:00` is that time here, and with `Z` or `+02:00`
    /// there; `90m` is so long from now.
    package init?(_ text: String, now: Double, zone: TimeZone) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let present = Date(timeIntervalSince1970: now)
        if let match = text.wholeMatch(of: /(\d{1,2}):(\d\d)(?::(\d\d))?/) {
            let parts = [match.output.1, match.output.2, match.output.3 ?? "0"].compactMap { Int($0) }
            guard parts.count == 3, parts[0] < 24, parts[1] < 60, parts[2] < 60,
                let next = calendar.nextDate(
                    after: present, matching: DateComponents(hour: parts[0], minute: parts[1], second: parts[2]),
                    matchingPolicy: .nextTime)
            else { return nil }
            time = next.timeIntervalSince1970
            return
        }
        if let match = text.wholeMatch(of: /(\d+)([smh])/), let number = Double(match.output.1) {
            time = now + number * (match.output.2 == "h" ? 3600 : match.output.2 == "m" ? 60 : 1)
            return
        }
        guard let match = text.wholeMatch(of: /(\d{4}-\d\d-\d\d[T ]\d\d:\d\d)(:\d\d)?(Z|[+-]\d\d:?\d\d)?/) else {
            return nil
        }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = zone
        format.isLenient = false
        format.dateFormat = "yyyy-MM-dd'T'HH:mm:ss" + (match.output.3 == nil ? "" : "ZZZZZ")
        let offset = match.output.3.map(String.init) ?? ""
        let spelled =
            String(match.output.1).replacing(" ", with: "T") + String(match.output.2 ?? ":00")
            + (offset.count == 5 ? "\(offset.prefix(3)):\(offset.suffix(2))" : offset)
        guard let date = format.date(from: spelled) else { return nil }
        time = date.timeIntervalSince1970
    }
}

extension PipelineSettings {
    /// How long before a deadline nothing new is asked any more, so that what is in the air has ended by then, in seconds.
    package var secondsToEnd: Double {
        // An email in line waits for its minute at most.
        let verifying = verify.map { Double($0.attempts) * $0.timeout.inSeconds + ($0.perMinute > 0 ? 60 : 0) } ?? 0
        let telling = notify.map { $0.timeout.inSeconds } ?? 0
        return (enrich.engine == .api ? enrich.api.patience.inSeconds : 1) + verifying + telling + 1
    }
}
