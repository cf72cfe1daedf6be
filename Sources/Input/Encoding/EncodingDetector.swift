/// Finds out how a file's text is encoded, from its beginning.
///
/// Pure. Marks and declarations settle it, and so does text that is valid UTF-8; anything else is a guess that is said
/// to be one. Single-byte encodings cannot be told apart by validity, so the letters around a high byte decide.
struct EncodingDetector {
    /// What settled it.
    enum Evidence: Sendable, Equatable {
        case byteOrderMark, declaration, validity, guess
    }

    let encoding: TextEncoding
    let evidence: Evidence
    /// Bytes of the byte order mark.
    let markLength: Int

    /// - Parameter sample: the first bytes of the file; the last character may be cut.
    init(_ sample: [UInt8]) {
        if let (mark, name) = Self.marks.first(where: { sample.starts(with: $0.mark) }) {
            self.init(name, .byteOrderMark, markLength: mark.count)
        } else if Self.isJSON(sample) {
            self.init("utf-8", .validity)
        } else if let wide = Self.wideWithoutMark(sample) {
            self.init(wide, .validity)
        } else if let declared = Self.declared(sample), let encoding = TextEncoding(declared) {
            // A declaration can be read, so a wide encoding cannot be what it says; and valid UTF-8 is no accident.
            let isUTF8 = encoding.unit > 1 || Self.isUTF8(sample) && sample.contains { $0 >= 0x80 }
            self.init(isUTF8 ? "utf-8" : encoding.name, .declaration)
        } else if Self.hasShiftSequences(sample) {
            self.init("iso-2022-jp", .validity)
        } else if Self.isUTF8(sample) || Self.isNearlyUTF8(sample) {
            self.init("utf-8", .validity)
        } else {
            self.init(Self.guess(sample), .guess)
        }
    }

    private init(_ name: String, _ evidence: Evidence, markLength: Int = 0) {
        encoding = TextEncoding(name) ?? .utf8
        self.evidence = evidence
        self.markLength = markLength
    }

    private static let marks: [(mark: [UInt8], name: String)] = [
        ([0xEF, 0xBB, 0xBF], "utf-8"), ([0xFF, 0xFE, 0, 0], "utf-32le"), ([0, 0, 0xFE, 0xFF], "utf-32be"),
        ([0xFF, 0xFE], "utf-16le"), ([0xFE, 0xFF], "utf-16be"),
    ]

    /// Most characters of an export are ASCII, so in UTF-16 nearly every other byte is zero.
    private static func wideWithoutMark(_ sample: [UInt8]) -> String? {
        let pairs = min(sample.count, 4096) / 2
        guard pairs >= 2 else { return nil }
        var zeros = (even: 0, odd: 0)
        for pair in 0..<pairs {
            if sample[pair * 2] == 0 { zeros.even += 1 }
            if sample[pair * 2 + 1] == 0 { zeros.odd += 1 }
        }
        if zeros.odd * 10 >= pairs * 6, zeros.even * 10 <= pairs { return "utf-16le" }
        if zeros.even * 10 >= pairs * 6, zeros.odd * 10 <= pairs { return "utf-16be" }
        return nil
    }

    /// `<?xml … encoding="…"?>` or `<meta … charset=…>`.
    private static func declared(_ sample: [UInt8]) -> String? {
        guard sample.first(where: { $0 > 0x20 }) == UInt8(ascii: "<") else { return nil }
        let head = String(decoding: sample.prefix(2048).map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self).lowercased()
        for key in ["encoding=", "charset="] {
            guard let found = head.firstRange(of: key) else { continue }
            let value = head[found.upperBound...].drop { "\"' ".contains($0) }
            let name = value.prefix { $0.isLetter || $0.isNumber || "-_.:".contains($0) }
            if !name.isEmpty { return String(name) }
        }
        return nil
    }

    /// ISO-2022-JP is ASCII with escapes before and after Japanese text.
    private static func hasShiftSequences(_ sample: [UInt8]) -> Bool {
        guard !sample.contains(where: { $0 >= 0x80 }) else { return false }
        return sample.indices.dropLast(2).contains {
            sample[$0] == 0x1B && sample[$0 + 1] == UInt8(ascii: "$") && "@B".utf8.contains(sample[$0 + 2])
        }
    }

    /// A sample may end within a character, so its last three bytes do not count.
    private static func isUTF8(_ sample: [UInt8]) -> Bool {
        var end = sample.count
        while end > 0, sample.count - end < 3, sample[end - 1] >= 0x80 { end -= 1 }
        return sample[..<end].withUnsafeBytes { UTF8Check.isValid($0) }
    }

    /// JSON is UTF-8 (RFC 8259, section 8.1), so whatever else is in it is broken.
    ///
    /// Only its own blanks are passed over: a zero between them is half of a wide character.
    private static func isJSON(_ sample: [UInt8]) -> Bool {
        let start = sample.lazy.filter { !" \t\r\n".utf8.contains($0) }.prefix(2)
        return start.elementsEqual("{\"".utf8) || start.elementsEqual("[{".utf8)
    }

    /// Whether nearly all that is above ASCII is UTF-8: by accident a text in another encoding hardly has any of it.
    private static func isNearlyUTF8(_ sample: [UInt8]) -> Bool {
        var valid = 0, broken = 0
        var index = 0
        while index < sample.count {
            guard sample[index] >= 0x80 else {
                index += 1
                continue
            }
            let length = sample[index] >= 0xF0 ? 4 : sample[index] >= 0xE0 ? 3 : sample[index] >= 0xC2 ? 2 : 0
            let end = min(index + length, sample.count)
            if length > 0, sample[index..<end].withUnsafeBytes({ UTF8Check.isValid($0) }) {
                valid += 1
                index = end
            } else {
                broken += 1
                index += 1
            }
        }
        return valid >= 4 && valid >= broken * 10
    }

    /// Whether more than one byte in fifty is a control character that texts do not have.
    static func isBinary(_ sample: [UInt8]) -> Bool {
        // Line ends, tabs, escapes, page breaks, and what databases write between cells.
        let usual: Set<UInt8> = [0x01, 0x09, 0x0A, 0x0C, 0x0D, 0x1B, 0x1F]
        return sample.count { $0 < 0x20 && !usual.contains($0) } * 50 > sample.count
    }

    // MARK: Guessing

    private static func guess(_ sample: [UInt8]) -> String {
        let bytes = HighBytes(sample)
        if bytes.isMostlyRuns { return bytes.eastern }
        return bytes.isMac ? "macroman" : "windows-1252"
    }

    /// How the bytes above ASCII stand in a text.
    private struct HighBytes {
        private var alone = 0
        private var inRuns = 0
        /// Bytes beside ASCII letters, which are letters themselves, where Windows has letters and where the Mac has.
        private var windowsLetters = 0
        private var macLetters = 0
        private var cyrillic = 0
        /// Bytes where KOI8-R has its small letters and windows-1251 its capitals.
        private var lowCyrillic = 0
        private var kana = 0
        private var eucKana = 0
        private var lowLeads = 0
        private var shiftLeads = 0
        private var hangul = 0
        private var hanzi = 0

        init(_ sample: [UInt8]) {
            var index = 0
            while index < sample.count {
                guard sample[index] >= 0x80 else {
                    index += 1
                    continue
                }
                let end = sample[index...].firstIndex { $0 < 0x80 } ?? sample.count
                let before: UInt8 = index > 0 ? sample[index - 1] : 0
                let after: UInt8 = end < sample.count ? sample[end] : 0
                count(sample[index..<end], before: before, after: after)
                index = end
            }
        }

        private mutating func count(_ run: ArraySlice<UInt8>, before: UInt8, after: UInt8) {
            if run.count == 1, let byte = run.first {
                alone += 1
                // Shift-JIS' second bytes are often ASCII: a lead byte of its own before one.
                if (0x81...0x9F).contains(byte), (0x40...0x7E).contains(after), !isLetter(before) { shiftLeads += 1 }
                guard isLetter(before) || isLetter(after) else { return }
                if byte >= 0xC0 { windowsLetters += 1 }
                if (0x80...0x9F).contains(byte) { macLetters += 1 }
                return
            }
            // Two of them within a word are two letters: Größe, Müßig.
            if run.count == 2, isLetter(before), isLetter(after), run.allSatisfy({ $0 >= 0xC0 }) {
                alone += 2
                windowsLetters += 2
                return
            }
            inRuns += run.count
            lowCyrillic += run.count { (0xC0...0xDF).contains($0) }
            cyrillic += run.count { $0 >= 0xE0 }
            var index = run.startIndex
            while index + 1 < run.endIndex {
                let (lead, trail) = (run[index], run[index + 1])
                if lead == 0x82 || lead == 0x83 { kana += 2 }
                if (0x81...0x9F).contains(lead) { lowLeads += 2 }
                if (lead == 0xA4 || lead == 0xA5) && trail >= 0xA1 { eucKana += 2 }
                if (0xB0...0xC8).contains(lead), trail >= 0xA1 { hangul += 2 }
                if (0xB0...0xF7).contains(lead), trail >= 0xA1 { hanzi += 2 }
                index += 2
            }
        }

        private func isLetter(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }

        /// Words of high bytes alone: an alphabet that is not Latin.
        var isMostlyRuns: Bool { inRuns + shiftLeads * 2 > (alone - shiftLeads) * 2 }

        /// Capitals and the letters around them lie low in the Mac's half, high in Windows'.
        var isMac: Bool { macLetters > windowsLetters }

        var eastern: String {
            if kana + shiftLeads * 2 > inRuns / 4 || lowLeads > hanzi { return "shift_jis" }
            if eucKana * 5 > inRuns { return "euc-jp" }
            // Small Cyrillic letters are the last thirty-two bytes; two-byte text spreads over all.
            if cyrillic * 10 > inRuns * 7 { return "windows-1251" }
            if (cyrillic + lowCyrillic) * 20 > inRuns * 19, lowCyrillic * 10 > inRuns * 6 { return "koi8-r" }
            if hangul * 10 > inRuns * 9 { return "euc-kr" }
            return "gbk"
        }
    }
}
