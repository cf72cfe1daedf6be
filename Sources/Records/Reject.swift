/// A record that could not be read as a row; it goes to the rejects file instead of the outputs.
package struct Reject: Sendable, Equatable {
    package var file: String
    /// The physical line on which it starts, 1-based.
    package var line: Int
    /// Its number among the records of the file, 1-based.
    package var record: Int
    /// A stable word, such as `unclosed_quote`.
    package var reason: String
    /// The record as it stands in the file, cut at ``rawLimit`` bytes.
    package var raw: String

    /// How much of a broken record is kept, in bytes.
    package static let rawLimit = 4096

    package init(file: String, line: Int, record: Int, reason: String, raw: some Collection<UInt8>) {
        self.file = file
        self.line = line
        self.record = record
        self.reason = reason
        self.raw = String(decoding: raw.prefix(Self.rawLimit), as: UTF8.self)
    }
}
