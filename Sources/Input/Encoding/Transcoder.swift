import Foundation
import Records

/// Text in any encoding that iconv knows, as UTF-8.
///
/// A byte that is no text in its encoding comes out as `0xFF`, which stands in no UTF-8: whoever reads on meets it at
/// its line, as it would meet a broken byte in a UTF-8 file.
final class Transcoder: ByteStream {
    private let stream: any ByteStream
    private let converter: iconv_t
    /// Bytes of one unit of the encoding, which are passed over together where they are no text.
    private let unit: Int
    private var input: [UInt8]
    private var inputStart = 0
    private var inputEnd = 0
    private var isAtEnd = false
    /// Converted bytes that did not fit where they were asked for.
    private var pending: [UInt8] = []
    private var pendingStart = 0

    /// Bytes that any character fits into.
    private static let leastRoom = 64

    static let invalidByte: UInt8 = 0xFF

    /// - Throws: ``Diagnostic`` `unknown_encoding`.
    init(_ stream: any ByteStream, from encoding: TextEncoding, file: String) throws {
        guard let converter = Self.open(encoding.iconvName) else {
            throw Diagnostic(
                code: "unknown_encoding", "this system cannot read text in '\(encoding.name)'", file: file,
                hint: "see iconv --list for the names it knows")
        }
        self.stream = stream
        self.converter = converter
        unit = encoding.unit
        input = [UInt8](repeating: 0, count: 1 << 16)
    }

    deinit { iconv_close(converter) }

    var taken: Int { stream.taken }

    static func open(_ name: String) -> iconv_t? {
        let converter = iconv_open("UTF-8", name)
        return converter == iconv_t(bitPattern: -1) ? nil : converter
    }

    static func close(_ converter: iconv_t) { _ = iconv_close(converter) }

    /// A converter from UTF-8 to UTF-8 finds broken bytes as any other does.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if pendingStart == pending.count {
            // A character must never wait for room that is not there.
            guard buffer.count < Self.leastRoom else { return try convertSome(into: buffer) }
            var room = [UInt8](repeating: 0, count: Self.leastRoom)
            let count = try room.withUnsafeMutableBytes { try convertSome(into: $0) }
            (pending, pendingStart) = (Array(room[..<count]), 0)
        }
        let count = min(buffer.count, pending.count - pendingStart)
        buffer.copyBytes(from: pending[pendingStart..<(pendingStart + count)])
        pendingStart += count
        return count
    }

    private func convertSome(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var written = 0
        while written == 0, !(isAtEnd && inputStart == inputEnd) {
            if inputEnd - inputStart < 16, !isAtEnd { try fill() }
            written = convert(into: buffer)
        }
        return written
    }

    private func fill() throws {
        input.withUnsafeMutableBytes { bytes in
            bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[inputStart..<inputEnd]))
        }
        inputEnd -= inputStart
        inputStart = 0
        let count = try input.withUnsafeMutableBytes {
            try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[inputEnd...]))
        }
        inputEnd += count
        isAtEnd = count == 0
    }

    /// Converts what is there until it or the room ends, and passes over one broken unit at most.
    private func convert(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var written = 0
        let problem = input.withUnsafeMutableBytes { bytes -> Int32 in
            var from = bytes.baseAddress.map { ($0 + inputStart).assumingMemoryBound(to: CChar.self) }
            var fromLeft = inputEnd - inputStart
            var to = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            var toLeft = buffer.count
            let result = iconv(converter, &from, &fromLeft, &to, &toLeft)
            inputStart = inputEnd - fromLeft
            written = buffer.count - toLeft
            return result == -1 ? errno : 0
        }
        let isBroken = problem == EILSEQ || problem == EINVAL && isAtEnd
        if isBroken, written < buffer.count, inputStart < inputEnd {
            buffer[written] = Self.invalidByte
            written += 1
            inputStart = min(inputEnd, inputStart + unit)
            _ = iconv(converter, nil, nil, nil, nil)
        }
        return written
    }
}
