import Foundation
import Identity
package import Input
import Records

/// What one file is and holds (contract, section 4), for a person or a script.
package struct Inspection: Sendable, Encodable {
    struct Column: Sendable, Encodable {
        /// 1-based.
        var index: Int
        var name: String
        /// Nil where the column is not mapped.
        var field: String?

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(index, forKey: .index)
            try container.encode(name, forKey: .name)
            try container.encode(field, forKey: .field)
        }

        private enum CodingKeys: String, CodingKey { case index, name, field }
    }

    struct Dialect: Sendable, Encodable {
        var delimiter: String
        var quote: String
        /// The physical line, 1-based; 0 where there is none.
        var headerRow: Int
    }

    private var name: String
    private var format: String
    private var compression = "none"
    private var encoding = "utf-8"
    private var bom: Bool
    private var dialect: Dialect?
    private var crm: String?
    private var columns: [Column]
    private var rows = 0
    private var rejected = 0
    /// Rows that have each hint in a valid form.
    private var hints: [String: Int] = [:]
    /// Rows whose identity an earlier row has.
    private var duplicates = 0

    private enum CodingKeys: String, CodingKey {
        case format, compression, encoding, bom, dialect, crm, columns, rows, rejected, hints, duplicates
    }

    /// Reads the whole file.
    package init(_ path: String, settings: ExportSettings = ExportSettings()) throws {
        let export = try Export(path, settings: settings)
        let mapping = try HeaderMapping(header: export.columns, file: export.name)
        name = export.name
        format = export.format.name
        bom = export.hasByteOrderMark
        crm = KnownExport.crm(of: export.columns)
        columns = export.columns.enumerated().map { index, name in
            Column(index: index + 1, name: name, field: mapping.field(of: index)?.rawValue)
        }
        if case .csv(let found) = export.format {
            var headerRow = 0
            if case .line(let line) = found.headerRow { headerRow = line }
            dialect = Dialect(
                delimiter: String(decoding: [found.delimiter], as: UTF8.self),
                quote: String(decoding: [found.quote], as: UTF8.self),
                headerRow: headerRow)
        }
        try count(export, Normalizer(mapping))
    }

    private mutating func count(_ export: Export, _ normalizer: Normalizer) throws {
        let counted: [(hint: Hint, field: Field)] = [
            (.email, .email), (.personalEmail, .personalEmail), (.linkedinURL, .linkedinURL),
            (.companyDomain, .companyDomain),
            (.firstName, .firstName), (.lastName, .lastName), (.companyName, .companyName), (.phone, .phone),
        ]
        for (_, field) in counted { hints[field.rawValue] = 0 }
        // Hashes stand for keys, so that a large file needs eight bytes a person.
        var seen: Set<Int> = []
        let records = try export.records()
        while let batch = try records.next() {
            let people = normalizer.identify(batch)
            rows += batch.rowCount
            rejected += batch.rejects.count
            for row in 0..<batch.rowCount {
                for (hint, field) in counted where !people[row, hint].isEmpty { hints[field.rawValue, default: 0] += 1 }
                let key = people.key(row)
                if !key.isEmpty, !seen.insert(key.hashValue).inserted { duplicates += 1 }
            }
        }
    }

    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    package var text: String {
        var lines = [
            "\(name): \(format)\(crm.map { " out of \($0)" } ?? ""), \(encoding)\(bom ? " with byte order mark" : "")"
        ]
        if let dialect {
            let delimiter = dialect.delimiter == "\t" ? "tab" : "'\(dialect.delimiter)'"
            lines.append(
                "delimiter \(delimiter), "
                    + (dialect.headerRow == 0 ? "no header" : "column names on line \(dialect.headerRow)"))
        }
        lines.append("\(rows) rows, \(duplicates) duplicates" + (rejected > 0 ? ", \(rejected) rejected" : ""))
        lines.append("")
        let width = (columns.map(\.name.count).max() ?? 0) + 2
        for column in columns {
            let label = String(column.index)
            lines.append(
                String(repeating: " ", count: max(0, 4 - label.count)) + label + "  " + column.name
                    + String(repeating: " ", count: width - column.name.count) + (column.field.map { "→ \($0)" } ?? ""))
        }
        lines.append("")
        lines.append("Rows with a valid")
        for (field, count) in hints.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) where count > 0 {
            let percent = Int((Double(count) / Double(max(rows, 1)) * 100).rounded())
            lines.append("  \(field)\(String(repeating: " ", count: max(1, 16 - field.count)))\(count)  (\(percent) %)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
