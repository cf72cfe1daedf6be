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

/// What a source holds at most.
package struct RecordLimits: Sendable {
    /// Bytes in one cell, and in one record of JSONL.
    package var field = 1 << 20
    package var columns = 16_384
    /// Rows in a batch.
    package var batchRows = 4096
    /// Bytes of cells after which a batch is handed out, full or not.
    package var batchBytes = 1 << 20

    package init() {}
}
