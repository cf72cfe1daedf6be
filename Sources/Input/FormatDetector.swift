import Records

/// Says what a text is from its beginning, never from its name.
enum FormatDetector {
    enum Kind {
        case csv, json, xml, html
    }

    /// - Parameters:
    ///   - bytes: the first bytes as they stand in the file.
    /// - Throws: ``Diagnostic`` that names a format that is not read, and what to do instead.
    static func refuse(_ bytes: [UInt8], file: String) throws {
        for (signature, name, hint) in refused where bytes.starts(with: signature) {
            throw Diagnostic(code: "unknown_format", "this is \(name), which is not read", file: file, hint: hint)
        }
        if bytes.dropFirst(257).starts(with: "ustar".utf8) {
            throw Diagnostic(
                code: "unknown_format", "this is a tar archive, which is not read", file: file,
                hint: "unpack it, or pack the files as zip")
        }
    }

    /// - Parameter sample: the first bytes as UTF-8, without a byte order mark.
    static func kind(of sample: [UInt8], wanted: ExportSettings.Format, file: String) throws -> Kind {
        switch wanted {
        case .csv: return .csv
        case .jsonl: return .json
        case .xml: return .xml
        case .html: return .html
        case .xlsx:
            throw Diagnostic(
                code: "unknown_format", "this is no XLSX workbook", file: file, hint: "set input.format to auto")
        case .auto: break
        }
        let start = sample.drop { isBlank($0) }
        let next = start.dropFirst().first { !isBlank($0) }
        switch start.first {
        case UInt8(ascii: "{") where next == UInt8(ascii: "\"") || next == UInt8(ascii: "}"): return .json
        case UInt8(ascii: "[") where next == UInt8(ascii: "{") || next == UInt8(ascii: "]"): return .json
        case UInt8(ascii: "<"):
            return isPage(start.prefix(4096)) ? .html : .xml
        default: return .csv
        }
    }

    /// Whether the first tag, behind declarations and comments, is one of HTML.
    private static func isPage(_ start: ArraySlice<UInt8>) -> Bool {
        let head = String(decoding: start, as: UTF8.self).lowercased()
        let tags = head.split(separator: "<").map { $0.prefix { $0.isLetter || $0.isNumber || "!?-".contains($0) } }
        if head.contains("<!doctype html") || head.contains("<html") { return true }
        guard let first = tags.first(where: { !$0.hasPrefix("!") && !$0.hasPrefix("?") && !$0.isEmpty }) else {
            return false
        }
        return ["table", "head", "meta", "body", "div", "style", "font", "center", "p"].contains(first)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }

    private static let saveAnew = "open it in a spreadsheet and save it as XLSX or as CSV UTF-8"
    private static let refused: [(signature: [UInt8], name: String, hint: String)] = [
        (
            [0xD0, 0xCF, 0x11, 0xE0], "an old binary Excel workbook (.xls), or one with a password",
            "open it in a spreadsheet and save it as XLSX without a password, or as CSV UTF-8"
        ),
        (Array("%PDF".utf8), "a PDF document", "export it as CSV"),
        (Array("PAR1".utf8), "a Parquet file", "convert it to CSV or JSONL"),
        (Array("Obj\u{1}".utf8), "an Avro file", "convert it to CSV or JSONL"),
        (Array("MIME-Version:".utf8), "a web archive", saveAnew),
        ([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive", "unpack it"), (Array("Rar!".utf8), "a RAR archive", "unpack it"),
    ]
}
