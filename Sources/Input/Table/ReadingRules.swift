/// What becomes of records that are not quite what they should be, as the person has set it.
package struct ReadingRules: Sendable, Equatable {
    package enum LongRows: String, Sendable, CaseIterable {
        /// A row with more cells than the header is rejected: nobody can know which cell is one too many.
        case reject
        /// Its further cells go into one more column, `extra_cells`, as a JSON array.
        case keep
    }

    package enum InvalidText: String, Sendable, CaseIterable {
        /// A record with bytes that are no text in its encoding is rejected.
        case reject
        /// Such bytes become U+FFFD.
        case replace
    }

    package var longRows = LongRows.reject
    package var invalidText = InvalidText.reject

    package init() {}

    /// Takes the cells beyond the header where they are kept.
    static let extraCellsColumn = "extra_cells"

    /// The columns of a table that is read by these rules.
    func columns(_ names: [String]) -> [String] {
        longRows == .keep ? names + [ExportStream.free(Self.extraCellsColumn, besides: names)] : names
    }
}
