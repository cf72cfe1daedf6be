import Foundation
import Records

/// The physical lines of a file, each with its place, out of a buffer that holds one record and one block at most.
///
/// A record may go over several lines (a line break in a quoted cell). The bytes from ``recordStart`` on stay in the
/// buffer, so that a record that turns out broken can be shown, and reading can go on at its second line.
final class LineReader {
    private let file: FileReader
    private let terminator: UInt8
    private let lineLimit: Int
    private var buffer: UnsafeMutableRawBufferPointer
    private var filled = 0
    private var cursor = 0
    private var atEnd = false
    /// Where in the file the buffer starts.
    private var bufferStart: Int

    /// How much is read at once, in bytes.
    static let blockSize = 1 << 16

    /// - Parameters:
    ///   - terminator: LF, or CR where the file has no LF at all.
    ///   - lineLimit: longer lines come out cut, in bytes.
    init(_ file: FileReader, terminator: UInt8, from byte: Int, lineLimit: Int) throws {
        self.file = file
        self.terminator = terminator
        self.lineLimit = lineLimit
        bufferStart = byte
        try file.skip(to: byte)
        buffer = .allocate(byteCount: Self.blockSize * 4 + Self.padding, alignment: 64)
    }

    deinit { buffer.deallocate() }

    /// Readable bytes after any line, for parsers that read ahead.
    static let padding = 64

    /// One line with its terminator, where it has one.
    struct Line {
        /// Good until the next call.
        var bytes: UnsafeRawBufferPointer
        /// Offset of its first byte in the file.
        var start: Int
        var end: Int
        /// The line was longer than the limit; `bytes` is its beginning.
        var isCut: Bool
    }

    /// Offset in the file from which bytes are kept.
    private(set) var recordStart = 0

    /// Says that the next line begins a new record.
    func beginRecord() { recordStart = bufferStart + cursor }

    /// The bytes of the record so far.
    var recordBytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: buffer[(recordStart - bufferStart)..<cursor])
    }

    /// Goes back to an offset within the record.
    func rewind(to byte: Int) { cursor = byte - bufferStart }

    /// The next line, or nil at the end of the file.
    func next() throws -> Line? {
        var scanned = 0
        while true {
            if let end = terminatorEnd(from: cursor + scanned) { return take(upTo: end) }
            scanned = filled - cursor
            if scanned > lineLimit { return try takeCut() }
            guard try fill() else { return scanned > 0 ? take(upTo: filled) : nil }
        }
    }

    private func terminatorEnd(from start: Int) -> Int? {
        guard start < filled, let base = buffer.baseAddress else { return nil }
        guard let found = memchr(base + start, Int32(terminator), filled - start) else { return nil }
        return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found)) + 1
    }

    private func take(upTo end: Int) -> Line {
        let isCut = end - cursor > lineLimit
        let shown = isCut ? min(end, cursor + Reject.rawLimit) : end
        defer { cursor = end }
        return Line(
            bytes: UnsafeRawBufferPointer(rebasing: buffer[cursor..<shown]), start: bufferStart + cursor,
            end: bufferStart + end, isCut: isCut)
    }

    /// Keeps the beginning of a line that is too long and passes over the rest of it.
    private func takeCut() throws -> Line {
        let kept = cursor..<min(filled, cursor + Reject.rawLimit)
        let start = bufferStart + cursor
        // From here on the buffer has a hole; what lies behind the kept beginning maps to where reading stands.
        bufferStart += filled - kept.upperBound
        var passed = 0
        while true {
            bufferStart += passed
            filled = kept.upperBound
            guard try fill(keepingAll: true) else { break }
            passed = filled - kept.upperBound
            if let end = terminatorEnd(from: kept.upperBound) {
                cursor = end
                return finishCut(kept, start: start)
            }
        }
        cursor = filled
        return finishCut(kept, start: start)
    }

    private func finishCut(_ kept: Range<Int>, start: Int) -> Line {
        recordStart = bufferStart + cursor
        return Line(
            bytes: UnsafeRawBufferPointer(rebasing: buffer[kept]), start: start, end: bufferStart + cursor, isCut: true)
    }

    /// Reads a block behind what is there, making room by dropping what lies before the record.
    private func fill(keepingAll: Bool = false) throws -> Bool {
        guard !atEnd else { return false }
        var room = buffer.count - Self.padding - filled
        if room < Self.blockSize, !keepingAll {
            let dropped = recordStart - bufferStart
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[dropped..<filled]))
            bufferStart += dropped
            filled -= dropped
            cursor -= dropped
            room += dropped
        }
        if room < Self.blockSize { grow() }
        let count = try file.read(
            into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<(filled + Self.blockSize)]))
        filled += count
        atEnd = count == 0
        return count > 0
    }

    private func grow() {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 64)
        larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
        buffer.deallocate()
        buffer = larger
    }
}
