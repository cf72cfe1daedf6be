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
        Letters(first: first, last: last).map(local)
    }

    private func local(_ name: Letters) -> String {
        let (first, last, f, l) = (name.first, name.last, name.first.prefix(1), name.last.prefix(1))
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
        guard let email, let at = email.lastIndex(of: "@"), let name = Letters(first: first, last: last) else {
            return nil
        }
        let local = email[..<at]
        // Every way begins with a letter of the name.
        guard local.hasPrefix(name.first.prefix(1)) || local.hasPrefix(name.last.prefix(1)) else { return nil }
        return allCases.first { $0.local(name) == local }.map { ($0, String(email[email.index(after: at)...])) }
    }

    /// A name in the letters of addresses: `Müller-Łoś` is `mullerlos`.
    private struct Letters {
        let first: String
        let last: String

        init?(first: String, last: String) {
            (self.first, self.last) = (Self.letters(first), Self.letters(last))
            if self.first.isEmpty || self.last.isEmpty { return nil }
        }

        private static let special: [Character: String] = [
            "ß": "ss", "ł": "l", "ø": "o", "æ": "ae", "đ": "d", "ı": "i",
        ]

        private static func letters(_ name: String) -> String {
            let isPlain = name.utf8.allSatisfy { $0 < 0x80 }
            let folded =
                isPlain
                ? name
                : name.lowercased().map { special[$0] ?? String($0) }.joined()
                    .folding(options: [.diacriticInsensitive], locale: nil)
            return String(decoding: folded.utf8.compactMap(letter), as: UTF8.self)
        }

        /// Small letters and digits.
        private static func letter(_ byte: UInt8) -> UInt8? {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 32
            default: nil
            }
        }
    }
}
