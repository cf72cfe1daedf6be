import Identity
import Input

/// Which columns of a stream hold the fields of each of its files.
struct FieldColumns: Sendable {
    /// For each file, the file's own column for a field.
    private let mappings: [HeaderMapping]
    /// For each file and each column of the stream, the file's own column.
    private let places: [[Int?]]
    let names: [String]

    /// - Throws: ``Diagnostic`` for a file without a column to find a person by.
    init(_ stream: ExportStream, _ input: InputSettings) throws {
        mappings = try stream.exports.map(input.mapping)
        places = stream.places
        names = stream.columns
    }

    /// The file's own column for a field.
    func column(_ field: Field, file: Int) -> Int? { mappings[file][field] }

    /// The stream's column for a field of a file.
    func streamColumn(_ field: Field, file: Int) -> Int? {
        mappings[file][field].flatMap { column in places[file].firstIndex { $0 == column } }
    }

    /// What the first file that has the field calls it.
    func name(_ field: Field) -> String? {
        mappings.indices.lazy.compactMap { streamColumn(field, file: $0) }.first.map { names[$0] }
    }

    /// The file's own column with a name.
    func column(named name: String, file: Int) -> Int? {
        names.firstIndex(of: name).flatMap { places[file][$0] }
    }
}

extension InputSettings {
    /// - Throws: ``Diagnostic`` for a file without a column to find a person by.
    func mapping(of export: Export) throws -> HeaderMapping {
        try HeaderMapping(header: export.columns, empty: export.emptyColumns, chosen: columns, file: export.name)
    }
}
