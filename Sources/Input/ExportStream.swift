import Foundation
package import Records

/// Several exports, read one after the other as one stream of batches under one set of columns.
package final class ExportStream {
    package let exports: [Export]
    /// All columns of all files, in the order in which they turn up.
    package let columns: [String]
    /// For each file and each of ``columns``: which column of the file it is, nil where the file lacks it.
    package let places: [[Int?]]
    /// Which of ``columns`` names the file, where one does.
    package let sourceColumn: Int?
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

    /// - Parameters:
    ///   - start: where an earlier stream over the same files stood after a batch; nil is the beginning.
    ///   - namesSource: whether there is a column ``sourceColumnName`` with the name of the file.
    package init(_ exports: [Export], from start: StreamPosition? = nil, namesSource: Bool = false) {
        self.exports = exports
        self.start = start
        file = start?.file ?? 0
        let merged = MergedColumns(exports.map(\.columns))
        columns = merged.columns + (namesSource ? [Self.free(Self.sourceColumnName, besides: merged.columns)] : [])
        places = merged.places.map { $0 + (namesSource ? [nil] : []) }
        sourceColumn = namesSource ? merged.columns.count : nil
    }

    package static let sourceColumnName = "source_file"

    /// A column's name, with a number where the files have such a column themselves.
    static func free(_ name: String, besides columns: [String]) -> String {
        guard columns.contains(name) else { return name }
        return (2...).lazy.map { "\(name)_\($0)" }.first { !columns.contains($0) } ?? name
    }

    /// Looks at all files that paths, patterns and folders name; an archive's files are one each.
    ///
    /// - Parameter keepingPipes: whether pipes are kept in temporary files, so that they can be read more than once.
    /// - Throws: ``Diagnostic`` for the first file that cannot be read, and for a pattern that matches nothing.
    package static func open(
        _ paths: [String], settings: ExportSettings, limits: RecordLimits = RecordLimits(), keepingPipes: Bool = false
    ) throws -> [Export] {
        try InputPaths.expand(paths).flatMap { path in
            try ExportOpening.all(path, settings: settings, limits: limits, keepsPipe: keepingPipes).map {
                try Export($0, settings: settings, limits: limits)
            }
        }
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
