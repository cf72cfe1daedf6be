/// Text on its way to ``MarkupParser``: UTF-8 in which whatever XML cannot hold is marked.
///
/// One broken byte or control character would end the reading of a whole XML file. It comes through as the character
/// U+FDD0 instead, which stands in no text, and whoever makes a row of it sees that.
final class MarkupText: ByteStream {
    private let stream: any ByteStream
    private var block: [UInt8]

    static let mark: [UInt8] = [0xEF, 0xB7, 0x90]
    static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    /// - Parameter stream: UTF-8 with ``Transcoder/invalidByte`` for what is none.
    init(_ stream: any ByteStream) {
        self.stream = stream
        block = [UInt8](repeating: 0, count: 1 << 14)
    }

    var taken: Int { stream.taken }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let room = min(block.count, buffer.count / Self.mark.count)
        let count = try block.withUnsafeMutableBytes {
            try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[..<room]))
        }
        var written = 0
        for byte in block[..<count] {
            if byte >= 0x20 && byte != Transcoder.invalidByte || byte == 9 || byte == 10 || byte == 13 {
                buffer[written] = byte
                written += 1
            } else {
                for part in Self.mark {
                    buffer[written] = part
                    written += 1
                }
            }
        }
        return written
    }

    /// Whether a piece of text has a mark in it.
    static func isMarked(_ text: some Collection<UInt8>) -> Bool {
        guard text.contains(mark[0]) else { return false }
        let bytes = Array(text)
        return bytes.indices.dropLast(2).contains {
            bytes[$0] == mark[0] && bytes[$0 + 1] == mark[1] && bytes[$0 + 2] == mark[2]
        }
    }

    /// The text with U+FFFD for each mark.
    static func replaced(_ text: some Collection<UInt8>) -> [UInt8] {
        var bytes = Array(text)
        for index in bytes.indices.dropLast(2)
        where bytes[index] == mark[0] && bytes[index + 1] == mark[1] && bytes[index + 2] == mark[2] {
            bytes.replaceSubrange(index...(index + 2), with: replacement)
        }
        return bytes
    }
}
