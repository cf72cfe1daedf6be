/// Writing CSV (RFC 4180): cells are quoted only where they must be.
struct CSVText: Sendable {
    let delimiter: UInt8

    init(delimiter: UInt8 = UInt8(ascii: ",")) { self.delimiter = delimiter }

    /// Appends a cell without a delimiter.
    func append(cell: some Collection<UInt8>, to out: inout [UInt8]) {
        let done: Void? = cell.withContiguousStorageIfAvailable { append(bytes: UnsafeRawBufferPointer($0), to: &out) }
        if done == nil { Array(cell).withUnsafeBytes { append(bytes: $0, to: &out) } }
    }

    private func append(bytes: UnsafeRawBufferPointer, to out: inout [UInt8]) {
        let quote = UInt8(ascii: "\"")
        var needsQuotes = false
        for byte in bytes where byte == delimiter || byte == quote || byte == 10 || byte == 13 {
            needsQuotes = true
            break
        }
        guard needsQuotes else {
            out.append(contentsOf: bytes)
            return
        }
        out.append(quote)
        for byte in bytes {
            if byte == quote { out.append(quote) }
            out.append(byte)
        }
        out.append(quote)
    }

    /// A whole row of texts, with its line end.
    func row(_ cells: [String]) -> [UInt8] {
        var out: [UInt8] = []
        for (index, cell) in cells.enumerated() {
            if index > 0 { out.append(delimiter) }
            append(cell: cell.utf8, to: &out)
        }
        endRow(&out, isSingleEmpty: cells == [""])
        return out
    }

    /// Ends a row.
    ///
    /// A row of one empty cell is written as `""`, since an empty line is no row to many readers.
    func endRow(_ out: inout [UInt8], isSingleEmpty: Bool = false) {
        if isSingleEmpty { out.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: "\"")]) }
        out.append(UInt8(ascii: "\n"))
    }
}
