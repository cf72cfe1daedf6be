import Records

/// Where reading broke off before the end of a file.
///
/// What was read until then is handed out first, and the error after it: the rows before a break are good.
struct ReadingBreak {
    private var failure: (any Error)?

    /// Throws what broke the reading off, once the rows before it are out.
    func check() throws {
        if let failure { throw failure }
    }

    /// Keeps an error back for as long as there are rows to hand out.
    ///
    /// - Parameter batch: what was read so far.
    /// - Throws: the error, where there is nothing.
    mutating func keep(_ error: any Error, behind batch: RecordBatch) throws {
        guard !batch.isEmpty else { throw error }
        failure = error
    }
}
