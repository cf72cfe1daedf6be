import Foundation
import Identity
import Records

extension Inspection {
    /// For a person at a terminal.
    package var text: String {
        var lines = [title]
        if let dialect { lines.append(describe(dialect)) }
        let rejected = rejects.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
        lines.append(
            "\(rows) rows, \(duplicates) duplicates"
                + (rejected.isEmpty ? "" : ", \(self.rejected) rejected (\(rejected.joined(separator: ", ")))"))
        lines += notes.map(\.description)
        lines += [""] + columnLines + [""] + choices
        lines.append("Rows with a valid")
        for (field, count) in hints.sorted(by: { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) })
        where count > 0 {
            lines.append("  \(padded(field.rawValue, 16))\(count)  (\(percent(count)) %)")
        }
        return (lines + [""] + costLines).joined(separator: "\n") + "\n"
    }

    private var title: String {
        var parts = ["\(format)\(crm.map { " out of \($0)" } ?? "")"]
        if let detail { parts.append(detail) }
        if compression != "none" { parts.append("packed as \(compression)") }
        if format != "xlsx" { parts.append(encoding + (hasByteOrderMark ? " with byte order mark" : "")) }
        return "\(name): \(parts.joined(separator: ", "))"
    }

    private func describe(_ dialect: Dialect) -> String {
        var parts = ["delimiter \(dialect.delimiter == "\t" ? "tab" : "'\(dialect.delimiter)'")"]
        parts.append(dialect.quote.map { "quote \($0)" } ?? "no quotes")
        if dialect.escape == "backslash" { parts.append("escaped by backslash") }
        switch (dialect.headerRow, dialect.headerRows) {
        case (let line?, 1): parts.append("column names on line \(line)")
        case (let line?, let count): parts.append("column names in \(count) rows from line \(line) on")
        default: parts.append("no column names")
        }
        parts.append("\(Int((confidence * 100).rounded(.down))) % of the rows looked at have as many cells")
        return parts.joined(separator: ", ")
    }

    private var columnLines: [String] {
        let shown = columns.map { $0.name.isEmpty ? "(no name)" : String($0.name.prefix(40)) }
        let width = (shown.map(\.count).max() ?? 0) + 2
        let fieldWidth = (columns.compactMap { $0.field?.rawValue.count }.max() ?? 0) + 4
        return zip(columns, shown).map { column, name in
            let label = String(column.index)
            let field = column.field.map { "→ \($0.rawValue)" } ?? ""
            let line =
                String(repeating: " ", count: max(0, 4 - label.count)) + label + "  " + padded(name, width)
                + padded(field, fieldWidth) + column.examples.joined(separator: " · ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// Where more than one column would do: which one was taken, and why.
    private var choices: [String] {
        let lines = mapping.rivals.sorted { $0.key.rawValue < $1.key.rawValue }.compactMap { field, others -> String? in
            guard let taken = mapping[field] else { return nil }
            let names = others.map(named).joined(separator: ", ")
            return "  \(field.rawValue): \(named(taken)) rather than \(names)"
        }
        guard !lines.isEmpty else { return [] }
        return [
            "Where several columns would do, one with values counts before an empty one, then the clearer name, then the first; input.columns sets another"
        ] + lines + [""]
    }

    private func named(_ column: Int) -> String {
        "'\(columns[column].name)' (#\(column + 1)\(columns[column].examples.isEmpty ? ", empty" : ""))"
    }

    private var costLines: [String] {
        guard cost.people > 0 else { return ["Nobody in it can be asked for."] }
        var parts: [String] = []
        if cost.bulkRequests > 0 { parts.append(Self.counted(cost.bulkRequests, "bulk request")) }
        if cost.singleRequests > 0 { parts.append(Self.counted(cost.singleRequests, "single request")) }
        let time = cost.seconds < 60 ? "less than a minute" : "\(Int((cost.seconds / 60).rounded(.up))) minutes or more"
        return [
            "To ask a service for what \(cost.people == 1 ? "1 person lacks" : "\(cost.people) people lack"): \(parts.joined(separator: " and ")), \(time) within the limits,",
            "at most \(cost.mostCredits) credits if everything is found at the dearest; the embedded engine charges by its own prices.",
        ]
    }

    private static func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }

    private func percent(_ count: Int) -> Int { Int((Double(count) / Double(max(rows, 1)) * 100).rounded()) }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
