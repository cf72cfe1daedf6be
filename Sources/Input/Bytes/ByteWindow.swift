import Foundation
import Records

/// A moving view of a stream: the bytes from where the current record starts, as far as they were read.
///
/// Indices count from the start of the record, so they stay good when the buffer makes room.
final class ByteWindow {
    private let stream: any ByteStream
    private var buffer: UnsafeMutableRawBufferPointer
    private var start = 0
    private var filled = 0
    private(set) var isAtEnd = false
    /// Bytes of the stream before the record.
    private(set) var offset: Int

    /// How much is read at once, in bytes.
    private let blockSize: Int
    /// Readable bytes behind what is there, for parsers that read ahead.
    static let padding = 64

    /// - Parameters:
    ///   - byte: where the first record starts.
    ///   - block: bytes that are read at once.
    /// - Throws: ``Diagnostic`` `input_changed` where the stream ends before that.
    init(_ stream: any ByteStream, from byte: Int, block: Int, file: String) throws {
        self.stream = stream
        blockSize = block
        offset = byte
        guard try stream.skip(byte) == byte else {
            throw Diagnostic(
                code: "input_changed", "the input ends before byte \(byte), where the run would go on", file: file,
                hint: "feed the same input again, or start over with --fresh")
        }
        buffer = .allocate(byteCount: blockSize * 2 + Self.padding, alignment: 64)
    }

    deinit { buffer.deallocate() }

    /// Bytes that are there.
    var count: Int { filled - start }

    /// The first byte of the record; good until the next ``fill()``.
    var base: UnsafeRawPointer { UnsafeRawPointer(buffer.baseAddress.unsafelyUnwrapped) + start }

    var taken: Int { stream.taken }

    subscript(range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
    }

    /// Says that the record ends here and the next one starts.
    func advance(by count: Int) {
        start += count
        offset += count
    }

    /// Reads a block behind what is there; false at the end.
    func fill() throws -> Bool {
        guard !isAtEnd else { return false }
        if buffer.count - Self.padding - filled < blockSize { makeRoom() }
        let room = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<(filled + blockSize)])
        let count = try stream.read(into: room)
        filled += count
        isAtEnd = count == 0
        return count > 0
    }

    /// Where the next byte with this value stands, from an index on.
    func find(_ byte: UInt8, from index: Int) -> Int? {
        guard index < count, let found = memchr(base + index, Int32(byte), count - index) else { return nil }
        return base.distance(to: UnsafeRawPointer(found))
    }

    /// The record moves to the front of the buffer, which grows where that is not enough.
    private func makeRoom() {
        let kept = UnsafeRawBufferPointer(rebasing: buffer[start..<filled])
        if kept.count + blockSize + Self.padding > buffer.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 64)
            larger.copyMemory(from: kept)
            buffer.deallocate()
            buffer = larger
        } else {
            buffer.copyMemory(from: kept)
        }
        filled = kept.count
        start = 0
    }
}
