import EnrichmentAPI
import Identity
import Records

/// What stands in the columns of an import, for a row.
struct ImportCells: Sendable {
    let columns: [ImportColumn]
    let fields: FieldColumns
    let rules: EmailRules

    func value(_ column: ImportColumn, _ contact: Contact) -> String {
        let batch = contact.batch, row = contact.row, file = batch.leads.file
        switch column.value {
        case .contact(let channel): return contact.best(channel, rules)
        case .email:
            let work = contact.best(.workEmail, rules)
            return work.isEmpty ? contact.best(.personalEmail, rules) : work
        case .hint(let hint):
            let text = batch.people.text(row, hint)
            // An import that asks for a company takes its domain better than nothing.
            return text.isEmpty && hint == .companyName ? batch.people.text(row, .companyDomain) : text
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
    var leftOut: [String: Int] = [:]
}
