/// Where a record starts in its file.
package struct Position: Sendable, Hashable, Codable {
    /// Bytes before it, from the start of the file; of its UTF-8 text where it is compressed or encoded otherwise.
    ///
    /// A spreadsheet or an XML file cannot be entered in the middle; there it says how much was read, and `record` counts.
    package var byte: Int
    /// The physical line, 1-based, as an editor counts; in a spreadsheet the number of the row.
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
