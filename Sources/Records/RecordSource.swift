/// A file of records that is read from its start, or from a position that an earlier reader of it named, to its end.
///
/// Pull: nothing is read until ``next()`` is called, and at most one batch is held.
package protocol RecordSource: AnyObject {
    /// The names of the columns, as they stand in the file; empty and repeated ones are left as they are.
    var columns: [String] { get }

    /// The next batch, or nil at the end of the file.
    ///
    /// - Throws: ``Diagnostic`` where the file as a whole cannot be read. A broken record is a ``Reject`` in a batch.
    func next() throws -> RecordBatch?
}

/// What a source holds at most, against files that are broken or meant to do harm.
package struct RecordLimits: Sendable, Equatable {
    /// Bytes in one cell, and in one record of JSONL.
    package var field = 1 << 20
    /// Bytes in one record of any other format.
    package var record: Int { field * 16 }
    package var columns = 16_384
    /// Levels of JSON and XML.
    package var depth = 64
    /// How many times larger than itself a compressed file may become.
    package var ratio = 250
    /// Bytes up to which the ratio does not count: a small file may unpack to a lot without doing harm.
    package var harmless = 64 << 20
    /// Bytes that a compressed file may become.
    package var unpacked = 1 << 40
    /// Bytes that are read at once.
    package var block = 1 << 18
    /// Rows in a batch.
    package var batchRows = 4096
    /// Bytes that a batch takes, about, before it is handed out.
    package var batchBytes = 3 << 19

    package init() {}
}
