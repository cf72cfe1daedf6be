import Foundation

/// The name of a person out of one column or two, as given and family name.
///
/// Tidied, never rewritten: titles and degrees go, blanks are made one, and capitals are set only where the whole name is
/// in one case. What cannot be told for sure stays as it is: a name that is not split finds nobody, a name that is split
/// wrongly finds somebody else.
struct PersonName: Equatable {
    var given: String
    var family: String

    /// Longest name that is looked into, in bytes; what is longer is text.
    private static let limit = 500

    private init(_ words: (given: [String], family: [String])) {
        let words = Self.bare(words.given, words.family)
        let (first, last) = NameCase.tidied(words.given, words.family)
        given = first.joined(separator: " ")
        family = last.joined(separator: " ")
    }

    /// Takes off titles, degrees and repetitions until nothing is left to take off, so that a canonical name is its own.
    private static func bare(_ given: [String], _ family: [String]) -> (given: [String], family: [String]) {
        let last = NameWords(family).withoutTitles().withoutDegrees().words
        var first = NameWords(given).withoutTitles().withoutDegrees().words
        // Some CRMs repeat the family name in the first column.
        if first.count > last.count, !last.isEmpty, first.suffix(last.count).elementsEqual(last) {
            first.removeLast(last.count)
        }
        return first == given && last == family ? (first, last) : bare(first, last)
    }

    /// The name in columns of their own.
    init(given: String, family: String) {
        let last = NameWords(family).words
        if last.isEmpty, given.contains(",") {
            self.init(full: given)
        } else {
            self.init((NameWords(given).words, last))
        }
    }

    /// The name in one column.
    ///
    /// - "Last, First" is parted at the comma, unless what follows is a suffix or a degree.
    /// - Particles belong to the family name: "Ludwig van der Rohe" is Ludwig / van der Rohe.
    /// - Chinese, Japanese and Korean names begin with the family.
    /// - One word alone is a given name; behind a title it is a family name.
    init(full: String) {
        if let eastern = EasternName(full) {
            self.init((NameWords(eastern.given).words, NameWords(eastern.family).words))
            return
        }
        var parts = full.split(separator: ",").map { NameWords(String($0)) }.filter { !$0.words.isEmpty }
        while parts.count > 1, let tail = parts.last, tail.isDegrees { parts.removeLast() }
        var suffix: [String] = []
        if parts.count > 1, let tail = parts.last, tail.isGenerational {
            suffix = tail.words
            parts.removeLast()
        }
        let front = parts.first ?? NameWords([])
        let name = front.withoutTitles().withoutDegrees()
        var (first, last) = name.parted(isFamilyAlone: front.startsWithTitle)
        if parts.count > 1 { (first, last) = (parts[1].words, name.words) }
        self.init((first, last.isEmpty ? last : last + suffix))
    }

    /// The name in the cells of a row.
    init(given: ArraySlice<UInt8>, family: ArraySlice<UInt8>, full: ArraySlice<UInt8>) {
        func text(_ cell: ArraySlice<UInt8>) -> String {
            String(decoding: cell.prefix(Self.limit).composed, as: UTF8.self)
        }
        if given.isEmpty, family.isEmpty {
            self.init(full: text(full))
        } else {
            self.init(given: text(given), family: text(family))
        }
    }

    /// For comparing: lower case, with one kind of apostrophe and hyphen.
    static func appendFolded(_ name: ArraySlice<UInt8>, to out: inout [UInt8]) {
        let start = out.count
        out.appendLowercased(name)
        if name.isASCII || out.foldLatin(from: start) { return }
        out.removeLast(out.count - start)
        for scalar in String(decoding: name, as: UTF8.self).lowercased().unicodeScalars {
            switch scalar {
            case "’", "‘", "ʼ", "`", "´": out.append(UInt8(ascii: "'"))
            case "‐", "‑", "‒", "–", "−": out.append(UInt8(ascii: "-"))
            default: out.append(contentsOf: String(scalar).utf8)
            }
        }
    }
}

extension [UInt8] {
    /// Makes the capitals of Latin-1 small ones (U+00C0–U+00DE).
    ///
    /// - Returns: false where there are letters from elsewhere.
    fileprivate mutating func foldLatin(from start: Int) -> Bool {
        withUnsafeMutableBufferPointer { bytes in
            var isInside = false
            for index in start..<bytes.count {
                let byte = bytes[index]
                if isInside {
                    if byte < 0x9F, byte != 0x97 { bytes[index] = byte + 0x20 }
                    isInside = false
                } else if byte >= 0x80 {
                    guard byte == 0xC3 else { return false }
                    isInside = true
                }
            }
            return true
        }
    }
}
