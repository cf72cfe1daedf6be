import Records

/// Finds out what an export is: packing, encoding, format, layout, columns, in this order.
struct ExportDetector {
    private(set) var format: Export.Format
    private(set) var columns: [String]
    private(set) var compression: Compression
    private(set) var encoding = TextEncoding.utf8
    private(set) var hasByteOrderMark = false
    private(set) var hasCarriageReturns = false
    private(set) var header: HeaderPlace?
    private(set) var confidence = 1.0
    private(set) var notes: [Diagnostic] = []
    private(set) var dataStart = Position.start
    private(set) var emptyColumns: Set<Int> = []
    /// The text of a pipe, looked at and not read.
    private(set) var pipe: PeekedBytes?

    /// How much of a file decides what it is, in bytes.
    static let sampleSize = 1 << 18
    /// Bytes of U+FEFF in UTF-8.
    static let markLength = 3

    /// - Throws: ``Diagnostic`` where the file is empty, or of no known format.
    init(_ opening: ExportOpening, settings: ExportSettings, limits: RecordLimits) throws {
        if opening.isWorkbook {
            (format, columns, compression) = (.xlsx(part: "", name: "", rowsAbove: 0), [], .none)
            try readWorkbook(opening, settings, limits)
            return
        }
        let (bytes, packing) = try opening.bytes(limits: limits)
        compression = packing
        let file = opening.name
        let head = try bytes.peek(Self.sampleSize)
        guard !head.isEmpty else {
            throw Diagnostic(code: "empty_input", "the file is empty", file: file, hint: "export it again")
        }
        if Compression.of(head) != .none {
            throw Diagnostic(
                code: "unknown_format", "this is packed twice", file: file, hint: "unpack it once")
        }
        try FormatDetector.refuse(head, file: file)
        (format, columns) = (.jsonl(JSONLayout.empty), [])
        try detectEncoding(head, settings, file: file)

        var text = try ExportOpening.text(bytes, encoding, isMarkup: false, file: file)
        var sample = try text.peek(Self.sampleSize)
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        hasByteOrderMark = sample.starts(with: mark)
        if hasByteOrderMark { sample.removeFirst(mark.count) }
        hasCarriageReturns = sample.firstIndex(of: 10).map { $0 > 0 && sample[$0 - 1] == 13 } ?? false
        let isWhole = sample.count + Self.markLength < Self.sampleSize
        guard !sample.isEmpty else {
            throw Diagnostic(code: "empty_input", "the file is empty", file: file, hint: "export it again")
        }
        let kind = try FormatDetector.kind(of: sample, wanted: settings.format, file: file)
        if kind == .xml || kind == .html, encoding.isUTF8 {
            text = try ExportOpening.text(bytes, encoding, isMarkup: true, file: file)
        }
        switch kind {
        case .csv: try readCSV(sample, isWhole, settings, limits, file)
        case .json:
            let layout = try JSONLayout(sample, isWhole: isWhole, limits: limits, file: file)
            format = .jsonl(layout)
            columns = layout.columns.names
        case .xml: try readXML(sample, isWhole, settings, limits, file)
        case .html: try readHTML(sample, settings, limits, file)
        }
        if hasByteOrderMark { dataStart.byte += kind == .csv || kind == .json ? mark.count : 0 }
        if opening.file.isPipe, opening.member == nil { pipe = text }
    }

    /// - Throws: ``Diagnostic`` `unknown_format` for bytes that are no text in any encoding.
    private mutating func detectEncoding(_ head: [UInt8], _ settings: ExportSettings, file: String) throws {
        let found = EncodingDetector(head)
        encoding = settings.encoding ?? found.encoding
        guard settings.encoding == nil, found.evidence == .guess else { return }
        guard !EncodingDetector.isBinary(head) else {
            throw Diagnostic(
                code: "unknown_format", "this is no text, and no format that is read", file: file,
                hint: "export it as CSV; where it is text all the same, set input.encoding")
        }
        notes.append(
            Diagnostic(
                .warning, code: "guessed_encoding",
                "the text is not UTF-8; it is read as \(encoding.name), which is a guess",
                file: file, hint: "look at names with accents; where they are wrong, set input.encoding"))
    }

    private mutating func readCSV(
        _ sample: [UInt8], _ isWhole: Bool, _ settings: ExportSettings, _ limits: RecordLimits, _ file: String
    ) throws {
        let found = try DialectDetector(sample, isWhole: isWhole, settings: settings.csv, limits: limits, file: file)
        format = .csv(found.dialect)
        columns = settings.rules.columns(found.columns)
        header = found.dialect.header
        emptyColumns = found.emptyColumns
        confidence = found.confidence
        dataStart = Position(byte: found.dataStart.byte, line: found.dataStart.line, record: 1)
        notes += found.notes
    }

    private mutating func readXML(
        _ sample: [UInt8], _ isWhole: Bool, _ settings: ExportSettings, _ limits: RecordLimits, _ file: String
    ) throws {
        let text = PeekedBytes(MarkupText(try Transcoder(SampleBytes(sample), from: .utf8, file: file)))
        let layout = try XMLLayout(
            text.peek(sample.count * MarkupText.mark.count), isWhole: isWhole, settings: settings.xml, limits: limits,
            file: file)
        format = .xml(layout)
        columns = layout.columns
    }

    private mutating func readHTML(
        _ sample: [UInt8], _ settings: ExportSettings, _ limits: RecordLimits, _ file: String
    ) throws {
        let rows = { (number: Int) in
            HTMLTable(
                try Transcoder(SampleBytes(sample), from: .utf8, file: file), number: number, limits: limits, file: file
            )
        }
        let all = try rows(1)
        var ignored = RecordBatch(columnCount: 1, start: .start)
        while try all.next(into: &ignored) != nil { ignored = RecordBatch(columnCount: 1, start: .start) }
        let counts = all.rowsInTable
        let largest = counts.indices.max { counts[$0] < counts[$1] }
        let number = settings.html.number ?? (largest.map { $0 + 1 } ?? 1)
        guard counts.indices.contains(number - 1) else {
            throw Diagnostic(
                code: "no_table", counts.isEmpty ? "the page has no table" : "the page has \(counts.count) tables",
                file: file, hint: "export it as CSV")
        }
        if counts.count > 1, settings.html.number == nil {
            notes.append(
                Diagnostic(
                    .note, code: "many_tables", "the page has \(counts.count) tables; number \(number) is read",
                    file: file,
                    hint: "set input.html.table for another"))
        }
        let found = try TableHeader(rows(number), setting: settings.html.headerRow, file: file)
        take(found, settings.rules)
        format = .html(table: number, rowsAbove: found.rowsAbove)
    }

    private mutating func readWorkbook(
        _ opening: ExportOpening, _ settings: ExportSettings, _ limits: RecordLimits
    ) throws {
        let workbook = try opening.workbook(limits: limits)
        let sheet = try workbook.sheet(settings.xlsx.sheet, file: opening.name)
        if workbook.sheets.count > 1, settings.xlsx.sheet == .first {
            notes.append(
                Diagnostic(
                    .note, code: "many_sheets",
                    "the workbook has \(workbook.sheets.count) sheets; '\(sheet.name)' is read", file: opening.name,
                    hint: "set input.xlsx.sheet for another"))
        }
        let rows = try opening.sheet(sheet.part, width: nil, limits: limits)
        let found = try TableHeader(rows, setting: settings.xlsx.headerRow, file: opening.name)
        take(found, settings.rules)
        format = .xlsx(part: sheet.part, name: sheet.name, rowsAbove: found.rowsAbove)
    }

    private mutating func take(_ found: TableHeader, _ rules: ReadingRules) {
        columns = rules.columns(found.columns)
        header = found.place
        emptyColumns = found.emptyColumns
        confidence = found.confidence
        notes += found.notes
        dataStart = Position(byte: found.rowsAbove, line: 1, record: 1)
    }
}
