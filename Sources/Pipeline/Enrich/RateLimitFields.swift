import Foundation
import Ledger

/// Reads what a service says about its limits in the fields of an answer.
///
/// Pure. Three spellings are in use: `RateLimit: "minute";r=5;t=30` (the present draft of the HTTP working group),
/// `RateLimit-Remaining` with `RateLimit-Reset` (its earlier ones), and `X-RateLimit-Remaining` with
/// `X-RateLimit-Reset`, whose reset is seconds from now or a time since 1970.
struct RateLimitFields {
    /// The first value of a field.
    let field: (String) -> String?
    /// When the answer came, in seconds since 1970.
    let now: Double

    /// The longest that is believed, in seconds.
    static let longest = 86_400.0

    /// What is left of the tightest limit; nil where the service says nothing that can be understood.
    var allowance: Allowance? {
        if let items = field("ratelimit").map(Self.items), !items.isEmpty {
            return items.min { ($0.remaining, -$0.resetsIn) < ($1.remaining, -$1.resetsIn) }
        }
        for prefix in ["ratelimit-", "x-ratelimit-"] {
            guard let remaining = number(prefix + "remaining"), let reset = number(prefix + "reset") else { continue }
            return Allowance(remaining: Int(min(max(0, remaining), 1e9)), resetsIn: seconds(until: reset))
        }
        return nil
    }

    /// `Retry-After`: seconds or an HTTP date (RFC 9110, section 10.2.3); at most a day is believed.
    var retryAfter: Double? {
        guard let text = field("retry-after")?.trimmingCharacters(in: .whitespaces) else { return nil }
        if let seconds = Double(text) {
            return seconds.isFinite && seconds >= 0 ? min(seconds, Self.longest) : nil
        }
        return Self.date(text).map { min(max(0, $0 - now), Self.longest) }
    }

    private func number(_ name: String) -> Double? {
        // Some send a list, the tightest first.
        guard let text = field(name)?.prefix(while: { $0 != "," && $0 != ";" }) else { return nil }
        guard let number = Double(text.trimmingCharacters(in: .whitespaces)), number.isFinite else { return nil }
        return number
    }

    /// A reset is seconds from now, or a time: nothing resets in thirty years.
    private func seconds(until reset: Double) -> Double {
        let seconds = reset > 1e12 ? reset / 1000 - now : reset > 1e9 ? reset - now : reset
        return min(max(0, seconds), Self.longest)
    }

    /// `"minute";r=5;t=30, "day";r=900;t=3600`.
    private static func items(_ text: String) -> [Allowance] {
        text.split(separator: ",").compactMap { item in
            var values: [String: Double] = [:]
            for part in item.split(separator: ";") {
                let sides = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
                if sides.count == 2 { values[sides[0].lowercased()] = Double(sides[1]) }
            }
            guard let remaining = values["r"] ?? values["remaining"], let reset = values["t"] ?? values["reset"],
                remaining.isFinite, reset.isFinite
            else { return nil }
            return Allowance(remaining: Int(min(max(0, remaining), 1e9)), resetsIn: min(max(0, reset), longest))
        }
    }

    private static func date(_ text: String) -> Double? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.date(from: text)?.timeIntervalSince1970
    }
}
