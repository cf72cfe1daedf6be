import Foundation

/// A way in which companies make addresses out of names.
enum EmailPattern: String, Sendable, CaseIterable {
    case firstDotLast = "first.last"
    case firstInitialLast = "flast"
    case first = "first"
    case firstLast = "firstlast"
    case firstLastInitial = "firstl"
    case firstUnderscoreLast = "first_last"
    case firstInitialDotLast = "f.last"
    case last = "last"
    case lastDotFirst = "last.first"
    case lastFirstInitial = "lastf"
    case firstHyphenLast = "first-last"
    case lastFirst = "lastfirst"

    /// The part before the @; nil where a name has no letters that an address can have.
    func local(first: String, last: String) -> String? {
        let first = Self.letters(first), last = Self.letters(last)
        guard let f = first.first, let l = last.first else { return nil }
        return switch self {
        case .firstDotLast: "\(first).\(last)"
        case .firstInitialLast: "\(f)\(last)"
        case .first: first
        case .firstLast: first + last
        case .firstLastInitial: "\(first)\(l)"
        case .firstUnderscoreLast: "\(first)_\(last)"
        case .firstInitialDotLast: "\(f).\(last)"
        case .last: last
        case .lastDotFirst: "\(last).\(first)"
        case .lastFirstInitial: "\(last)\(f)"
        case .firstHyphenLast: "\(first)-\(last)"
        case .lastFirst: last + first
        }
    }

    /// How a known address is made, and at which domain; nil where it is made in no way that is known.
    ///
    /// - Parameter email: canonical.
    static func made(_ email: String?, first: String, last: String) -> (pattern: EmailPattern, domain: String)? {
        guard let email, let at = email.lastIndex(of: "@") else { return nil }
        let local = email[..<at]
        return allCases.first { $0.local(first: first, last: last).map { $0 == local } ?? false }
            .map { ($0, String(email[email.index(after: at)...])) }
    }

    /// A name in the letters of addresses: `Müller-Łoś` is `mullerlos`.
    private static func letters(_ name: String) -> String {
        let plain = name.lowercased().replacing("ß", with: "ss").replacing("ł", with: "l").replacing("ø", with: "o")
            .replacing("æ", with: "ae").replacing("đ", with: "d").replacing("ı", with: "i")
        let folded = plain.folding(options: [.diacriticInsensitive], locale: nil)
        return String(folded.filter { $0.isASCII && ($0.isLetter || $0.isNumber) })
    }
}
