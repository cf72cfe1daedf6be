import Records

/// Where a table's column names stand.
package enum HeaderPlace: Sendable, Equatable {
    /// Nowhere: columns are called by what they hold where that is plain, else `column_1`, `column_2`, …
    case none
    /// In a row that starts on a line (1-based; in a spreadsheet the row's number), and in the rows below it where there
    /// are several; what is above is preamble.
    case rows(line: Int, count: Int)
}

/// What the person has set about the header.
package enum HeaderSetting: Sendable, Equatable {
    case auto, none
    /// The line (1-based) on which it starts and the one on which it ends.
    case lines(ClosedRange<Int>)
}

/// One row of a sample.
struct SampleRow {
    /// The physical line on which it starts, 1-based; in a spreadsheet the row's number.
    var line: Int
    var cells: [String]
    /// Where the next row starts.
    var end: Position

    /// Cells that are not empty.
    var filled: Int { cells.count { !$0.isEmpty } }
}
