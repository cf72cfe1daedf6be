/// Writing CSV (RFC 4180): cells are quoted only where they must be.
struct CSVText: Sendable {
    var delimiter = UInt8(ascii: ",")
    var lineEnd: [UInt8] = [10]
    /// Whether cells that a spreadsheet would calculate are made texts.
    var guardsFormulas = false
    /// Before the first row.
    var hasByteOrderMark = false

    /// Appends a cell without a delimiter.
    func append(cell: some Collection<UInt8>, to out: inout [UInt8]) {
        let done: Void? = cell.withContiguousStorageIfAvailable {
            append(cell: UnsafeRawBufferPointer($0), to: &out)
        }
        if done == nil { Array(cell).withUnsafeBytes { append(cell: $0, to: &out) } }
    }

    /// Appends a cell without a delimiter.
    func append(cell bytes: UnsafeRawBufferPointer, to out: inout [UInt8]) {
        guard needsQuotes(bytes) || guardsFormulas else { return out.append(contentsOf: bytes) }
        withUnsafeTemporaryAllocation(byteCount: Self.most(bytes.count), alignment: 1) { room in
            guard let start = room.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
            let end = write(bytes, to: start)
            out.append(contentsOf: UnsafeRawBufferPointer(start: start, count: start.distance(to: end)))
        }
    }

    /// Bytes that a cell of a length takes at most.
    static func most(_ count: Int) -> Int { count * 2 + 3 }

    /// Writes a cell without a delimiter, and says where it ends.
    ///
    /// - Parameter start: room for ``most(_:)`` bytes.
    @inline(__always)
    func write(_ bytes: UnsafeRawBufferPointer, to start: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return start }
        if guardsFormulas, SpreadsheetGuard.isNeeded(bytes) { return writeText(bytes, to: start) }
        if copyIsPlain(base, bytes.count, to: UnsafeMutableRawPointer(start)) { return start + bytes.count }
        return writeQuoted(bytes, to: start)
    }

    /// A cell that begins like a formula, as a text.
    private func writeText(
        _ bytes: UnsafeRawBufferPointer, to start: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        let text = [SpreadsheetGuard.mark] + Array(bytes)
        return text.withUnsafeBytes { bytes in
            if needsQuotes(bytes) { return writeQuoted(bytes, to: start) }
            UnsafeMutableRawBufferPointer(start: start, count: bytes.count).copyMemory(from: bytes)
            return start + bytes.count
        }
    }

    private func writeQuoted(
        _ bytes: UnsafeRawBufferPointer, to start: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        let quote = UInt8(ascii: "\"")
        var out = start
        out.pointee = quote
        out += 1
        for byte in bytes {
            out.pointee = byte
            out += 1
            if byte == quote {
                out.pointee = quote
                out += 1
            }
        }
        out.pointee = quote
        return out + 1
    }

    /// Whether a delimiter, a quote or a line end stands in a cell.
    private func needsQuotes(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.contains { $0 == delimiter || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13 }
    }

    /// Copies a cell and says whether it may stand without quotes: both in one go, eight bytes at a time.
    ///
    /// - Parameter count: at least 1.
    @inline(__always)
    private func copyIsPlain(_ from: UnsafeRawPointer, _ count: Int, to: UnsafeMutableRawPointer) -> Bool {
        let delimiters = UInt64(delimiter) &* 0x0101_0101_0101_0101
        guard count >= 8 else {
            var hits = false
            for index in 0..<count {
                let byte = from.load(fromByteOffset: index, as: UInt8.self)
                to.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
                hits = hits || byte == delimiter || byte == UInt8(ascii: "\"") || byte == 10 || byte == 13
            }
            return !hits
        }
        var hits: UInt64 = 0
        var index = 0
        while index &+ 8 < count {
            hits |= copyWord(from, to, at: index, delimiters)
            index &+= 8
        }
        // The last eight bytes, some of them for the second time.
        return hits | copyWord(from, to, at: count &- 8, delimiters) == 0
    }

    /// Copies eight bytes; not zero where one of them asks for quotes.
    @inline(__always)
    private func copyWord(
        _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, at index: Int, _ delimiters: UInt64
    ) -> UInt64 {
        let word = from.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        to.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
        return Self.zeros(word ^ delimiters) | Self.zeros(word ^ 0x2222_2222_2222_2222)
            | Self.zeros(word ^ 0x0A0A_0A0A_0A0A_0A0A) | Self.zeros(word ^ 0x0D0D_0D0D_0D0D_0D0D)
    }

    /// Not zero where a byte of the word is.
    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
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
        out.append(contentsOf: lineEnd)
    }

    /// What a file begins with: the byte order mark, where there is one, and the names of the columns.
    func head(_ names: [String]) -> [UInt8] { (hasByteOrderMark ? [0xEF, 0xBB, 0xBF] : []) + row(names) }
}
