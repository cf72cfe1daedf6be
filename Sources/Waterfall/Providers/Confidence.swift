/// How sure a provider says that it is.
enum Confidence {
    /// A share, 0–1; nil where the text is no number, as `80 %` and `0,8` are.
    ///
    /// - Parameter scale: what it calls certain; nil: 100 where a number is above 1.
    static func share(_ text: String, scale: Double?) -> Double? {
        let isPercentage = text.hasSuffix("%")
        let digits = text.filter { $0 != "%" && !$0.isWhitespace }.replacing(",", with: ".")
        guard let number = Double(digits), number.isFinite else { return nil }
        let certain = isPercentage ? 100 : scale ?? (number > 1 ? 100 : 1)
        return min(max(number / certain, 0), 1)
    }
}
