import Foundation
import Records

/// A file of rows that goes on in further ones where the destination takes only so many: `audience.csv`,
/// `audience-2.csv`, and so on.
final class SplitFile {
    private let path: String
    private let head: [UInt8]
    private let rowsPerFile: Int
    /// Rows in all parts.
    private(set) var rows: Int
    private var part: OutputFile
    /// Parts that are full and perhaps not on the disk.
    private var full: [OutputFile] = []

    /// - Parameters:
    ///   - lengths: bytes of the parts of an earlier attempt that stand; nil starts anew.
    ///   - rows: how many are in them.
    init(_ path: String, head: [UInt8], rowsPerFile: Int, keeping lengths: [String: Int]?, rows: Int) throws {
        self.path = path
        self.head = head
        self.rowsPerFile = rowsPerFile
        self.rows = lengths == nil ? 0 : rows
        let last = Self.paths(path, rows: self.rows, rowsPerFile: rowsPerFile).last ?? path
        let kept = lengths?[last]
        part = try OutputFile(last, keeping: kept)
        if kept == nil { try part.write(head) }
    }

    /// The paths of all parts.
    static func paths(_ path: String, rows: Int, rowsPerFile: Int) -> [String] {
        (1...parts(rows, rowsPerFile)).map { part(path, $0) }
    }

    /// How many parts so many rows take; one where there are none.
    private static func parts(_ rows: Int, _ rowsPerFile: Int) -> Int { max(0, rows - 1) / rowsPerFile + 1 }

    private static func part(_ path: String, _ number: Int) -> String {
        guard number > 1 else { return path }
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return "\(path)-\(number)" }
        let ending = name[dot...]
        return "\(path.dropLast(ending.count))-\(number)\(ending)"
    }

    func write(_ more: ImportedRows) throws {
        var start = 0, row = 0
        while row < more.ends.count {
            let number = Self.parts(rows, rowsPerFile)
            var room = rowsPerFile - (rows - (number - 1) * rowsPerFile)
            if room == 0 {
                try begin(part: number + 1)
                room = rowsPerFile
            }
            let count = min(room, more.ends.count - row)
            let end = more.ends[row + count - 1]
            try part.write(Array(more.bytes[start..<end]))
            (start, row, rows) = (end, row + count, rows + count)
        }
    }

    private func begin(part number: Int) throws {
        full.append(part)
        part = try OutputFile(Self.part(path, number))
        try part.write(head)
    }

    /// Files that have to be synced.
    var files: [OutputFile] { full + [part] }

    /// All but the last part are on the disk.
    func synced() { full = [] }

    /// Takes away further parts of an earlier run, which had more rows; never a file that is not known to be one.
    ///
    /// - Parameter earlier: what earlier runs of the pipeline wrote.
    static func removeOld(_ path: String, behind parts: Int, of earlier: Set<String>) {
        var number = parts + 1
        while earlier.contains(part(path, number)) {
            unlink(part(path, number))
            number += 1
        }
    }

    /// Whether a path is that of a further part.
    static func isPart(_ other: String, of path: String) -> Bool {
        (2...9999).contains { part(path, $0) == other }
    }
}
