import Records

/// How the bytes of one export are come by: the file, the entry in it, what they are packed in.
struct ExportOpening {
    let file: InputFile
    /// The entry of a ZIP archive; nil where the file is none.
    let member: String?
    let isWorkbook: Bool
    /// What else lies in the archive and is not read; told once, by its first file.
    var passedOver: [String] = []

    /// The exports in a file: one, or one for each file in an archive.
    static func all(_ path: String, settings: ExportSettings, limits: RecordLimits, keepsPipe: Bool = false) throws
        -> [ExportOpening]
    {
        let file = try InputFile(path, keepsPipe: keepsPipe)
        let head = try file.open().peek(Compression.signatureLength)
        guard Compression.of(head) == .zip else { return [ExportOpening(file: file, member: nil, isWorkbook: false)] }
        switch try ArchiveContents(of: file, patterns: settings.members, limits: limits) {
        case .workbook: return [ExportOpening(file: file, member: nil, isWorkbook: true)]
        case .files(let names, let passedOver):
            return names.enumerated().map { index, name in
                ExportOpening(file: file, member: name, isWorkbook: false, passedOver: index == 0 ? passedOver : [])
            }
        }
    }

    var name: String { member.map { "\(file.name)/\($0)" } ?? file.name }

    /// The bytes, unpacked.
    func bytes(limits: RecordLimits) throws -> (PeekedBytes, Compression) {
        guard let member else { return try Compression.unpacked(file.open(), limits: limits, name: name) }
        guard let entry = try entry(member, limits: limits) else {
            throw Diagnostic(code: "no_input", "the archive does not hold this file any more", file: name)
        }
        return (try Compression.unpacked(PeekedBytes(entry), limits: limits, name: name).0, .zip)
    }

    /// The text as UTF-8.
    ///
    /// - Parameter isMarkup: UTF-8 too goes through the check for broken bytes, which a parser of markup does not survive.
    func text(_ encoding: TextEncoding, isMarkup: Bool, limits: RecordLimits) throws -> PeekedBytes {
        try Self.text(bytes(limits: limits).0, encoding, isMarkup: isMarkup, file: name)
    }

    static func text(_ bytes: PeekedBytes, _ encoding: TextEncoding, isMarkup: Bool, file: String) throws -> PeekedBytes
    {
        guard isMarkup || !encoding.isUTF8 else { return bytes }
        return PeekedBytes(try Transcoder(bytes, from: encoding, file: file))
    }

    private func entry(_ name: String, limits: RecordLimits) throws -> (any ByteStream)? {
        let archive = try Archive(file.openSeekable(), kind: .zip, limits: limits, name: self.name)
        return try archive.open(name) ? archive : nil
    }

    // MARK: Workbooks

    func workbook(limits: RecordLimits) throws -> Workbook {
        try Workbook(file: name, limits: limits) { try entry($0, limits: limits) }
    }

    /// The rows of a sheet.
    func sheet(_ part: String, width: Int?, limits: RecordLimits) throws -> SheetRows {
        let workbook = try workbook(limits: limits)
        let texts = try workbook.sharedStringsPart.flatMap { try entry($0, limits: limits) }
        let strings = try SharedStrings(texts, limits: limits, file: name)
        guard let sheet = try entry(part, limits: limits) else {
            throw Diagnostic(
                code: "damaged_archive", "the workbook lacks the sheet that it names", file: name,
                hint: "open it in a spreadsheet and save it anew")
        }
        return SheetRows(sheet, workbook: workbook, strings: strings, width: width, limits: limits, file: name)
    }
}
