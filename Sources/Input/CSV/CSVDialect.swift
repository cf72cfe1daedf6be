/// How a CSV file is written.
package struct CSVDialect: Sendable, Equatable {
    package enum HeaderRow: Sendable, Equatable {
        /// No header: columns are called `column_1`, `column_2`, …
        case none
        /// The physical line on which the header starts, 1-based; what is above it is preamble.
        case line(Int)
    }

    package var delimiter: UInt8
    package var quote: UInt8
    package var headerRow: HeaderRow
    /// LF, or CR where the file has no LF at all.
    package var terminator: UInt8

    package init(
        delimiter: UInt8 = UInt8(ascii: ","), quote: UInt8 = UInt8(ascii: "\""), headerRow: HeaderRow = .line(1),
        terminator: UInt8 = UInt8(ascii: "\n")
    ) {
        self.delimiter = delimiter
        self.quote = quote
        self.headerRow = headerRow
        self.terminator = terminator
    }
}

/// What the person has set of the dialect; what is nil is found out from a sample.
package struct CSVSettings: Sendable, Equatable {
    package enum HeaderRow: Sendable, Equatable {
        case auto, none
        case line(Int)
    }

    package var delimiter: UInt8?
    package var quote = UInt8(ascii: "\"")
    package var headerRow = HeaderRow.auto

    package init() {}
}
