import Foundation
import Identity
import Input
import Records

/// What one file is and holds (contract, section 4), for a person or a script.
package struct Inspection: Sendable {
    struct Column: Sendable {
        /// 1-based.
        var index: Int
        var name: String
        var field: Field?
        /// A few different values, cut where they are long.
        var examples: [String] = []
    }

    struct Dialect: Sendable {
        var delimiter: String
        var quote: String?
        var escape: String
        /// The line or row with the column names, 1-based; nil where there is none.
        var headerRow: Int?
        /// Rows that the column names were put together from.
        var headerRows: Int
    }

    let name: String
    let format: String
    /// What else there is to say about the format: the sheet, the element, the table.
    let detail: String?
    let compression: String
    let encoding: String
    let hasByteOrderMark: Bool
    let confidence: Double
    let crm: String?
    let dialect: Dialect?
    let mapping: HeaderMapping
    private(set) var columns: [Column]
    private(set) var rows = 0
    private(set) var rejects: [String: Int] = [:]
    /// Rows that have each hint in a valid form.
    private(set) var hints: [Field: Int] = [:]
    /// Rows whose identity an earlier row has.
    private(set) var duplicates = 0
    private(set) var cost: AskEstimate
    private(set) var notes: [Diagnostic]

    /// Hints that are counted, with the field that each is found in.
    static let counted: [(hint: Hint, field: Field)] = [
        (.email, .email), (.personalEmail, .personalEmail), (.linkedinURL, .linkedinURL),
        (.companyDomain, .companyDomain), (.firstName, .firstName), (.lastName, .lastName),
        (.companyName, .companyName), (.phone, .phone),
    ]

    /// Reads whole files.
    package static func all(_ settings: PipelineSettings) throws -> [Inspection] {
        try settings.input.open(noting: { _ in }).map { try Inspection($0, settings) }
    }

    private init(_ export: Export, _ settings: PipelineSettings) throws {
        name = export.name
        format = export.format.name
        compression = export.compression.rawValue
        encoding = export.encoding.name
        hasByteOrderMark = export.hasByteOrderMark
        confidence = export.confidence
        crm = KnownExport.crm(of: export.columns)
        detail = Self.detail(export.format)
        dialect = Self.dialect(export)
        notes = export.notes
        cost = AskEstimate(settings.enrich)
        let mapping: HeaderMapping
        do {
            mapping = try HeaderMapping(
                header: export.columns, empty: export.emptyColumns, chosen: settings.input.columns, file: export.name)
        } catch let problem as Diagnostic where problem.code == "no_hint_column" {
            // What a file holds is worth knowing also where nobody in it can be found.
            mapping = HeaderMapping(guessing: export.columns)
            notes.append(problem.asWarning)
        }
        self.mapping = mapping
        columns = export.columns.enumerated().map { index, name in
            Column(index: index + 1, name: name, field: mapping.field(of: index))
        }
        for (_, field) in Self.counted { hints[field] = 0 }
        try count(export, settings)
    }

    private static func detail(_ format: Export.Format) -> String? {
        switch format {
        case .csv: nil
        case .jsonl(let layout):
            switch layout.arrangement {
            case .lines: "one object a line"
            case .array: "one array of objects"
            case .sequence: "objects one after the other"
            }
        case .xml(let layout): "each <\(layout.record.last ?? "")> is a record"
        case .xlsx(_, let sheet, _): "sheet '\(sheet)'"
        case .html(let table, _): "table \(table) of the page"
        }
    }

    private static func dialect(_ export: Export) -> Dialect? {
        var line: Int?
        var count = 0
        if case .rows(let first, let rows)? = export.header { (line, count) = (first, rows) }
        guard case .csv(let found) = export.format else { return nil }
        return Dialect(
            delimiter: String(decoding: [found.delimiter], as: UTF8.self),
            quote: found.quote.map { String(decoding: [$0], as: UTF8.self) }, escape: found.escape.rawValue,
            headerRow: line, headerRows: count)
    }

    private mutating func count(_ export: Export, _ settings: PipelineSettings) throws {
        let normalizer = Normalizer(
            mapping,
            settings: Normalizer.Settings(
                region: settings.input.region, collapsesSubaddress: settings.identity.collapsesSubaddress))
        // Hashes stand for keys, so that a large file needs eight bytes a person.
        var seen: Set<Int> = []
        var remarkable = RecordNotes()
        var hintNotes = HintNotes()
        let records = try export.records()
        while let batch = try records.next() {
            let people = normalizer.identify(batch)
            if rows < Self.sampledRows { collectExamples(batch) }
            rows += batch.rowCount
            remarkable.add(batch.notes)
            hintNotes.add(people.notes)
            for reject in batch.rejects { rejects[reject.reason, default: 0] += 1 }
            for row in 0..<batch.rowCount {
                for (hint, field) in Self.counted where !people[row, hint].isEmpty { hints[field, default: 0] += 1 }
                let key = people.key(row)
                if !key.isEmpty, !seen.insert(key.hashValue).inserted {
                    duplicates += 1
                } else {
                    cost.add(RowNeeds(people, row, settings.enrich))
                }
            }
        }
        notes += remarkable.diagnostics(file: export.name) + hintNotes.diagnostics(file: export.name)
    }

    /// Rows among which examples are looked for.
    private static let sampledRows = 10_000
    private static let mostExamples = 3
    private static let exampleLength = 32

    private mutating func collectExamples(_ batch: RecordBatch) {
        for column in columns.indices {
            for row in 0..<batch.rowCount where columns[column].examples.count < Self.mostExamples {
                let cell = batch[row, column]
                guard !cell.isEmpty else { continue }
                let text = String(decoding: cell.prefix(200), as: UTF8.self).replacing("\n", with: " ")
                let shown = text.count > Self.exampleLength ? text.prefix(Self.exampleLength) + "…" : text[...]
                if !columns[column].examples.contains(String(shown)) { columns[column].examples.append(String(shown)) }
            }
        }
    }

    var rejected: Int { rejects.values.reduce(0, +) }
}

extension Diagnostic {
    /// The same, for somebody who can go on all the same.
    fileprivate var asWarning: Diagnostic {
        var warning = self
        warning.severity = .warning
        return warning
    }
}
