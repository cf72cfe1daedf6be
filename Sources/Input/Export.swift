package import Records

/// One file of leads: what it is, what its columns are called, and its records.
///
/// A file is looked at when it is made and opened again when its records are read, so many of them take no descriptors.
package final class Export {
    package enum Format: Sendable, Equatable {
        case csv(CSVDialect)
        case jsonl(JSONLayout)
        case xml(XMLLayout)
        /// A sheet's entry in the archive and its name, and how many rows are above the data.
        case xlsx(part: String, name: String, rowsAbove: Int)
        /// The number of a table in the page, 1-based.
        case html(table: Int, rowsAbove: Int)

        package var name: String {
            switch self {
            case .csv: "csv"
            case .jsonl: "jsonl"
            case .xml: "xml"
            case .xlsx: "xlsx"
            case .html: "html"
            }
        }
    }

    /// As the person named it; `standard input` for `-`; a file in an archive with the archive before it.
    package let name: String
    package let format: Format
    /// As they stand in the file; empty and repeated names are left as they are.
    package let columns: [String]
    /// Columns in which no row of the beginning has a value.
    package let emptyColumns: Set<Int>
    package let compression: Compression
    package let encoding: TextEncoding
    package let hasByteOrderMark: Bool
    /// Whether its first line ends in a carriage return and a line feed.
    package let hasCarriageReturns: Bool
    /// Where the column names stand, for formats that have a place for them.
    package let header: HeaderPlace?
    /// How sure the layout is: the share of sampled rows with the usual number of cells, 0–1.
    package let confidence: Double
    /// What could not be told for sure, and what the person should know about how the file is read.
    package let notes: [Diagnostic]

    private let opening: ExportOpening
    private let limits: RecordLimits
    private let rules: ReadingRules
    private let dataStart: Position
    /// The text of a pipe, which can be opened once only.
    private var pipe: PeekedBytes?

    /// Opens a file and finds out what it is.
    ///
    /// - Parameter path: a path, or `-` for standard input. An archive must hold one file.
    /// - Throws: ``Diagnostic`` where the file is missing, empty or of no known format.
    package convenience init(
        _ path: String, settings: ExportSettings = ExportSettings(), limits: RecordLimits = RecordLimits()
    ) throws {
        let openings = try ExportOpening.all(path, settings: settings, limits: limits)
        guard openings.count == 1 else {
            throw Diagnostic(
                code: "many_files", "the archive holds \(openings.count) files, and one is read here", file: path,
                hint: "say which: input.members: [\"\(openings.first?.member ?? "")\"]")
        }
        try self.init(openings[0], settings: settings, limits: limits)
    }

    init(_ opening: ExportOpening, settings: ExportSettings, limits: RecordLimits) throws {
        self.opening = opening
        self.limits = limits
        rules = settings.rules
        name = opening.name
        let found = try ExportDetector(opening, settings: settings, limits: limits)
        format = found.format
        columns = found.columns
        emptyColumns = found.emptyColumns
        compression = found.compression
        encoding = found.encoding
        hasByteOrderMark = found.hasByteOrderMark
        hasCarriageReturns = found.hasCarriageReturns
        header = found.header
        confidence = found.confidence
        notes =
            opening.passedOver.map {
                Diagnostic(
                    .note, code: "passed_over",
                    "the archive holds '\($0)' too, which is empty or no table and was left out",
                    file: opening.file.name, hint: "where it is one, name it: input.members")
            } + found.notes
        dataStart = found.dataStart
        pipe = found.pipe
        guard columns.count <= limits.columns else {
            throw Diagnostic(
                code: "too_many_columns", "the file has \(columns.count) columns; \(limits.columns) are read at most",
                file: name, hint: "where that is right, raise input.limits.columns")
        }
    }

    package var path: String { opening.file.path }
    /// The file in an archive, where it is one.
    package var member: String? { opening.member }
    /// Nil for standard input and pipes.
    package var fingerprint: FileFingerprint? { opening.file.fingerprint }

    /// The records, from the first one or from where an earlier reader's batch ended.
    ///
    /// Once only for a pipe.
    package func records(from position: Position? = nil) throws -> any RecordSource {
        let start = position ?? dataStart
        switch format {
        case .csv(let dialect):
            return try CSVSource(
                text(), name: name, columns: columns, dialect: dialect, rules: rules, limits: limits, from: start)
        case .jsonl(let layout):
            return try JSONSource(text(), name: name, layout: layout, rules: rules, limits: limits, from: start)
        case .xml(let layout):
            return try XMLSource(
                text(withoutMark: true), name: name, layout: layout, rules: rules, limits: limits, from: start)
        case .html(let table, _):
            let rows = HTMLTable(try text(withoutMark: true), number: table, limits: limits, file: name)
            return try TableSource(rows, name: name, columns: columns, rules: rules, limits: limits, from: start)
        case .xlsx(let part, _, _):
            let rows = try opening.sheet(part, width: columns.count, limits: limits)
            return try TableSource(rows, name: name, columns: columns, rules: rules, limits: limits, from: start)
        }
    }

    /// The text as UTF-8.
    private func text(withoutMark: Bool = false) throws -> any ByteStream {
        let text: any ByteStream = try pipe ?? opening.text(encoding, isMarkup: isMarkup, limits: limits)
        if withoutMark, hasByteOrderMark { _ = try text.skip(ExportDetector.markLength) }
        return text
    }

    private var isMarkup: Bool {
        switch format {
        case .xml, .html: true
        default: false
        }
    }

    /// - Throws: ``Diagnostic`` `input_changed` where the file is not what it was when it was opened.
    package func checkUnchanged() throws {
        guard let fingerprint, let now = try FileFingerprint.of(path), let change = fingerprint.difference(to: now)
        else { return }
        throw Diagnostic(
            code: "input_changed", "the file changed while it was read: \(change)", file: name,
            hint: "wait until the export is complete, then start over with --fresh")
    }
}

/// What the person has set about reading a file; what is nil or auto is found out.
package struct ExportSettings: Sendable, Equatable {
    package enum Format: String, Sendable, CaseIterable {
        case auto, csv, jsonl, xml, xlsx, html
    }

    package var format = Format.auto
    /// Nil is found out.
    package var encoding: TextEncoding?
    package var csv = CSVSettings()
    package var xml = XMLSettings()
    package var xlsx = XLSXSettings()
    package var html = HTMLSettings()
    package var rules = ReadingRules()
    /// Which files of an archive are read: names or patterns; none is all.
    package var members: [String] = []

    package init() {}
}
