package import Foundation

/// A kind of file that holds a table, for what has to be true of all of them.
package enum TableFormat: String, CaseIterable, Sendable {
    case csv, jsonl, jsonArray, xml, xlsx, html, csvInGzip, csvInZip, csvInUTF16

    /// A table with the columns `a`, `b` and `c`, in this format.
    package func data(_ rows: [[String]]) throws -> Data {
        switch self {
        case .csv: Data(Self.csv(rows).utf8)
        case .csvInGzip: ArchiveWriter.compressed(Data(Self.csv(rows).utf8), .gzip)
        case .csvInZip: ArchiveWriter.zip([("leads.csv", Data(Self.csv(rows).utf8))])
        case .csvInUTF16: Data([0xFF, 0xFE]) + (Self.csv(rows).data(using: .utf16LittleEndian) ?? Data())
        case .jsonl: Data((try Self.objects(rows).joined(separator: "\n") + "\n").utf8)
        case .jsonArray: Data(("[\n" + (try Self.objects(rows).joined(separator: ",\n")) + "\n]\n").utf8)
        case .xml:
            Data(
                ("<leads>\n"
                    + rows.map { row in
                        "<lead>"
                            + zip(["a", "b", "c"], row).map {
                                "<\($0)>\(WorkbookWriter.escaped($1))</\($0)>"
                            }.joined() + "</lead>\n"
                    }.joined() + "</leads>\n").utf8)
        case .xlsx: WorkbookWriter(texts: [["a", "b", "c"]] + rows).data()
        case .html:
            Data(
                ("<html><body><table>\n<tr><th>a</th><th>b</th><th>c</th></tr>\n"
                    + rows.map { row in
                        "<tr>" + row.map { "<td>\(WorkbookWriter.escaped($0))</td>" }.joined() + "</tr>\n"
                    }.joined() + "</table></body></html>\n").utf8)
        }
    }

    private static func csv(_ rows: [[String]]) -> String {
        "a,b,c\n"
            + rows.map {
                $0.map { "\"\(doubled($0))\"" }.joined(separator: ",")
            }
            .joined(separator: "\n") + "\n"
    }

    private static func doubled(_ text: String) -> String {
        text.utf8.contains(UInt8(ascii: "\"")) ? text.replacingOccurrences(of: "\"", with: "\"\"") : text
    }

    private static func objects(_ rows: [[String]]) throws -> [String] {
        let encoder = JSONEncoder()
        return try rows.map { row in
            let texts = try row.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
            return "{\"a\":\(texts[0]),\"b\":\(texts[1]),\"c\":\(texts[2])}"
        }
    }

    /// A page collapses blanks and cannot say that a cell is empty at the end of a row.
    package func shown(_ rows: [[String]]) -> [[String]] {
        guard self == .html else { return rows }
        return rows.map { row in
            row.map { cell in
                cell.split { " \n\r\r\n\t".contains($0) }.joined(separator: " ")
            }
        }
    }

    /// The line on which a row stands, where rows stand on one line each.
    package func line(ofRow number: Int) -> Int {
        switch self {
        case .jsonl: number
        case .html: number + 2
        default: number + 1
        }
    }

    package var isByBytes: Bool { [.csv, .jsonl, .jsonArray].contains(self) }
}
