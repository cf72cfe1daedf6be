import Foundation

/// Columns of text for a person: the first row is the header, numbers stand to the right.
struct TextTable {
    var rows: [[String]]

    var text: String {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        let isNumber = (0..<count).map { column in
            rows.dropFirst().allSatisfy { $0[column].isEmpty || Double($0[column]) != nil }
        }
        return rows.map { row in
            row.indices.map { column in
                let blank = String(repeating: " ", count: widths[column] - row[column].count)
                return isNumber[column] ? blank + row[column] : row[column] + blank
            }.joined(separator: "  ").trimmingSuffix { $0 == " " } + "\n"
        }.joined()
    }
}

extension String {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
        var text = self[...]
        while let last = text.last, predicate(last) { text.removeLast() }
        return String(text)
    }
}

/// Prints an object as JSON, with keys in order.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    FileHandle.standardOutput.write(try encoder.encode(value) + Data("\n".utf8))
}

/// A time as people and programs read it; empty for none.
func timeText(_ seconds: Double?) -> String {
    seconds.map { Date(timeIntervalSince1970: $0).formatted(.iso8601) } ?? ""
}
