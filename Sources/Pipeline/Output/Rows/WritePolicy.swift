import EnrichmentAPI
import Identity
import Records

/// Puts what was found into the columns that the export has for it (`output.write`); what stood there goes into a column
/// beside it.
struct WritePolicy: Sendable {
    private let write: OutputSettings.Write
    private let rules: EmailRules
    /// For each file, channels by the stream's column.
    private let channels: [[Int: Channel]]
    /// Columns of the stream that have one beside them.
    let columns: Set<Int>

    init(_ output: OutputSettings, _ settings: PipelineSettings, _ fields: FieldColumns, files: Int) {
        write = output.write
        rules = EmailRules(settings)
        channels = (0..<files).map { file in
            settings.enrich.channels.reduce(into: [:]) { columns, channel in
                if let column = fields.streamColumn(channel.field, file: file) { columns[column] = channel }
            }
        }
        columns = Set(channels.flatMap(\.keys))
    }

    /// What replaces the cell in a column; nil where it stays.
    func replacement(_ column: Int, of contact: Contact, file: Int) -> String? {
        guard let channel = channels[file][column] else { return nil }
        let found = contact.found(channel)
        guard !found.isEmpty, contact.objection(channel, rules) == nil else { return nil }
        let isFilled = contact.batch.people.isFilled(contact.row, channel.hint)
        if !isFilled { return found }
        return write == .overwriteIfBetter && isBetter(found, contact, channel) ? found : nil
    }

    /// Whether what was found is surer than a value that is there: the row's own is not valid, by its form or by the
    /// verification, or it is not known to be valid, and what was found is.
    private func isBetter(_ found: String, _ contact: Contact, _ channel: Channel) -> Bool {
        let own = contact.own(channel, rules)
        if own.isEmpty { return true }
        guard channel.isEmail, own != found else { return false }
        let verdicts = contact.batch.verdicts
        return rules.checksOwn && verdicts.isValid(found) == true && verdicts.isValid(own) != true
    }

    /// Names of the stream's columns, with that of the old value behind each that may be replaced.
    func names(_ columns: [String]) -> [String] {
        var taken = columns
        return columns.enumerated().flatMap { index, name -> [String] in
            guard self.columns.contains(index) else { return [name] }
            let beside = ColumnNames.distinct(taken + ["previous_\(name)"]).last ?? ""
            taken.append(beside)
            return [name, beside]
        }
    }
}
