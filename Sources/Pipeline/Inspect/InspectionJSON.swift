import Foundation
import Identity
import Records

extension Inspection: Encodable {
    /// One object for one file, a list for several.
    package static func json(_ inspections: [Inspection]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = try inspections.count == 1 ? encoder.encode(inspections[0]) : encoder.encode(inspections)
        return String(decoding: data, as: UTF8.self)
    }

    private enum Key: String, CodingKey {
        case name, format, detail, compression, encoding, bom, confidence, dialect, crm, columns, rows, rejected,
            rejects
        case hints, duplicates, cost, notes
        case delimiter, quote, escape, index, field, examples, people, seconds
        case headerRow = "header_row"
        case bulkRequests = "bulk_requests"
        case singleRequests = "single_requests"
        case mostCredits = "most_credits"
    }

    /// Every key is there; what is not known is null.
    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(name, forKey: .name)
        try object.encode(format, forKey: .format)
        try object.encode(detail, forKey: .detail)
        try object.encode(compression, forKey: .compression)
        try object.encode(encoding, forKey: .encoding)
        try object.encode(hasByteOrderMark, forKey: .bom)
        try object.encode((confidence * 1000).rounded() / 1000, forKey: .confidence)
        try object.encode(crm, forKey: .crm)
        try object.encode(rows, forKey: .rows)
        try object.encode(rejected, forKey: .rejected)
        try object.encode(rejects, forKey: .rejects)
        try object.encode(duplicates, forKey: .duplicates)
        try object.encode(
            Dictionary(uniqueKeysWithValues: hints.map { ($0.key.rawValue, $0.value) }), forKey: .hints)
        try object.encode(notes.map(\.message), forKey: .notes)
        if let dialect {
            var inner = object.nestedContainer(keyedBy: Key.self, forKey: .dialect)
            try inner.encode(dialect.delimiter, forKey: .delimiter)
            try inner.encode(dialect.quote, forKey: .quote)
            try inner.encode(dialect.escape, forKey: .escape)
            try inner.encode(dialect.headerRow, forKey: .headerRow)
        } else {
            try object.encodeNil(forKey: .dialect)
        }
        var list = object.nestedUnkeyedContainer(forKey: .columns)
        for column in columns {
            var inner = list.nestedContainer(keyedBy: Key.self)
            try inner.encode(column.index, forKey: .index)
            try inner.encode(column.name, forKey: .name)
            try inner.encode(column.field?.rawValue, forKey: .field)
            try inner.encode(column.examples, forKey: .examples)
        }
        var costs = object.nestedContainer(keyedBy: Key.self, forKey: .cost)
        try costs.encode(cost.people, forKey: .people)
        try costs.encode(cost.bulkRequests, forKey: .bulkRequests)
        try costs.encode(cost.singleRequests, forKey: .singleRequests)
        try costs.encode(cost.seconds, forKey: .seconds)
        try costs.encode(cost.mostCredits, forKey: .mostCredits)
    }
}
