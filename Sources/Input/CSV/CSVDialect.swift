/// How a CSV file is written.
package struct CSVDialect: Sendable, Equatable {
    /// How a quote stands inside a quoted cell.
    package enum Escape: String, Sendable {
        /// Twice, as RFC 4180 says.
        case doubled
        /// Behind a backslash, as databases write it.
        case backslash
    }

    package var delimiter: UInt8
    /// Nil where quotes mean nothing.
    package var quote: UInt8?
    package var escape: Escape
    package var header: HeaderPlace

    package init(
        delimiter: UInt8 = UInt8(ascii: ","), quote: UInt8? = UInt8(ascii: "\""), escape: Escape = .doubled,
        header: HeaderPlace = .rows(line: 1, count: 1)
    ) {
        self.delimiter = delimiter
        self.quote = quote
        self.escape = escape
        self.header = header
    }
}

/// What the person has set of the dialect; what is nil is found out from a sample.
package struct CSVSettings: Sendable, Equatable {
    package enum Quote: Sendable, Equatable {
        case auto, none
        case character(UInt8)
    }

    package var delimiter: UInt8?
    package var quote = Quote.auto
    package var escape: CSVDialect.Escape?
    package var headerRow = HeaderSetting.auto

    package init() {}
}
