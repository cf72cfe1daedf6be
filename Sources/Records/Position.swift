/// Where a record starts in its file.
package struct Position: Sendable, Hashable, Codable {
    /// Bytes before it, from the start of the file.
    package var byte: Int
    /// The physical line, 1-based, as an editor counts.
    package var line: Int
    /// The record, 1-based; header and preamble do not count.
    package var record: Int

    package init(byte: Int, line: Int, record: Int) {
        self.byte = byte
        self.line = line
        self.record = record
    }

    /// The first byte of a file.
    package static let start = Position(byte: 0, line: 1, record: 1)
}
