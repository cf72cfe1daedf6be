import EnrichmentAPI
import Identity
import Records

/// Turns rows into those of an audience file: each person once, and only where their contacts may be used.
struct AudienceRows: Sendable {
    private let settings: AudienceSettings
    private let cells: ImportCells
    private let csv = CSVText()

    /// - Throws: ``Diagnostic`` `no_column` for a column that no export has.
    init(_ audience: AudienceSettings, _ settings: PipelineSettings, _ fields: FieldColumns) throws {
        self.settings = audience
        cells = try ImportCells(
            columns: audience.columns, fields: fields, rules: EmailRules(settings, takesCatchAll: audience.catchAll),
            file: audience.path)
    }

    var names: [String] { cells.columns.map(\.name) }
    var head: [UInt8] { csv.head(names) }

    func render(_ batch: FinishedBatch) -> ImportedRows {
        var rows = ImportedRows()
        for row in 0..<batch.rowCount {
            let contact = Contact(batch: batch, row: row)
            let values = cells.columns.map { cells.value($0, contact) }
            if let reason = objection(contact, values) {
                rows.leftOut[reason, default: 0] += 1
                continue
            }
            rows.bytes += csv.row(values)
            rows.ends.append(rows.bytes.count)
            rows.numbers.append(batch.leads.firstRow + row)
            rows.keys.append(keys(contact))
        }
        return rows
    }

    /// What stands for the person, so that nobody is in twice: the group of their rows, and their email.
    private func keys(_ contact: Contact) -> [String] {
        let number = contact.batch.leads.firstRow + contact.row
        let group = contact.batch.groups.group(of: number).map { "group:\($0)" }
        let email = [Channel.workEmail, .personalEmail].map { contact.best($0, cells.rules) }.first { !$0.isEmpty }
        return [group, email.map { "email:" + $0.lowercased() }].compactMap { $0 }
    }

    /// Why a row is left out; nil where it is in.
    private func objection(_ contact: Contact, _ values: [String]) -> String? {
        if contact.isSuppressed { return "suppressed" }
        for channel in settings.require where contact.best(channel, cells.rules).isEmpty {
            return contact.objection(channel, cells.rules) ?? contact.objectionToOwn(channel, cells.rules)
                ?? "no_\(channel.rawValue)"
        }
        for (column, value) in zip(cells.columns, values) where column.isRequired && value.isEmpty {
            return "no_\(column.name.lowercased())"
        }
        let reachable = Channel.allCases.contains { !contact.best($0, cells.rules).isEmpty }
        return reachable
            ? nil
            : Channel.allCases.lazy.compactMap {
                contact.objection($0, cells.rules) ?? contact.objectionToOwn($0, cells.rules)
            }.first ?? "no_contact"
    }
}
