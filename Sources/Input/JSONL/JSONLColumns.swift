import Records

/// Which member of an object goes to which column.
struct JSONLColumns: Sendable {
    /// Takes the members that the beginning of the file did not show, as one JSON object.
    static let otherFieldsColumn = "other_fields"

    let names: [String]
    private let index: [[UInt8]: Int]

    init(names members: [String]) {
        names = members + [Self.otherFieldsColumn]
        index = Dictionary(zip(members.map { Array($0.utf8) }, 0...), uniquingKeysWith: { first, _ in first })
    }

    /// The members of the objects in a sample, in the order in which they turn up.
    ///
    /// - Parameter sample: the first bytes of the file; a line that is cut off at its end is left out.
    init(sample: UnsafeRawBufferPointer, isWhole: Bool) {
        let parser = JSONObjectParser()
        var members: [String] = []
        var seen: Set<String> = []
        var padded: [UInt8] = []
        var lines = sample.split(separator: UInt8(ascii: "\n"))
        if !isWhole, lines.count > 1 { lines.removeLast() }
        for line in lines {
            padded.removeAll(keepingCapacity: true)
            padded.append(contentsOf: line)
            padded.append(contentsOf: repeatElement(0, count: JSONObjectParser.padding))
            padded.withUnsafeBytes { bytes in
                _ = parser.members(of: UnsafeRawBufferPointer(rebasing: bytes[..<line.count])) { key, _, _ in
                    let name = String(decoding: key, as: UTF8.self)
                    if name != Self.otherFieldsColumn, seen.insert(name).inserted { members.append(name) }
                }
            }
        }
        self.init(names: members)
    }

    func emptyRow() -> Row { Row(columns: self) }

    /// The cells of one object.
    struct Row {
        private let columns: JSONLColumns
        private var bytes: [UInt8] = []
        private var cells: [Range<Int>]
        private var others: [UInt8] = []

        fileprivate init(columns: JSONLColumns) {
            self.columns = columns
            cells = Array(repeating: 0..<0, count: columns.names.count)
        }

        /// A member that stands twice keeps its last value, as most JSON readers do.
        mutating func set(_ key: UnsafeRawBufferPointer, _ kind: JSONObjectParser.Kind, _ value: UnsafeRawBufferPointer)
        {
            guard let column = columns.index[Array(key)] else {
                others.append(UInt8(ascii: others.isEmpty ? "{" : ","))
                JSONText.append(string: key, to: &others)
                others.append(UInt8(ascii: ":"))
                switch kind {
                case .string: JSONText.append(string: value, to: &others)
                case .null: others.append(contentsOf: Array("null".utf8))
                case .raw: others.append(contentsOf: value)
                }
                return
            }
            let start = bytes.count
            bytes.append(contentsOf: value)
            cells[column] = start..<bytes.count
        }

        /// The cells, one a column.
        func values() -> [ArraySlice<UInt8>] {
            var values = cells.map { bytes[$0] }
            if !others.isEmpty { values[values.count - 1] = (others + [UInt8(ascii: "}")])[...] }
            return values
        }
    }
}
