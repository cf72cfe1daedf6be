/// A name in two cells with little to be tidied, as nearly all are: told by its bytes, without taking words apart.
struct PlainName {
    /// What ``PersonName`` would do with both cells.
    enum Form {
        /// Leave them as they are.
        case tidy
        /// Set capitals, and nothing else: see ``NameCase``.
        case oneCase
        /// Whatever it finds.
        case other
    }

    private var hasUpper = false
    private var hasLower = false
    private var isPlain = true
    /// Whether each cell is one word that is no abbreviation and no numeral.
    private var isSimple = true

    static func form(given: ArraySlice<UInt8>, family: ArraySlice<UInt8>) -> Form {
        guard !given.isEmpty, !family.isEmpty else { return .other }
        var name = PlainName()
        name.look(at: given)
        name.look(at: family)
        // Some CRMs repeat the family name in the first column.
        guard name.isPlain, given.count <= family.count || given.suffix(family.count) != family else { return .other }
        if name.hasUpper, name.hasLower { return .tidy }
        return name.isSimple ? .oneCase : .other
    }

    /// Appends a cell of a name in ``Form/oneCase`` with a capital at its beginning and behind each hyphen.
    static func appendCapitalized(_ cell: ArraySlice<UInt8>, to out: inout [UInt8]) {
        var isStart = true
        var isInside = false
        for byte in cell {
            if isInside || byte.isASCIILetter {
                // What differs between capitals and small letters of Latin-1 is the same bit as in ASCII.
                out.append(isStart ? byte & ~0x20 : byte | 0x20)
            } else {
                out.append(byte)
            }
            isInside = byte == 0xC3
            if !isInside { isStart = byte == UInt8(ascii: "-") }
        }
    }

    /// Whether a short word has a vowel, and another one than those of numerals.
    private static func canBeSaid(_ word: ArraySlice<UInt8>) -> Bool {
        word.contains { "aeouy".utf8.contains($0.asciiLowercased) }
    }

    /// Letters of Western Europe, hyphens, apostrophes, and single blanks between words that are no titles or degrees.
    private mutating func look(at cell: ArraySlice<UInt8>) {
        var word: UInt64 = 0
        var length = 0
        var letters = 0
        var isInside = false
        // McNab has a capital within, and short words may be initials or numerals.
        if cell.count < 4 && !Self.canBeSaid(cell) || cell.hasPrefix(ignoringCase: "mc") { isSimple = false }
        for byte in cell {
            // ß and ÿ have no capital among these letters.
            if byte == 0x20 || byte == 0x27 || isInside && (byte == 0x9F || byte == 0xBF) { isSimple = false }
            if isInside {
                // U+00C0–U+00DE are capitals but for the sign in their middle.
                isInside = false
                guard byte != 0x97, byte != 0xB7 else { return isPlain = false }
                if byte < 0x9F { hasUpper = true } else { hasLower = true }
                letters += 1
            } else if byte == 0xC3 {
                isInside = true
            } else if byte == 0x20 {
                guard letters > 0, !TitleFilter.mayHold(word, length) else { return isPlain = false }
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
