import Records

/// Says what a file is from its first bytes, never from its name.
enum FormatDetector {
    enum Kind {
        case csv, jsonl
    }

    /// - Throws: ``Diagnostic`` that names a format that is not read, and what to do instead.
    static func format(of sample: ArraySlice<UInt8>, wanted: ExportSettings.Format, file: String) throws -> Kind {
        for (signature, name, hint) in refused where sample.starts(with: signature) {
            throw Diagnostic(code: "unknown_format", "this is \(name), which is not read", file: file, hint: hint)
        }
        if !isUTF8(sample) {
            throw Diagnostic(
                code: "not_utf8", "the text is not UTF-8", file: file,
                hint: "save it as \"CSV UTF-8\", or convert it: iconv -f WINDOWS-1252 -t UTF-8 FILE")
        }
        switch wanted {
        case .csv: return .csv
        case .jsonl: return .jsonl
        case .auto: break
        }
        let first = sample.first { ![UInt8(ascii: " "), UInt8(ascii: "\t"), 10, 13].contains($0) }
        switch first {
        case UInt8(ascii: "{"): return .jsonl
        case UInt8(ascii: "["):
            throw Diagnostic(
                code: "unknown_format", "this is one JSON array, not a JSON object a line", file: file,
                hint: "convert it: jq -c '.[]' FILE")
        case UInt8(ascii: "<"):
            throw Diagnostic(
                code: "unknown_format", "this is XML or HTML, which is not read", file: file, hint: "export it as CSV")
        default: return .csv
        }
    }

    private static let saveAsCSV = "export it as CSV, or open it in a spreadsheet and save it as CSV UTF-8"
    private static let refused: [(signature: [UInt8], name: String, hint: String)] = [
        ([0x1F, 0x8B], "gzip", "unpack it: gunzip FILE"),
        ([0x28, 0xB5, 0x2F, 0xFD], "Zstandard", "unpack it: unzstd FILE"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz", "unpack it: unxz FILE"),
        ([0x42, 0x5A, 0x68], "bzip2", "unpack it: bunzip2 FILE"),
        ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive or an XLSX workbook", saveAsCSV),
        ([0xD0, 0xCF, 0x11, 0xE0], "an old binary Excel workbook", saveAsCSV),
        ([0xFF, 0xFE], "UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8 FILE"),
        ([0xFE, 0xFF], "UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8 FILE"),
    ]

    /// A sample may end within a character, so its last three bytes do not count.
    private static func isUTF8(_ sample: ArraySlice<UInt8>) -> Bool {
        var text = sample
        for _ in 0..<3 where text.last.map({ $0 >= 0x80 }) == true { text = text.dropLast() }
        return text.withUnsafeBytes { UTF8Check.isValid($0) }
    }
}
