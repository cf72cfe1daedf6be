import EnrichmentAPI
import Foundation
import Identity
import Ledger
import Records

/// Turns rows into those of a file of changes: what the run found that the record lacks, under the CRM's own names.
struct ChangeRows: Sendable {
    /// What stands for a record among those that were exported before.
    private enum Key: Sendable {
        case column(ImportColumn)
        /// The person by the strongest hint, where the export has no number for its records.
        case identity
    }

    private let cells: ImportCells
    /// The columns by which an import finds the record, in front.
    private let keys: Int
    private let key: Key
    private let csv = CSVText()

    init(_ changes: ChangeSettings, _ settings: PipelineSettings, _ fields: FieldColumns) {
        let number = fields.name(.recordID).map { ImportColumn(name: $0, value: .field(.recordID)) }
        key = number.map(Key.column) ?? .identity
        var front = number.map { [$0] } ?? []
        if number == nil, let email = fields.name(.email) {
            front = [ImportColumn(name: email, value: .contact(.workEmail))]
        }
        let own = settings.enrich.channels.compactMap { channel in
            fields.name(channel.field).map { ImportColumn(name: $0, value: .contact(channel)) }
        }
        let wanted = (changes.columns.isEmpty ? own : changes.columns).filter { column in
            !front.contains { $0.name == column.name }
        }
        keys = front.count
        cells = ImportCells(columns: front + wanted, fields: fields, rules: EmailRules(settings))
    }

    /// What the person should know: channels that no column of the export takes, and records without a number.
    static func notes(_ changes: ChangeSettings, _ settings: PipelineSettings, _ fields: FieldColumns) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        let homeless = settings.enrich.channels.filter { fields.name($0.field) == nil }.map(\.rawValue)
        if changes.columns.isEmpty, !homeless.isEmpty {
            notes.append(
                Diagnostic(
                    .note, code: "no_column_for_changes",
                    "the export has no column for \(homeless.joined(separator: ", ")), so the changes leave it out",
                    file: changes.path, hint: "name one: changes: {path: …, columns: {\"Mobile\": phone}}"))
        }
        if fields.name(.recordID) == nil {
            notes.append(
                Diagnostic(
                    .note, code: "no_record_id",
                    "the export has no number for its records, so the import has to find them by email",
                    file: changes.path, hint: "export it with the record's number, or set input.columns.record_id"))
        }
        return notes
    }

    var names: [String] { cells.columns.map(\.name) }
    var head: [UInt8] { csv.head(names) }

    /// A row with something that its record lacks.
    struct Candidate: Sendable {
        let row: Int
        let values: [String]
        /// What stands for its record.
        let record: String
        /// All that would be imported, to tell whether it was before.
        var content: String { values.joined(separator: "\u{1F}") }
    }

    func candidates(_ batch: FinishedBatch) -> [Candidate] {
        (0..<batch.rowCount).compactMap { row in
            let contact = Contact(batch: batch, row: row)
            guard batch.facts[row].status == .enriched else { return nil }
            var hasNews = false
            let values = cells.columns.enumerated().map { index, column -> String in
                if index < keys { return cells.value(column, contact) }
                guard let value = news(column, contact) else { return "" }
                hasNews = true
                return value
            }
            guard hasNews else { return nil }
            let record =
                switch key {
                case .column(let column): cells.value(column, contact)
                case .identity: batch.people.key(row)
                }
            return record.isEmpty ? nil : Candidate(row: row, values: values, record: record)
        }
    }

    /// What a column would get; nil where the record has a value of its own, or nothing was found.
    private func news(_ column: ImportColumn, _ contact: Contact) -> String? {
        let channels: [Channel]
        switch column.value {
        case .contact(let channel): channels = [channel]
        case .email: channels = [.workEmail, .personalEmail]
        default:
            let value = cells.value(column, contact)
            return value.isEmpty ? nil : value
        }
        if channels.contains(where: { !contact.own($0).isEmpty }) { return nil }
        return channels.lazy.filter { contact.objection($0, cells.rules) == nil }.map(contact.found)
            .first { !$0.isEmpty }
    }

    func render(_ candidates: [Candidate]) -> ImportedRows {
        var rows = ImportedRows()
        for candidate in candidates {
            rows.bytes += csv.row(candidate.values)
            rows.ends.append(rows.bytes.count)
        }
        return rows
    }
}
