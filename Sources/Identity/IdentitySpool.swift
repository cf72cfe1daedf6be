/// A batch of identities as bytes, to be kept outside of memory and read again.
///
/// What was found out about a row once need not be found out again when the rows are gone through a second time.
extension IdentityBatch {
    /// Appends the batch; of its notes nothing is kept, since lines are not known here.
    package func appendSpooled(to out: inout [UInt8]) {
        for count in [Int32(ends.count), Int32(bytes.count)] {
            withUnsafeBytes(of: count) { out.append(contentsOf: $0) }
        }
        ends.withUnsafeBytes { out.append(contentsOf: $0) }
        out.append(contentsOf: problems)
        out.append(contentsOf: traits)
        out.append(contentsOf: bytes)
    }

    /// - Parameter spooled: what ``appendSpooled(to:)`` wrote.
    package init(spooled: UnsafeRawBufferPointer) {
        let header = 2 * MemoryLayout<Int32>.size
        let cells = Int(spooled.loadUnaligned(fromByteOffset: 0, as: Int32.self))
        let count = Int(spooled.loadUnaligned(fromByteOffset: 4, as: Int32.self))
        var rest = header
        func next(_ count: Int) -> UnsafeRawBufferPointer {
            defer { rest += count }
            return UnsafeRawBufferPointer(rebasing: spooled[rest..<(rest + count)])
        }
        let ends = [Int32](unsafeUninitializedCapacity: cells) { buffer, filled in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: next(cells * MemoryLayout<Int32>.size))
            filled = cells
        }
        self.init(
            ends: ends, problems: Array(next(cells)), traits: Array(next(cells / Hint.allCases.count)),
            bytes: Array(next(count)))
    }

    /// Counts again which cells gave no hint.
    ///
    /// - Parameter lines: on which physical line each row stands.
    package mutating func note(lines: [Int]) {
        for (row, line) in lines.enumerated() where hasProblem(row) { note(row: row, line: line) }
    }

    /// Everything that a row says, as bytes that no other row has: what decides who it is, and nothing else.
    package func appendContent(_ row: Int, to out: inout [UInt8]) {
        let cells = (row * Hint.allCases.count)..<((row + 1) * Hint.allCases.count)
        let start = cells.lowerBound == 0 ? 0 : ends[cells.lowerBound - 1]
        for cell in cells { withUnsafeBytes(of: ends[cell] - start) { out.append(contentsOf: $0) } }
        out.append(contentsOf: bytes[Int(start)..<Int(ends[cells.upperBound - 1])])
    }
}
