import Records

/// Feeds a stream to a parser, block by block, for readers that pull.
///
/// Blocks are of one size whatever the pieces in which a stream comes: what libxml2 makes of broken tags depends on where
/// a block ends.
final class MarkupFeed {
    private let stream: MarkupText
    private let parser: MarkupParser
    private let buffer: UnsafeMutableRawBufferPointer
    private var filled = 0
    private(set) var isAtEnd = false

    private static let blockSize = 1 << 14

    /// - Parameter handler: is not kept alive, since it keeps the feed.
    init(
        _ stream: any ByteStream, as language: MarkupParser.Language, handler: any MarkupHandler, limits: RecordLimits,
        file: String
    ) {
        self.stream = MarkupText(stream)
        parser = MarkupParser(language, handler: Unretained(handler), limits: limits, file: file)
        buffer = .allocate(byteCount: Self.blockSize * 2, alignment: 16)
    }

    deinit { buffer.deallocate() }

    var taken: Int { stream.taken }

    /// The physical line that is being read, 1-based.
    var line: Int { parser.line }

    /// Hands one more block to the parser; false at the end.
    ///
    /// - Throws: ``Diagnostic`` where the document is broken or the stream is.
    func next() throws -> Bool {
        guard !isAtEnd else { return false }
        var isLast = false
        while filled < Self.blockSize, !isLast {
            let count = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            filled += count
            isLast = count == 0
        }
        let block = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(filled, Self.blockSize)])
        if !block.isEmpty { try parser.feed(UnsafeRawBufferPointer(block)) }
        filled -= block.count
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[block.count..<(block.count + filled)]))
        guard isLast else { return true }
        isAtEnd = true
        try parser.finish()
        return true
    }
}

/// A handler that its parser does not keep alive, since it keeps the parser.
final class Unretained: MarkupHandler {
    private unowned let handler: any MarkupHandler

    init(_ handler: any MarkupHandler) { self.handler = handler }

    func start(_ name: UnsafeRawBufferPointer, _ attributes: MarkupAttributes) { handler.start(name, attributes) }
    func text(_ text: UnsafeRawBufferPointer) { handler.text(text) }
    func end() { handler.end() }
}
