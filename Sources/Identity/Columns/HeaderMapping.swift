import Records

/// Which column of a file holds which field.
package struct HeaderMapping: Sendable, Equatable {
    /// 0-based columns.
    package private(set) var columns: [Field: Int]

    package subscript(field: Field) -> Int? { columns[field] }

    /// The field of a column, if it has one.
    package func field(of column: Int) -> Field? { columns.first { $0.value == column }?.key }

    /// Maps columns by their names, except where the person has named them.
    ///
    /// - Parameters:
    ///   - header: the columns' names as they stand in the file.
    ///   - chosen: a column's name or `#N` (1-based) for a field.
    /// - Throws: ``Diagnostic`` `no_column` for a chosen column that the file lacks, `no_hint_column` where the file has
    ///   nothing to find a person by.
    package init(header: [String], chosen: [Field: String] = [:], file: String) throws {
        let folded = header.map(HeaderNames.folded)
        var columns: [Field: Int] = [:]
        var taken: Set<Int> = []
        for (field, wanted) in chosen {
            guard let column = Self.column(named: wanted, in: header) else {
                throw Diagnostic(
                    code: "no_column", "there is no column '\(wanted)', which is set for \(field.rawValue)", file: file,
                    hint: "the columns are: \(header.prefix(40).joined(separator: ", "))")
            }
            columns[field] = column
            taken.insert(column)
        }
        for (field, names) in HeaderNames.known where columns[field] == nil {
            let found = names.lazy.map(HeaderNames.folded).compactMap { name in
                folded.indices.first { folded[$0] == name && !taken.contains($0) }
            }.first
            if let found {
                columns[field] = found
                taken.insert(found)
            }
        }
        if columns[.linkedinURL] == nil, folded.contains(HeaderNames.folded(HeaderNames.linkedinExportMark)) {
            columns[.linkedinURL] = folded.firstIndex(of: HeaderNames.linkedinExportURL)
        }
        guard columns.keys.contains(where: Field.hints.contains) else {
            throw Diagnostic(
                code: "no_hint_column",
                "no column is known to hold an email, a LinkedIn URL, a name or a company domain", file: file,
                hint:
                    "name it: columns: {email: \"COLUMN\"}; the columns are: \(header.prefix(40).joined(separator: ", "))"
            )
        }
        self.columns = columns
    }

    private static func column(named wanted: String, in header: [String]) -> Int? {
        if let exact = header.firstIndex(of: wanted) { return exact }
        if wanted.hasPrefix("#"), let number = Int(wanted.dropFirst()), header.indices.contains(number - 1) {
            return number - 1
        }
        let folded = HeaderNames.folded(wanted)
        return header.firstIndex { HeaderNames.folded($0) == folded }
    }
}
