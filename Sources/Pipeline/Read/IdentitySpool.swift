import Foundation
import Identity
import Input
import Records

/// Who the rows of an input are, kept in a temporary file from the first reading for the ones after it.
///
/// The file has no name, so it is gone with the process. A batch takes as many bytes as its hints.
struct IdentitySpool: Sendable {
    /// A batch of rows in the file.
    struct Piece: Sendable {
        /// The numbers of its rows in the input, 1-based.
        let rows: Range<Int>
        fileprivate let bytes: Range<Int>
    }

    /// Closed with the last spool that reads it.
    private final class File: Sendable {
        let descriptor: Int32

        init() throws { descriptor = try UnnamedFile.make() }
        deinit { close(descriptor) }
    }

    private let file: File
    /// In the order of the rows.
    let pieces: [Piece]

    /// - Throws: ``Diagnostic`` `write_failed`.
    func people(of piece: Piece) throws -> IdentityBatch {
        try UnnamedFile.read(piece.bytes, from: file.descriptor).withUnsafeBytes { IdentityBatch(spooled: $0) }
    }

    /// Nil where the rows were not read in this batch.
    func people(firstRow: Int, rowCount: Int) throws -> IdentityBatch? {
        var low = 0, high = pieces.count
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].rows.lowerBound < firstRow { low = middle + 1 } else { high = middle }
        }
        guard low < pieces.count, pieces[low].rows == firstRow..<(firstRow + rowCount) else { return nil }
        return try people(of: pieces[low])
    }

    /// Writes a spool, batch after batch.
    struct Writer {
        private let file: File
        private var pieces: [Piece] = []
        private var nextRow = 1
        private var length = 0

        /// - Throws: ``Diagnostic`` `write_failed`.
        init() throws { file = try File() }

        mutating func append(_ spooled: [UInt8], rowCount: Int) throws {
            try spooled.withUnsafeBytes { try UnnamedFile.append($0, to: file.descriptor) }
            pieces.append(Piece(rows: nextRow..<(nextRow + rowCount), bytes: length..<(length + spooled.count)))
            nextRow += rowCount
            length += spooled.count
        }

        var spool: IdentitySpool { IdentitySpool(file: file, pieces: pieces) }
    }
}
