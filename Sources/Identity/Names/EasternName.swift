/// Names in Chinese, Japanese and Korean writing, whose family name comes first.
struct EasternName: Equatable {
    let given: String
    let family: String

    /// Nil where it is not written so.
    init?(_ text: String) {
        let letters = text.unicodeScalars.filter { $0.properties.isAlphabetic }
        guard !letters.isEmpty, letters.allSatisfy({ Self.isEastern($0.value) }) else { return nil }
        // Foreign names in katakana keep their own order, with a dot between.
        let foreign = text.split(separator: "・")
        if foreign.count > 1 {
            given = foreign.dropLast().joined(separator: "・").trimmingBlanks
            family = String(foreign[foreign.count - 1]).trimmingBlanks
            return
        }
        let words = text.split(whereSeparator: { $0.isWhitespace })
        if words.count == 2 {
            (family, given) = (String(words[0]), String(words[1]))
        } else if words.count == 1, letters.allSatisfy({ Self.isHangul($0.value) }), (2...5).contains(words[0].count) {
            let length = Self.longFamilies.contains(String(words[0].prefix(2))) && words[0].count > 2 ? 2 : 1
            (family, given) = (String(words[0].prefix(length)), String(words[0].dropFirst(length)))
        } else {
            // Where a name ends and the other begins is not told by its characters.
            (family, given) = ("", words.joined(separator: " "))
        }
    }

    private static func isEastern(_ value: UInt32) -> Bool {
        isHangul(value) || (0x3400...0x4DBF).contains(value) || (0x4E00...0x9FFF).contains(value)
            || (0x20000...0x3134F).contains(value) || (0x3040...0x30FF).contains(value) || value == 0x3005
            || (0xF900...0xFAFF).contains(value)
    }

    private static func isHangul(_ value: UInt32) -> Bool { (0xAC00...0xD7A3).contains(value) }

    /// Korean family names of two syllables.
    private static let longFamilies: Set<String> = ["남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방"]
}

extension String {
    fileprivate var trimmingBlanks: String {
        split(whereSeparator: { $0.isWhitespace }).joined(separator: " ")
    }
}
