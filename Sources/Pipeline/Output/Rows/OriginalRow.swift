import Input
import Records

/// Writes the columns that a row came with, values untouched.
struct OriginalRow: Sendable {
    /// For each output column, the column of the file, nil where this file lacks it.
    private let places: [Int?]
    /// `"name":` for each output column, for JSON.
    private let keys: [[UInt8]]
    /// The column that names the file, and the file.
    private let source: (column: Int, name: [UInt8])?
    private let csv: CSVText

    /// - Parameter file: of the stream, 0-based.
    init(_ stream: ExportStream, file: Int, csv: CSVText = CSVText()) {
        self.csv = csv
        places = stream.places[file]
        source = stream.sourceColumn.map { ($0, Array(stream.exports[file].name.utf8)) }
        keys = ColumnNames.distinct(stream.columns).map { name in
            var key: [UInt8] = []
            JSONText.append(string: name.utf8, to: &key)
            key.append(UInt8(ascii: ":"))
            return key
        }
    }

    /// Appends the cells with delimiters between them.
    func appendCSV(_ cells: RecordBatch.CellView, _ row: Int, to out: inout [UInt8]) {
        var most = places.count + CSVText.most(source?.name.count ?? 0)
        for case let place? in places { most += CSVText.most(cells[row, place].count) }
        // One copy a row instead of one a cell.
        withUnsafeTemporaryAllocation(byteCount: most, alignment: 1) { room in
            guard let start = room.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
            let end = writeCSV(cells, row, to: start)
            out.append(contentsOf: UnsafeRawBufferPointer(start: start, count: start.distance(to: end)))
        }
    }

    /// Appends the cells of a row some of which are replaced; behind each column that may be, what stood there before.
    func appendCSV(
        _ cells: RecordBatch.CellView, _ row: Int, replacing policy: WritePolicy, by contact: Contact, file: Int,
        to out: inout [UInt8]
    ) {
        for index in places.indices {
            if index > 0 { out.append(csv.delimiter) }
            let replacement = policy.replacement(index, of: contact, file: file)
            if let replacement { csv.append(cell: replacement.utf8, to: &out) }
            if replacement == nil { appendCell(cells, row, index, to: &out) }
            guard policy.columns.contains(index) else { continue }
            out.append(csv.delimiter)
            if replacement != nil { appendCell(cells, row, index, to: &out) }
        }
    }

    private func appendCell(_ cells: RecordBatch.CellView, _ row: Int, _ index: Int, to out: inout [UInt8]) {
        if let place = places[index] {
            csv.append(cell: cells[row, place], to: &out)
        } else if let source, source.column == index {
            csv.append(cell: source.name, to: &out)
        }
    }

    private func writeCSV(
        _ cells: RecordBatch.CellView, _ row: Int, to start: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        var out = start
        for index in places.indices {
            if index > 0 {
                out.pointee = csv.delimiter
                out += 1
            }
            if let place = places[index] {
                out = csv.write(cells[row, place], to: out)
            } else if let source, source.column == index {
                out = source.name.withUnsafeBytes { csv.write($0, to: out) }
            }
        }
        return out
    }

    /// Appends the record as a JSON object that is still open, and says whether it has members.
    ///
    /// A JSON record keeps every byte of its own; a row of cells becomes texts.
    func appendOpenJSON(_ batch: RecordBatch, _ cells: RecordBatch.CellView, _ row: Int, to out: inout [UInt8]) -> Bool
    {
        if let original = batch.original(row) {
            let open = original[..<(original.lastIndex(of: UInt8(ascii: "}")) ?? original.endIndex)]
            out.append(contentsOf: open)
            let hasMembers = open.contains { $0 == UInt8(ascii: ":") }
            guard let source else { return hasMembers }
            if hasMembers { out.append(UInt8(ascii: ",")) }
            out.append(contentsOf: keys[source.column])
            JSONText.append(string: source.name, to: &out)
            return true
        }
        out.append(UInt8(ascii: "{"))
        for (index, place) in places.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out.append(contentsOf: keys[index])
            if let place {
                JSONText.append(string: cells[row, place], to: &out)
            } else if let source, source.column == index {
                JSONText.append(string: source.name, to: &out)
            } else {
                out.append(contentsOf: Self.null)
            }
        }
        return !places.isEmpty
    }

    private static let null = Array("null".utf8)
}
