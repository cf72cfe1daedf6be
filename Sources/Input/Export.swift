package import Records

/// One file of leads, opened: what it is, what its columns are called, and its records.
package final class Export {
    package enum Format: Sendable, Equatable {
        case csv(CSVDialect)
        case jsonl

        package var name: String {
            switch self {
            case .csv: "csv"
            case .jsonl: "jsonl"
            }
        }
    }

    /// As the person named it; `standard input` for `-`.
    package let name: String
    package let format: Format
    /// As they stand in the file; empty and repeated names are left as they are.
    package let columns: [String]
    package let hasByteOrderMark: Bool
    /// How sure the dialect is: the share of sampled rows with the usual number of cells, 0–1.
    package let confidence: Double
    /// Nil for standard input and pipes.
    package let fingerprint: FileFingerprint?
    package let path: String
    private let reader: FileReader
    private let dataStart: Position
    private let limits: RecordLimits

    /// How much of a file decides what it is, in bytes.
    static let sampleSize = 1 << 18

    /// Opens a file and finds out what it is.
    ///
    /// - Parameter path: a path, or `-` for standard input.
    /// - Throws: ``Diagnostic`` where the file is missing, empty, of no known format or without a header.
    package init(_ path: String, settings: ExportSettings = ExportSettings(), limits: RecordLimits = RecordLimits())
        throws
    {
        self.path = path
        self.limits = limits
        fingerprint = try FileFingerprint.of(path)
        reader = try FileReader(path)
        let name = reader.name
        self.name = name
        let sample = try reader.peek(Self.sampleSize)
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        hasByteOrderMark = sample.starts(with: mark)
        let text = sample.dropFirst(hasByteOrderMark ? mark.count : 0)
        let isWhole = sample.count < Self.sampleSize
        guard !text.isEmpty else {
            throw Diagnostic(code: "empty_input", "the file is empty", file: name, hint: "export it again")
        }
        let kind = try FormatDetector.format(of: text, wanted: settings.format, file: name)
        let found = try text.withUnsafeBytes { bytes in
            switch kind {
            case .csv:
                let detector = try DialectDetector(bytes, isWhole: isWhole, settings: settings.csv, file: name)
                return (Format.csv(detector.dialect), detector.columns, detector.confidence, detector.dataStart)
            case .jsonl:
                return (Format.jsonl, JSONLColumns(sample: bytes, isWhole: isWhole).names, 1.0, Position.start)
            }
        }
        (format, columns, confidence) = (found.0, found.1, found.2)
        dataStart = Position(byte: found.3.byte + (hasByteOrderMark ? mark.count : 0), line: found.3.line, record: 1)
        guard columns.count <= limits.columns else {
            throw Diagnostic(
                code: "too_many_columns", "the header has \(columns.count) columns; \(limits.columns) are read at most",
                file: name)
        }
    }

    /// The records, from the first one or from where an earlier reader's batch ended.
    ///
    /// Once only for standard input.
    package func records(from position: Position? = nil) throws -> any RecordSource {
        let start = position ?? dataStart
        switch format {
        case .csv(let dialect):
            return try CSVSource(reader, name: name, columns: columns, dialect: dialect, limits: limits, from: start)
        case .jsonl:
            return try JSONLSource(
                reader, name: name, columns: JSONLColumns(names: Array(columns.dropLast())), limits: limits, from: start
            )
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
        case auto, csv, jsonl
    }

    package var format = Format.auto
    package var csv = CSVSettings()

    package init() {}
}
