/// Words that are looked for in nearly every row and seldom found.
///
/// Their first bytes and lengths say of most texts that they are none of them, before anything is hashed.
struct WordList: Sendable {
    private let words: Set<ArraySlice<UInt8>>
    /// For each first byte the lengths of the words that begin with it, as bits; the last bit is for 63 and more.
    private let lengths: [UInt64]

    /// - Parameter text: the words with blanks between them.
    init(_ text: String) {
        words = Set(text.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { ArraySlice($0.utf8) })
        lengths = words.reduce(into: [UInt64](repeating: 0, count: 256)) { lengths, word in
            if let first = word.first { lengths[Int(first)] |= Self.bit(word.count) }
        }
    }

    func contains(_ word: ArraySlice<UInt8>) -> Bool {
        guard let first = word.first, lengths[Int(first)] & Self.bit(word.count) != 0 else { return false }
        return words.contains(word)
    }

    private static func bit(_ length: Int) -> UInt64 { 1 << UInt64(min(length, 63)) }
}
