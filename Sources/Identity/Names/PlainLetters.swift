import Foundation

/// A name in the letters of a keyboard without accents: José is Jose, Smith-Jones is Smith Jones, O'Brien is OBrien.
enum PlainLetters {
    /// Whether a name has no others, as nearly all have none.
    static func areIn(_ name: String) -> Bool { name.utf8.allSatisfy { $0.isASCIILetter || $0 == 0x20 } }

    static func of(_ name: String) -> String {
        if areIn(name) { return name }
        var plain = ""
        for scalar in name.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars {
            switch scalar {
            case "\u{300}"..."\u{36F}", "'", "’", "‘", "ʼ", "`", "´", ".": break
            case "-", "‐", "‑", "‒", "–", "−": plain += " "
            default: plain += others[scalar] ?? String(scalar)
            }
        }
        return plain.split(separator: " ").joined(separator: " ")
    }

    /// Letters that are no letter with an accent.
    private static let others: [Unicode.Scalar: String] = [
        "ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
    ]
}
