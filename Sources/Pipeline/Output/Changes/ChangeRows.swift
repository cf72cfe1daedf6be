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

    /// - Throws: ``Diagnostic`` `no_column` for a column that no export has.
    init(_ changes: ChangeSettings, _ settings: PipelineSettings, _ fields: FieldColumns) throws {
        let number = fields.name(.recordID).map { ImportColumn(name: $0, value: .field(.recordID)) }
        key = number.map(Key.column) ?? .identity
        var front = number.map { [$0] } ?? []
        if number == nil, let email = fields.name(.email) { front = [ImportColumn(name: email, value: .field(.email))] }
        let own = settings.enrich.channels.compactMap { channel in
            fields.name(channel.field).map { ImportColumn(name: $0, value: .contact(channel)) }
        }
        let wanted = (changes.columns.isEmpty ? own : changes.columns).filter { column in
            !front.contains { $0.name == column.name }
        }
        keys = front.count
        cells = try ImportCells(
            columns: front + wanted, fields: fields, rules: EmailRules(settings), file: changes.path)
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
                    file: changes.path,
                    hint: "changes.columns names the columns to import, such as {\"Column in the CRM\": \(homeless[0])}"
                ))
        }
        if fields.name(.recordID) == nil {
            notes.append(
                Diagnostic(
                    .note, code: "no_record_id",
                    "the export has no number for its records, so the import has to find them by their email; rows without one are left out",
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

    /// Rows with something that their record lacks, and how many more there are for whom that cannot be imported, and why.
    func candidates(_ batch: FinishedBatch) -> (rows: [Candidate], leftOut: [String: Int]) {
        var rows: [Candidate] = [], leftOut: [String: Int] = [:]
        for row in 0..<batch.rowCount where batch.facts[row].status == .enriched {
            let contact = Contact(batch: batch, row: row)
            var hasNews = false
            let values = cells.columns.enumerated().map { index, column -> String in
                if index < keys { return cells.value(column, contact) }
                let news = news(column, contact)
                hasNews = hasNews || news != nil
                return news ?? (column.value.isRemark ? cells.value(column, contact) : "")
            }
            guard hasNews else {
                leftOut[record(contact) == nil ? "no_key" : reason(contact), default: 0] += 1
                continue
            }
            if contact.isSuppressed {
                leftOut["suppressed", default: 0] += 1
            } else if let record = record(contact) {
                rows.append(Candidate(row: row, values: values, record: record))
            } else {
                leftOut["no_key", default: 0] += 1
            }
        }
        return (rows, leftOut)
    }

    /// Why something that was found for a row is no news.
    private func reason(_ contact: Contact) -> String {
        let found = contact.batch.facts[contact.row].found.entries.map(\.channel)
        return found.lazy.compactMap { contact.objection($0, cells.rules) }.first
            ?? (found.contains { contact.own($0, cells.rules).isEmpty } ? "no_column" : "has_own")
    }

    /// What stands for the record; nil where an import could not find it, or another row of the person stands for it.
    private func record(_ contact: Contact) -> String? {
        let value: String
        switch key {
        case .column(let column): value = cells.value(column, contact)
        case .identity:
            let number = contact.batch.leads.firstRow + contact.row
            if let first = contact.batch.groups.group(of: number), first != number { return nil }
            value = keys > 0 ? cells.value(cells.columns[0], contact) : contact.batch.people.key(contact.row)
        }
        return value.isEmpty ? nil : value
    }

    /// What a column would get; nil where the record has a value of its own, or nothing was found.
    private func news(_ column: ImportColumn, _ contact: Contact) -> String? {
        let channels: [Channel]
        switch column.value {
        case .contact(let channel): channels = [channel]
        case .email: channels = [.workEmail, .personalEmail]
        case .account:
            let value = cells.value(column, contact)
            return value.isEmpty ? nil : value
        case .hint, .field, .column: return nil
        }
        if channels.contains(where: { !contact.own($0, cells.rules).isEmpty }) { return nil }
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

extension ImportValue {
    /// What comes along with news and is none itself.
    fileprivate var isRemark: Bool {
        switch self {
        case .hint, .field, .column: true
        case .contact, .email, .account: false
        }
    }
}
