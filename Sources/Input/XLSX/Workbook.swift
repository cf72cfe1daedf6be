import Records

/// What a workbook says about its sheets: the parts that are read before the rows (ECMA-376, part 1).
struct Workbook {
    struct Sheet: Sendable, Equatable {
        var name: String
        /// The entry of the archive.
        var part: String
        var isHidden: Bool
    }

    private(set) var sheets: [Sheet] = []
    /// Whether days count from 1904, as on old Macs.
    private(set) var countsFrom1904 = false
    /// How numbers are shown, by the style of a cell.
    private(set) var formats: [NumberFormat] = []
    let sharedStringsPart: String?

    /// - Parameter open: opens an entry of the archive; nil where there is none.
    init(file: String, limits: RecordLimits, open: @escaping (String) throws -> (any ByteStream)?) throws {
        let read = { (part: String) throws -> [SmallDocument.Element] in
            guard let stream = try open(part) else { return [] }
            return try SmallDocument.read(stream, limits: limits, file: file)
        }
        let root = Self.targets(try read("_rels/.rels"), in: "")
        let main = root.first { $0.type.hasSuffix("/officeDocument") }?.target ?? "xl/workbook.xml"
        let folder = main.split(separator: "/").dropLast().joined(separator: "/")
        let name = main.split(separator: "/").last.map(String.init) ?? main
        let parts = Self.targets(try read("\(folder)/_rels/\(name).rels"), in: folder)
        for element in try read(main) {
            switch element.name {
            case "workbookPr":
                countsFrom1904 = ["1", "true"].contains(element.attributes["date1904"] ?? "")
            case "sheet":
                let part = parts.first { $0.id == element.attributes["id"] && $0.type.hasSuffix("/worksheet") }
                guard let part else { continue }
                sheets.append(
                    Sheet(
                        name: element.attributes["name"] ?? "", part: part.target,
                        isHidden: element.attributes["state", default: "visible"] != "visible"))
            default: break
            }
        }
        sharedStringsPart = parts.first { $0.type.hasSuffix("/sharedStrings") }?.target
        if let styles = parts.first(where: { $0.type.hasSuffix("/styles") })?.target {
            formats = Self.formats(try read(styles))
        }
        guard !sheets.isEmpty else {
            throw Diagnostic(
                code: "unknown_format", "the workbook has no sheets that can be read", file: file,
                hint: "open it in a spreadsheet and save it as XLSX or as CSV UTF-8")
        }
    }

    /// The sheet that is asked for; the first one that is not hidden where none is.
    func sheet(_ wanted: XLSXSettings.Sheet, file: String) throws -> Sheet {
        let found: Sheet? =
            switch wanted {
            case .first: sheets.first { !$0.isHidden } ?? sheets.first
            case .number(let number): sheets.indices.contains(number - 1) ? sheets[number - 1] : nil
            case .name(let name):
                sheets.first { $0.name == name } ?? sheets.first { $0.name.lowercased() == name.lowercased() }
            }
        if let found { return found }
        throw Diagnostic(
            code: "no_sheet", "the workbook has no such sheet", file: file,
            hint: "set input.xlsx.sheet to one of: \(sheets.map(\.name).joined(separator: ", "))")
    }

    private static func targets(_ elements: [SmallDocument.Element], in folder: String)
        -> [(id: String, type: String, target: String)]
    {
        elements.filter { $0.name == "Relationship" }.map { element in
            var target = element.attributes["Target"] ?? ""
            if target.hasPrefix("/") {
                target.removeFirst()
            } else if !folder.isEmpty {
                target = "\(folder)/\(target)"
            }
            return (element.attributes["Id"] ?? "", element.attributes["Type"] ?? "", target)
        }
    }

    /// `cellXfs` names a number format for each style.
    private static func formats(_ elements: [SmallDocument.Element]) -> [NumberFormat] {
        var codes: [Int: String] = [:]
        var formats: [NumberFormat] = []
        for element in elements {
            let id = element.attributes["numFmtId"].flatMap { Int($0) } ?? 0
            if element.name == "numFmt" { codes[id] = element.attributes["formatCode"] }
            if element.name == "xf", element.parent == "cellXfs" {
                formats.append(codes[id].map(NumberFormat.init(code:)) ?? NumberFormat(builtIn: id))
            }
        }
        return formats
    }
}

/// What the person has set about reading a workbook.
package struct XLSXSettings: Sendable, Equatable {
    package enum Sheet: Sendable, Equatable {
        case first
        /// 1-based.
        case number(Int)
        case name(String)
    }

    package var sheet = Sheet.first
    package var headerRow = HeaderSetting.auto

    package init() {}
}

/// A small XML document as a list of its elements, for the parts of a workbook that describe it.
final class SmallDocument: MarkupHandler {
    struct Element {
        var name: String
        var parent: String
        var attributes: [String: String]
    }

    private var elements: [Element] = []
    private var way: [String] = []

    /// A description with more elements than this is none.
    private static let most = 200_000

    static func read(_ stream: any ByteStream, limits: RecordLimits, file: String) throws -> [Element] {
        let document = SmallDocument()
        let parser = MarkupParser(.xml, handler: document, limits: limits, file: file)
        try parser.feedAll(MarkupText(stream), while: { document.elements.count < most })
        return document.elements
    }

    func start(_ name: UnsafeRawBufferPointer, _ attributes: MarkupAttributes) {
        let name = String(decoding: name, as: UTF8.self)
        var values: [String: String] = [:]
        attributes.forEach { values[String(decoding: $0, as: UTF8.self)] = String(decoding: $1, as: UTF8.self) }
        if elements.count < Self.most {
            elements.append(Element(name: name, parent: way.last ?? "", attributes: values))
        }
        way.append(name)
    }

    func text(_ text: UnsafeRawBufferPointer) {}
    func end() { way.removeLast() }
}
