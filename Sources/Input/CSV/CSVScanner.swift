import Foundation
import Records

/// Splits a record whose quotes are plain, at the speed at which bytes can be looked at.
///
/// Plain is a cell without quotes at its start, and a quoted cell with no quote inside. Anything else is left to
/// ``CSVRepair`` and libcsv; a test compares both on any table.
struct CSVScanner {
    enum Outcome {
        /// A record, with the index behind its line end.
        case record(end: Int)
        /// Quotes that need a closer look, in the cell that starts at an index; the cells before it are good.
        case irregular(at: Int)
        /// The record does not end within these bytes.
        case incomplete
    }

    private let delimiter: UInt8
    private let quote: UInt8
    private let hasQuote: Bool
    private let hasBackslash: Bool
    private let delimiters: UInt64

    private static let lf = UInt8(ascii: "\n")
    private static let cr = UInt8(ascii: "\r")

    init(_ dialect: CSVDialect) {
        delimiter = dialect.delimiter
        quote = dialect.quote ?? 0
        hasQuote = dialect.quote != nil
        hasBackslash = dialect.escape == .backslash
        delimiters = UInt64(dialect.delimiter) &* 0x0101_0101_0101_0101
    }

    /// Splits the record at the start of `bytes`.
    ///
    /// - Parameters:
    ///   - isFinal: nothing comes behind `bytes`.
    ///   - shift: added to the places of the cells.
    ///   - batch: takes the cells, also where the outcome is no record.
    @inline(__always)
    func split(_ bytes: UnsafeRawPointer, count: Int, isFinal: Bool, shift: Int, into batch: inout RecordBatch)
        -> Outcome
    {
        let bytes = bytes.assumingMemoryBound(to: UInt8.self)
        var index = 0
        while true {
            let end: Int
            if hasQuote, index < count, bytes[index] == quote {
                guard let found = memchr(bytes + index + 1, Int32(quote), count - index - 1) else {
                    return isFinal ? .irregular(at: index) : .incomplete
                }
                let close = UnsafeRawPointer(bytes).distance(to: UnsafeRawPointer(found))
                if hasBackslash, memchr(bytes + index, 0x5C, close - index) != nil { return .irregular(at: index) }
                end = close + 1
                guard end < count || isFinal else { return .incomplete }
                if end < count, bytes[end] != delimiter, bytes[end] != Self.lf, bytes[end] != Self.cr {
                    return .irregular(at: index)
                }
                batch.append(RecordBatch.Cell(start: shift &+ index &+ 1, end: shift &+ close))
            } else {
                end = plainEnd(bytes, from: index, to: count)
                guard end < count || isFinal else { return .incomplete }
                batch.append(RecordBatch.Cell(start: shift &+ index, end: shift &+ end))
            }
            if end >= count { return .record(end: count) }
            let byte = bytes[end]
            if byte == delimiter {
                index = end &+ 1
            } else if byte == Self.lf {
                return .record(end: end + 1)
            } else if end + 1 < count {
                return .record(end: bytes[end + 1] == Self.lf ? end + 2 : end + 1)
            } else {
                return isFinal ? .record(end: end + 1) : .incomplete
            }
        }
    }

    /// Where a delimiter or a line end stands, eight bytes at a time.
    @inline(__always)
    private func plainEnd(_ bytes: UnsafePointer<UInt8>, from start: Int, to count: Int) -> Int {
        var index = start
        while index &+ 8 <= count {
            let word = UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let hits =
                Self.zeros(word ^ delimiters) | Self.zeros(word ^ 0x0A0A_0A0A_0A0A_0A0A)
                | Self.zeros(word ^ 0x0D0D_0D0D_0D0D_0D0D)
            if hits != 0 { return index &+ hits.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < count {
            let byte = bytes[index]
            if byte == delimiter || byte == Self.lf || byte == Self.cr { break }
            index &+= 1
        }
        return index
    }

    /// The highest bit of the lowest zero byte is set; bits above it may be set wrongly, which does not matter here.
    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }
}
