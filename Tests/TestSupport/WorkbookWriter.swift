package import Foundation

/// Writes XLSX workbooks for tests, out of the parts that matter.
package struct WorkbookWriter {
    /// The XML inside `<sheetData>` of each sheet, by name, in order.
    package var sheets: [(name: String, rows: String)]
    /// The XML inside `<sst>`.
    package var sharedStrings = ""
    /// Number formats by number, and for each style which of them it has.
    package var formats: [Int: String] = [:]
    package var styles: [Int] = [0]
    package var countsFrom1904 = false
    package var hidden: Set<String> = []

    package init(_ rows: String) { sheets = [("Sheet1", rows)] }

    /// A sheet of texts.
    package init(texts: [[String]]) {
        self.init("")
        sharedStrings = texts.joined().map { "<si><t xml:space=\"preserve\">\(Self.escaped($0))</t></si>" }.joined()
        var next = 0
        let rows = texts.enumerated().map { number, row in
            let cells = row.enumerated().map { column, _ in
                defer { next += 1 }
                return "<c r=\"\(Self.letters(column))\(number + 1)\" t=\"s\"><v>\(next)</v></c>"
            }
            return "<row r=\"\(number + 1)\">\(cells.joined())</row>"
        }
        sheets = [("Leads", rows.joined())]
    }

    package func data() -> Data {
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        let package = "http://schemas.openxmlformats.org/package/2006/relationships"
        let numbered = sheets.enumerated().map { ($0 + 1, $1) }
        var files: [(String, String)] = [
            ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"),
            (
                "_rels/.rels",
                "<Relationships xmlns=\"\(package)\"><Relationship Id=\"rId1\" Type=\"\(office)/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
            (
                "xl/workbook.xml",
                "<workbook xmlns=\"\(main)\" xmlns:r=\"\(office)\"><workbookPr date1904=\"\(countsFrom1904 ? 1 : 0)\"/><sheets>"
                    + numbered.map {
                        "<sheet name=\"\(Self.escaped($1.name))\" sheetId=\"\($0)\" r:id=\"rId\($0)\""
                            + (hidden.contains($1.name) ? " state=\"hidden\"" : "") + "/>"
                    }.joined() + "</sheets></workbook>"
            ),
            (
                "xl/_rels/workbook.xml.rels",
                "<Relationships xmlns=\"\(package)\">"
                    + numbered.map {
                        "<Relationship Id=\"rId\($0.0)\" Type=\"\(office)/worksheet\" Target=\"worksheets/sheet\($0.0).xml\"/>"
                    }.joined()
                    + "<Relationship Id=\"s\" Type=\"\(office)/sharedStrings\" Target=\"sharedStrings.xml\"/>"
                    + "<Relationship Id=\"t\" Type=\"\(office)/styles\" Target=\"/xl/styles.xml\"/></Relationships>"
            ),
            ("xl/sharedStrings.xml", "<sst xmlns=\"\(main)\">\(sharedStrings)</sst>"),
            (
                "xl/styles.xml",
                "<styleSheet xmlns=\"\(main)\"><numFmts>"
                    + formats.sorted { $0.key < $1.key }.map {
                        "<numFmt numFmtId=\"\($0.key)\" formatCode=\"\(Self.escaped($0.value))\"/>"
                    }.joined() + "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>"
                    + styles.map { "<xf numFmtId=\"\($0)\"/>" }.joined() + "</cellXfs></styleSheet>"
            ),
        ]
        for (number, sheet) in numbered {
            files.append(
                (
                    "xl/worksheets/sheet\(number).xml",
                    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"\(main)\"><dimension ref=\"A1:XFD1048576\"/><sheetData>\(sheet.rows)</sheetData></worksheet>"
                ))
        }
        return ArchiveWriter.zip(files.map { ($0.0, Data($0.1.utf8)) })
    }

    package static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { specials.contains($0) }) else { return text }
        return text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: "\"", with: "&quot;").replacingOccurrences(of: "\r", with: "&#13;")
            .replacingOccurrences(of: "\n", with: "&#10;")
    }

    private static let specials = Array("&<\"\r\n".utf8)

    private static func letters(_ column: Int) -> String {
        let last = String(UnicodeScalar(UInt8(65 + column % 26)))
        return column < 26 ? last : letters(column / 26 - 1) + last
    }
}
