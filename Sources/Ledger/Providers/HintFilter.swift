import Foundation
import Records

/// Says at once of most hints that a table does not have them, without a look at the table: a Bloom filter.
///
/// A hint that is there always passes; of the others a few in a hundred do, and more in a table of many millions.
struct HintFilter: Sendable {
    private var words: [UInt64]

    /// Room for each hint, at which two or three of a hundred strangers pass.
    private static let bitsPerHint = 12
    /// 16 MiB, which is room for 11 million hints.
    private static let mostWords = 1 << 21

    init(hints: Int) {
        let words = min(Self.mostWords, hints * Self.bitsPerHint / UInt64.bitWidth + 1)
        self.words = [UInt64](repeating: 0, count: words)
    }

    /// As ``data`` wrote it; nil for what is none.
    init?(_ data: Data) {
        let size = MemoryLayout<UInt64>.size
        guard !data.isEmpty, data.count % size == 0 else { return nil }
        words = data.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: size).map {
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self))
            }
        }
    }

    var data: Data {
        words.map(\.littleEndian).withUnsafeBytes { Data($0) }
    }

    /// What the filter knows a hint by.
    static func mark(_ hint: String) -> UInt64 {
        // Stirred, since places are taken from both of its ends.
        let hash = hint.stableHash
        return (hash ^ (hash >> 32)) &* 0x9E37_79B9_7F4A_7C15
    }

    mutating func insert(_ mark: UInt64) {
        let (word, bits) = place(mark)
        words[word] |= bits
    }

    func mayHold(_ mark: UInt64) -> Bool {
        let (word, bits) = place(mark)
        return words[word] & bits == bits
    }

    /// Four bits of one word, so that a look touches memory once.
    private func place(_ mark: UInt64) -> (word: Int, bits: UInt64) {
        let word = Int(((mark >> 32) * UInt64(words.count)) >> 32)
        var bits: UInt64 = 0
        for turn in 0..<4 as Range<UInt64> { bits |= 1 << (mark >> (turn * 6) & 63) }
        return (word, bits)
    }
}
