import EnrichmentAPI
import Foundation
import Identity
import Records

/// What stands in the columns of an import, for a row.
struct ImportCells: Sendable {
    let columns: [ImportColumn]
    let fields: FieldColumns
    let rules: EmailRules

    /// - Throws: ``Diagnostic`` `no_column` for a column that no export has.
    init(columns: [ImportColumn], fields: FieldColumns, rules: EmailRules, file: String) throws {
        for case .column(let name) in columns.map(\.value) where !fields.names.contains(name) {
            throw Diagnostic(
                code: "no_column", "no export has a column '\(name)'", file: file,
                hint: "the columns are: \(fields.names.prefix(40).joined(separator: ", "))")
        }
        self.columns = columns
        self.fields = fields
        self.rules = rules
    }

    /// The best value of a channel; the row's own email as it stands in the export, since the import finds the record by it.
    private func best(_ channel: Channel, _ contact: Contact) -> String {
        let best = contact.best(channel, rules)
        guard channel.isEmail, !best.isEmpty, best == contact.own(channel, rules),
            let column = fields.column(channel.field, file: contact.batch.leads.file)
        else { return best }
        let cell = contact.batch.batch.text(contact.row, column).trimmingCharacters(in: .whitespaces)
        let isPlain = cell.allSatisfy { !$0.isWhitespace && !"<>;,()\"'".contains($0) } && cell.count { $0 == "@" } == 1
        return isPlain ? cell : best
    }

    func value(_ column: ImportColumn, _ contact: Contact) -> String {
        let batch = contact.batch, row = contact.row, file = batch.leads.file
        switch column.value {
        case .contact(let channel): return best(channel, contact)
        case .email:
            let work = best(.workEmail, contact)
            return work.isEmpty ? best(.personalEmail, contact) : work
        case .hint(let hint):
            let text = batch.people.text(row, hint)
            // An import that refuses people without a company takes its domain better than nothing.
            return text.isEmpty && hint == .companyName && column.isRequired
                ? batch.people.text(row, .companyDomain) : text
        case .field(let field): return fields.column(field, file: file).map { batch.batch.text(row, $0) } ?? ""
        case .account(let name): return batch.facts[row].account?[name] ?? ""
        case .column(let name): return fields.column(named: name, file: file).map { batch.batch.text(row, $0) } ?? ""
        }
    }
}

/// The rows of a batch for an import: their bytes, and which were left out why.
struct ImportedRows: Sendable {
    var bytes: [UInt8] = []
    /// Where each row ends in the bytes.
    var ends: [Int] = []
    /// Their numbers in the run, 1-based, and what stands for the person of each.
    var numbers: [Int] = []
    var keys: [[String]] = []
    var leftOut: [String: Int] = [:]

    /// Without the rows of people who are in already.
    func only(_ isIn: [Bool]) -> ImportedRows {
        guard isIn.contains(false) else { return self }
        var rows = ImportedRows(leftOut: leftOut)
        for (index, isIn) in isIn.enumerated() {
            guard isIn else {
                rows.leftOut["duplicate", default: 0] += 1
                continue
            }
            rows.bytes += bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
            rows.ends.append(rows.bytes.count)
            rows.numbers.append(numbers[index])
            rows.keys.append(keys[index])
        }
        return rows
    }
}
