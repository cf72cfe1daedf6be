/// A name in two cells with nothing to be tidied, as nearly all are: told by its bytes, without taking words apart.
struct PlainName {
    private var hasUpper = false
    private var hasLower = false
    private var isPlain = true

    /// Whether ``PersonName`` would leave both cells as they are.
    static func holds(given: ArraySlice<UInt8>, family: ArraySlice<UInt8>) -> Bool {
        guard !given.isEmpty, !family.isEmpty else { return false }
        var name = PlainName()
        name.look(at: given, mayHaveWords: false)
        name.look(at: family, mayHaveWords: true)
        return name.isPlain && name.hasUpper && name.hasLower
    }

    /// Letters of Western Europe, hyphens, apostrophes, and single blanks between words that are no titles or degrees.
    private mutating func look(at cell: ArraySlice<UInt8>, mayHaveWords: Bool) {
        var word: UInt64 = 0
        var length = 0
        var letters = 0
        var isInside = false
        for byte in cell {
            if isInside {
                // U+00C0–U+00DE are capitals but for the sign in their middle.
                isInside = false
                guard byte != 0x97, byte != 0xB7 else { return isPlain = false }
                if byte < 0x9F { hasUpper = true } else { hasLower = true }
                letters += 1
            } else if byte == 0xC3 {
                isInside = true
            } else if byte == 0x20 {
                guard mayHaveWords, letters > 0, !TitleFilter.mayHold(word, length) else { return isPlain = false }
                (word, length, letters) = (0, 0, 0)
                continue
            } else if byte &- 0x41 < 26 {
                hasUpper = true
                letters += 1
            } else if byte &- 0x61 < 26 {
                hasLower = true
                letters += 1
            } else if byte != 0x2D, byte != 0x27 {
                return isPlain = false
            }
            if length < 8 { word |= UInt64(byte.asciiLowercased) << UInt64(length * 8) }
            length += 1
        }
        if letters == 0 || TitleFilter.mayHold(word, length) { isPlain = false }
    }
}

/// Says quickly that a word is no title and no degree; where it says that it may be one, somebody has to look.
private enum TitleFilter {
    static func mayHold(_ word: UInt64, _ length: Int) -> Bool { length == 1 || table[slot(word)] }

    private static func slot(_ word: UInt64) -> Int { Int((word &* 0x9E37_79B9_7F4A_7C15) >> 52) }

    /// The first eight bytes of each of them, in 4096 slots.
    private static let table: [Bool] = {
        var table = [Bool](repeating: false, count: 4096)
        for word in NameWords.withoutMeaning {
            let packed = word.utf8.prefix(8).enumerated().reduce(UInt64(0)) {
                $0 | UInt64($1.element) << UInt64($1.offset * 8)
            }
            table[slot(packed)] = true
        }
        return table
    }()
}
