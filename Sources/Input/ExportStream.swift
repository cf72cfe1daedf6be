import Foundation
package import Records

/// Several exports, read one after the other as one stream of batches under one set of columns.
package final class ExportStream {
    package let exports: [Export]
    /// All columns of all files, in the order in which they turn up.
    package let columns: [String]
    /// For each file and each of ``columns``: which column of the file it is, nil where the file lacks it.
    package let places: [[Int?]]
    private var file = 0
    private var source: (any RecordSource)?
    private var start: StreamPosition?

    /// Where the stream stands: a file (0-based) and a place in it.
    package struct StreamPosition: Sendable, Hashable, Codable {
        package var file: Int
        package var position: Position

        package init(file: Int, position: Position) {
            self.file = file
            self.position = position
        }
    }

    /// - Parameter start: where an earlier stream over the same files stood after a batch; nil is the beginning.
    package init(_ exports: [Export], from start: StreamPosition? = nil) {
        self.exports = exports
        self.start = start
        file = start?.file ?? 0
        let merged = MergedColumns(exports.map(\.columns))
        columns = merged.columns
        places = merged.places
    }

    /// Opens all files that paths and globs name.
    ///
    /// - Throws: ``Diagnostic`` for the first file that cannot be read, and for a glob that matches nothing.
    package static func open(_ paths: [String], settings: ExportSettings, limits: RecordLimits = RecordLimits()) throws
        -> [Export]
    {
        try paths.flatMap(expand).map { try Export($0, settings: settings, limits: limits) }
    }

    /// The next batch with the number of its file (0-based), or nil at the end of the last file.
    package func next() throws -> (file: Int, batch: RecordBatch)? {
        while file < exports.count {
            let source = try self.source ?? exports[file].records(from: start?.position)
            self.source = source
            if let batch = try source.next() { return (file, batch) }
            try exports[file].checkUnchanged()
            (self.source, start) = (nil, nil)
            file += 1
        }
        return nil
    }

    /// Files that a path names; a pattern's matches come sorted.
    static func expand(_ path: String) throws -> [String] {
        guard path.contains(where: { "*?[".contains($0) }), access(path, F_OK) != 0 else { return [path] }
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(path, 0, nil, &found) == 0 else {
            throw Diagnostic(
                code: "no_input", "no file matches this pattern", file: path,
                hint: "check the path; it is relative to the current folder")
        }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
    }
}

/// One set of columns for several files: same name, same column; a name that stands twice in a file stays two columns.
struct MergedColumns {
    private(set) var columns: [String] = []
    private(set) var places: [[Int?]]

    init(_ files: [[String]]) {
        struct Key: Hashable {
            var name: String
            var occurrence: Int
        }
        var index: [Key: Int] = [:]
        places = []
        for names in files {
            var seen: [String: Int] = [:]
            var filePlaces = [Int?](repeating: nil, count: columns.count)
            for (column, name) in names.enumerated() {
                let key = Key(name: name, occurrence: seen[name, default: 0])
                seen[name, default: 0] += 1
                if index[key] == nil {
                    index[key] = columns.count
                    columns.append(name)
                    filePlaces.append(nil)
                }
                if let merged = index[key] { filePlaces[merged] = column }
            }
            places.append(filePlaces)
        }
        places = places.map { $0 + Array(repeating: nil, count: columns.count - $0.count) }
    }
}
