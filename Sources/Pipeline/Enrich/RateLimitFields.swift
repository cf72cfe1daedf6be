import Foundation
import Ledger

/// Reads what a service says about its limits in the fields of an answer.
///
/// Pure. These spellings are in use: `RateLimit: "minute";r=5;t=30` with `RateLimit-Policy: "minute";q=20;w=60` (the
/// present draft of the HTTP working group), `RateLimit: limit=20, remaining=5, reset=30` or `RateLimit-Remaining` with
/// `RateLimit-Reset`, and `RateLimit-Policy: 20;w=60` (its earlier ones), and `X-RateLimit-Remaining` with
/// `X-RateLimit-Reset`, whose reset is seconds from now or a time since 1970.
struct RateLimitFields {
    /// All values of a field.
    let field: (String) -> [String]
    /// When the answer came, in seconds since 1970.
    let now: Double

    /// The longest that is believed, in seconds.
    static let longest = 86_400.0

    /// What the service says of its limits; nil where that is nothing that can be understood.
    var allowance: Allowance? {
        let named = list("ratelimit-policy").map(Self.policies) ?? []
        var allowance = left(named) ?? Allowance(remaining: nil, resetsIn: 0)
        allowance.policies = named.map(\.policy)
        return allowance.remaining == nil && named.isEmpty ? nil : allowance
    }

    /// What is left of the tightest limit.
    private func left(_ named: [NamedPolicy]) -> Allowance? {
        if let items = list("ratelimit").map({ Self.items($0, named) }), !items.isEmpty {
            return items.min { ($0.remaining ?? 0, -$0.resetsIn) < ($1.remaining ?? 0, -$1.resetsIn) }
        }
        for prefix in ["ratelimit-", "x-ratelimit-"] {
            guard let remaining = number(prefix + "remaining"), let reset = number(prefix + "reset") else { continue }
            return Allowance(remaining: Int(min(max(0, remaining), 1e9)), resetsIn: seconds(until: reset))
        }
        return nil
    }

    /// `Retry-After`: seconds or an HTTP date (RFC 9110, section 10.2.3); at most a day is believed.
    var retryAfter: Double? {
        guard let text = field("retry-after").first?.trimmingCharacters(in: .whitespaces) else { return nil }
        if let seconds = Double(text) {
            return seconds.isFinite && seconds >= 0 ? min(seconds, Self.longest) : nil
        }
        return Self.date(text).map { min(max(0, $0 - now), Self.longest) }
    }

    /// A list that may stand in several lines (RFC 9110, section 5.3).
    private func list(_ name: String) -> String? {
        let values = field(name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    private func number(_ name: String) -> Double? {
        // Some send a list, the tightest first.
        guard let text = field(name).first?.prefix(while: { $0 != "," && $0 != ";" }) else { return nil }
        guard let number = Double(text.trimmingCharacters(in: .whitespaces)), number.isFinite else { return nil }
        return number
    }

    /// A reset is seconds from now, or a time: nothing resets in thirty years.
    private func seconds(until reset: Double) -> Double {
        let seconds = reset > 1e12 ? reset / 1000 - now : reset > 1e9 ? reset - now : reset
        return min(max(0, seconds), Self.longest)
    }

    private struct NamedPolicy {
        var name: String
        var policy: Allowance.Policy
    }

    /// `"minute";q=20;w=60, "day";q=10000;w=86400`, or `20;w=60`.
    private static func policies(_ text: String) -> [NamedPolicy] {
        items(of: text).compactMap { item in
            // Some count bytes or other things than calls.
            if let unit = item.texts["qu"], unit != "requests" { return nil }
            guard let quota = item.values["q"] ?? Double(item.name), let window = item.values["w"],
                quota >= 1, quota < 1e9, window > 0, window <= longest
            else { return nil }
            return NamedPolicy(name: item.name, policy: Allowance.Policy(quota: Int(quota), window: window))
        }
    }

    /// `"minute";r=5;t=30, "day";r=900;t=3600`, or `limit=20, remaining=5, reset=30`.
    private static func items(_ text: String, _ named: [NamedPolicy]) -> [Allowance] {
        let items = items(of: text)
        if let remaining = items.lazy.compactMap({ $0.values["remaining"] }).first,
            let reset = items.lazy.compactMap({ $0.values["reset"] }).first, let left = left(remaining, reset)
        {
            return [left]
        }
        return items.compactMap { item in
            // Without a time of its own, what is left is left for the window of the policy of that name.
            let window = named.first { $0.name == item.name }?.policy.window
            guard let remaining = item.values["r"], let reset = item.values["t"] ?? window else { return nil }
            return left(remaining, reset)
        }
    }

    private static func left(_ remaining: Double, _ reset: Double) -> Allowance? {
        guard remaining.isFinite, reset.isFinite else { return nil }
        return Allowance(remaining: Int(min(max(0, remaining), 1e9)), resetsIn: min(max(0, reset), longest))
    }

    /// One member of a list, with its parameters.
    private struct Item {
        /// Empty where the member itself is a parameter.
        var name = ""
        var texts: [String: String] = [:]
        var values: [String: Double] { texts.compactMapValues(Double.init) }
    }

    private static func items(of list: String) -> [Item] {
        pieces(list, ",").map { member in
            pieces(member, ";").reduce(into: Item()) { item, part in
                let sides = pieces(part, "=").map { $0.trimmingCharacters(in: .whitespaces) }
                let unquoted = sides.last?.trimmingCharacters(in: ["\""]) ?? ""
                if sides.count == 2 { item.texts[sides[0].lowercased()] = unquoted } else { item.name = unquoted }
            }
        }
    }

    /// Splits at a sign that does not stand in quotes.
    private static func pieces(_ text: some StringProtocol, _ sign: Character) -> [Substring] {
        var isQuoted = false
        return Substring(text).split { character in
            if character == "\"" { isQuoted.toggle() }
            return character == sign && !isQuoted
        }
    }

    /// The three forms of an HTTP date, the last two of them obsolete and to be read all the same (RFC 9110, section 5.6.7).
    private static let dateForms = [
        "EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'", "EEE MMM d HH:mm:ss yyyy",
    ]

    private static func date(_ text: String) -> Double? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        // Years of two digits are those of this century: nothing is put off until another.
        formatter.twoDigitStartDate = Date(timeIntervalSince1970: 946_684_800)
        for form in dateForms {
            formatter.dateFormat = form
            if let date = formatter.date(from: text) { return date.timeIntervalSince1970 }
        }
        return nil
    }
}
