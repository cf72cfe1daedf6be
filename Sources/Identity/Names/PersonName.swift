/// Names of persons as exports carry them: tidied, never rewritten.
enum PersonName {
    /// Appends a name with blanks trimmed and runs of blanks made one.
    static func append(_ cell: ArraySlice<UInt8>, to out: inout [UInt8]) {
        let text = cell.isASCII ? cell.trimmed : cell.composed[...].trimmed
        var wasBlank = false
        for byte in text {
            let isBlank = byte <= 0x20
            if isBlank {
                if !wasBlank { out.append(UInt8(ascii: " ")) }
            } else {
                out.append(byte)
            }
            wasBlank = isBlank
        }
    }

    /// Splits a full name: "Last, First" at the comma, else the given name is the first word.
    ///
    /// Particles belong to the family name: "Ludwig van der Rohe" is Ludwig / van der Rohe. One word alone is a given name.
    static func split(_ full: ArraySlice<UInt8>) -> (first: ArraySlice<UInt8>, last: ArraySlice<UInt8>) {
        let text = full.trimmed
        if let comma = text.firstIndex(of: UInt8(ascii: ",")) {
            return (text[(comma + 1)...].trimmed, text[..<comma].trimmed)
        }
        let words = text.split(separator: UInt8(ascii: " "))
        guard words.count > 1, let last = words.last else { return (text, []) }
        let family =
            words.dropFirst().firstIndex { particles.contains(Array($0.map(\.asciiLowercased))) } ?? words.endIndex - 1
        return (text[..<(words[family - 1].endIndex)], text[words[family].startIndex..<last.endIndex])
    }

    private static let particles = Set(
        [
            "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "bin", "ibn", "al",
            "el", "ter",
            "ten", "zu", "zur", "st.", "mac",
        ].map { Array($0.utf8) })

    /// For comparing: composed, lower case.
    static func appendFolded(_ name: ArraySlice<UInt8>, to out: inout [UInt8]) {
        if name.isASCII {
            for byte in name { out.append(byte.asciiLowercased) }
        } else {
            out.append(contentsOf: String(decoding: name, as: UTF8.self).lowercased().utf8)
        }
    }
}
