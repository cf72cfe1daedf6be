import Records

/// Writes the columns that a row came with, values untouched.
struct OriginalRow: Sendable {
    /// For each output column, the column of the file, nil where this file lacks it.
    let places: [Int?]
    /// `"name":` for each output column, for JSON.
    private let keys: [[UInt8]]
    private let csv = CSVText()

    init(columns: [String], places: [Int?]) {
        self.places = places
        keys = ColumnNames.distinct(columns).map { name in
            var key: [UInt8] = []
            JSONText.append(string: name.utf8, to: &key)
            key.append(UInt8(ascii: ":"))
            return key
        }
    }

    /// Appends the cells with delimiters between them.
    func appendCSV(_ batch: RecordBatch, _ row: Int, to out: inout [UInt8]) {
        for (index, place) in places.enumerated() {
            if index > 0 { out.append(csv.delimiter) }
            if let place { csv.append(cell: batch[row, place], to: &out) }
        }
    }

    /// Appends the record as a JSON object that is still open, and says whether it has members.
    ///
    /// A JSON record keeps every byte of its own; a CSV row becomes texts.
    func appendOpenJSON(_ batch: RecordBatch, _ row: Int, to out: inout [UInt8]) -> Bool {
        if let original = batch.original(row) {
            let open = original[..<(original.lastIndex(of: UInt8(ascii: "}")) ?? original.endIndex)]
            out.append(contentsOf: open)
            return open.contains { $0 == UInt8(ascii: ":") }
        }
        out.append(UInt8(ascii: "{"))
        for (index, place) in places.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out.append(contentsOf: keys[index])
            if let place {
                JSONText.append(string: batch[row, place], to: &out)
            } else {
                out.append(contentsOf: Self.null)
            }
        }
        return !places.isEmpty
    }

    private static let null = Array("null".utf8)
}
