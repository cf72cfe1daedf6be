import Foundation
import Records

/// Which named member of a record goes to which column, for formats whose records name their values.
///
/// The columns are those that the beginning of a file shows; what turns up later goes into ``otherFieldsColumn``.
struct MemberColumns: Sendable {
    /// Takes the members that the beginning of the file did not show, as one JSON object.
    static let otherFieldsColumn = "other_fields"

    let names: [String]
    /// Whether the last column is ``otherFieldsColumn``: not where the beginning that was looked at is the whole file.
    private let hasOthers: Bool
    private let keys: [[UInt8]]
    private let index: [[UInt8]: Int]

    /// - Parameter members: in the order in which they turn up.
    init(_ members: [String], hasOthers: Bool) {
        names = members + (hasOthers ? [Self.otherFieldsColumn] : [])
        self.hasOthers = hasOthers
        keys = members.map { Array($0.utf8) }
        index = Dictionary(zip(keys, 0...), uniquingKeysWith: { first, _ in first })
    }

    /// The column of a member.
    ///
    /// - Parameter expected: the column that is tried first; records mostly have their members in one order.
    func column(of key: UnsafeRawBufferPointer, expected: Int) -> Int? {
        if expected < keys.count, keys[expected].count == key.count {
            let isExpected = keys[expected].withUnsafeBytes { known in
                guard let known = known.baseAddress, let start = key.baseAddress else { return key.isEmpty }
                return memcmp(known, start, key.count) == 0
            }
            if isExpected { return expected }
        }
        return index[Array(key)]
    }

    /// The cells of one record while they come in.
    struct Row {
        private let columns: MemberColumns
        private var cells: [RecordBatch.Cell]
        private var isSet: [Bool]
        private var others: [UInt8] = []
        private var expected = 0

        init(_ columns: MemberColumns) {
            self.columns = columns
            cells = Array(repeating: RecordBatch.Cell(start: 0, end: 0), count: columns.names.count)
            isSet = Array(repeating: false, count: columns.names.count)
        }

        /// Takes a value.
        ///
        /// A member that stands twice keeps its last value, as most readers of JSON do, or both where they are joined.
        mutating func set(
            _ key: UnsafeRawBufferPointer, to value: UnsafeRawBufferPointer, isText: Bool, isNull: Bool = false,
            joining: Bool = false, in batch: inout RecordBatch
        ) {
            guard let column = columns.column(of: key, expected: expected) else {
                return addOther(key, value, isText: isText, isNull: isNull)
            }
            expected = column + 1
            var start = batch.nextByte
            if joining, isSet[column], !cells[column].isEmpty {
                let joined = Array(batch.bytes(of: cells[column])) + Array("; ".utf8) + Array(value)
                start = joined.withUnsafeBytes { batch.append($0) }
            } else {
                start = batch.append(value)
            }
            cells[column] = RecordBatch.Cell(start: start, end: batch.nextByte)
            isSet[column] = true
        }

        private mutating func addOther(
            _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, isText: Bool, isNull: Bool
        ) {
            others.append(UInt8(ascii: others.isEmpty ? "{" : ","))
            JSONText.append(string: key, to: &others)
            others.append(UInt8(ascii: ":"))
            if isNull {
                others.append(contentsOf: Array("null".utf8))
            } else if isText {
                JSONText.append(string: value, to: &others)
            } else {
                others.append(contentsOf: value)
            }
        }

        /// Hands the cells to the batch's open row and is empty again.
        mutating func take(into batch: inout RecordBatch) {
            let empty = RecordBatch.Cell(start: batch.nextByte, end: batch.nextByte)
            for column in columns.keys.indices {
                batch.append(isSet[column] ? cells[column] : empty)
                isSet[column] = false
            }
            if !columns.hasOthers {
                others.removeAll(keepingCapacity: true)
            } else if others.isEmpty {
                batch.append(empty)
            } else {
                others.append(UInt8(ascii: "}"))
                others.withUnsafeBytes { batch.append(cell: $0) }
                others.removeAll(keepingCapacity: true)
            }
            expected = 0
        }

        /// What came in so far, as JSON, for a record that becomes no row.
        func json(_ batch: RecordBatch) -> [UInt8] {
            var json: [UInt8] = [UInt8(ascii: "{")]
            for column in columns.keys.indices where isSet[column] && json.count < Reject.rawLimit {
                if json.count > 1 { json.append(UInt8(ascii: ",")) }
                JSONText.append(string: columns.keys[column], to: &json)
                json.append(UInt8(ascii: ":"))
                JSONText.append(string: batch.bytes(of: cells[column]), to: &json)
            }
            return json + [UInt8(ascii: "}")]
        }

        /// Takes along what came in when a batch is handed out in the middle of a record.
        mutating func move(from old: RecordBatch, to new: inout RecordBatch) {
            for column in cells.indices where isSet[column] {
                let start = new.nextByte
                old.bytes(of: cells[column]).withUnsafeBytes { _ = new.append($0) }
                cells[column] = RecordBatch.Cell(start: start, end: new.nextByte)
            }
        }

        /// Forgets what came in.
        mutating func clear() {
            for column in isSet.indices { isSet[column] = false }
            others.removeAll(keepingCapacity: true)
            expected = 0
        }
    }
}
