import Foundation

/// An amount of credits, exact to a thousandth, so that sums over rows are equal however they are added up.
package struct Credits: Sendable, Hashable, Comparable, Codable, AdditiveArithmetic, CustomStringConvertible {
    package var thousandths: Int

    package init(thousandths: Int) { self.thousandths = thousandths }

    /// Rounded to the nearest thousandth; nil where the number is negative, not finite or beyond reason.
    package init?(_ credits: Double) {
        guard credits.isFinite, credits >= 0, credits < 1e12 else { return nil }
        thousandths = Int((credits * 1000).rounded())
    }

    package static let zero = Credits(thousandths: 0)
    package static func < (left: Credits, right: Credits) -> Bool { left.thousandths < right.thousandths }
    package static func + (left: Credits, right: Credits) -> Credits {
        Credits(thousandths: left.thousandths + right.thousandths)
    }
    package static func - (left: Credits, right: Credits) -> Credits {
        Credits(thousandths: left.thousandths - right.thousandths)
    }

    /// Shortest decimal form: `3`, `2.5`, `0.125`.
    package var description: String {
        let sign = thousandths < 0 ? "-" : ""
        let (whole, rest) = thousandths.magnitude.quotientAndRemainder(dividingBy: 1000)
        guard rest > 0 else { return "\(sign)\(whole)" }
        var digits = String(rest)
        while digits.count < 3 { digits = "0" + digits }
        while digits.last == "0" { digits.removeLast() }
        return "\(sign)\(whole).\(digits)"
    }

    /// - Throws: where it is not a number of credits; a number written as text is accepted.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let number = try (try? container.decode(Double.self)) ?? Double(container.decode(String.self))
        guard let number, let credits = Credits(number) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a number of credits")
        }
        self = credits
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if thousandths % 1000 == 0 {
            try container.encode(thousandths / 1000)
        } else {
            try container.encode(Decimal(thousandths) / 1000)
        }
    }
}
