import Records

/// Which column of a file holds which field.
package struct HeaderMapping: Sendable, Equatable {
    /// 0-based columns.
    package private(set) var columns: [Field: Int] = [:]
    /// Columns that would do for a field as well, with a name that is less clear or that stands further back.
    package private(set) var rivals: [Field: [Int]] = [:]
    /// Columns of a person's other addresses and profiles.
    package private(set) var further: [Field: [Int]] = [:]

    package subscript(field: Field) -> Int? { columns[field] }

    /// A column's name as names are compared: lower case, letters and digits only.
    package static func folded(_ name: String) -> String { ColumnName.folded(name) }

    /// The field of a column, if it has one.
    package func field(of column: Int) -> Field? { columns.first { $0.value == column }?.key }

    /// Maps columns by their names, except where the person has named them.
    ///
    /// - Parameters:
    ///   - header: the columns' names as they stand in the file.
    ///   - empty: columns without a value as far as was looked, which lose against one that has some.
    ///   - chosen: a column's name or `#N` (1-based) for a field.
    /// - Throws: ``Diagnostic`` `no_column` for a chosen column that the file lacks, `no_hint_column` where the file has
    ///   nothing to find a person by.
    package init(header: [String], empty: Set<Int> = [], chosen: [Field: String] = [:], file: String) throws {
        self.init(header, empty, try Self.columns(chosen, in: header, file: file))
        guard columns.keys.contains(where: Field.hints.contains) else {
            throw Diagnostic(
                code: "no_hint_column",
                "no column is known to hold an email, a LinkedIn URL, a name or a company domain", file: file,
                hint: "name it: columns: {email: \"COLUMN\"}, by name or by number (\"#1\")\(Self.list(header))")
        }
    }

    /// Maps columns by their names as far as that goes, also where there is nothing to find a person by.
    package init(guessing header: [String], empty: Set<Int> = []) { self.init(header, empty, [:]) }

    /// These columns and no others.
    package init(_ columns: [Field: Int]) { self.columns = columns }

    private init(_ header: [String], _ empty: Set<Int>, _ chosen: [Field: Int]) {
        let names = header.map(ColumnName.init)
        columns = chosen
        var taken = Set(chosen.values)
        for (field, known) in HeaderNames.known where columns[field] == nil {
            let all = Self.candidates(names, for: known, besides: taken)
            let found = all.filter { !empty.contains($0) } + all.filter { empty.contains($0) }
            guard let best = found.first else { continue }
            columns[field] = best
            taken.insert(best)
            if found.count > 1 { rivals[field] = Array(found.dropFirst()) }
        }
        ContextRules.apply(to: &columns, &rivals, names)
        // A column that found a field of its own competes for no other.
        for (field, others) in rivals {
            let left = others.filter { !columns.values.contains($0) }
            rivals[field] = left.isEmpty || columns[field] == nil ? nil : left
        }
        for (field, known) in HeaderNames.further where chosen[field] == nil {
            let others =
                (rivals[field] ?? [])
                + names.indices.filter { index in
                    !columns.values.contains(index)
                        && (known.contains(names[index].whole) || known.contains(names[index].withoutOwner))
                }
            if !others.isEmpty { further[field] = others }
        }
        if let others = rivals[.personalEmail] { further[.personalEmail] = others }
    }

    /// Columns whose name is known for a field, the best name first; of one name the first column.
    private static func candidates(_ names: [ColumnName], for known: [String], besides taken: Set<Int>) -> [Int] {
        var found: [Int] = []
        for spelling in [\ColumnName.whole, \ColumnName.withoutOwner] {
            for name in known {
                found += names.indices.filter {
                    !names[$0][keyPath: spelling].isEmpty && names[$0][keyPath: spelling] == name
                        && !taken.contains($0) && !found.contains($0)
                }
            }
        }
        return found
    }

    private static func columns(_ chosen: [Field: String], in header: [String], file: String) throws -> [Field: Int] {
        try chosen.reduce(into: [:]) { columns, choice in
            guard let column = column(named: choice.value, in: header) else {
                throw Diagnostic(
                    code: "no_column", "there is no column '\(choice.value)', which is set for \(choice.key.rawValue)",
                    file: file, hint: "the columns are named by name or by number (\"#1\")\(list(header))")
            }
            columns[choice.key] = column
        }
    }

    private static func column(named wanted: String, in header: [String]) -> Int? {
        if let exact = header.firstIndex(of: wanted) { return exact }
        if wanted.hasPrefix("#"), let number = Int(wanted.dropFirst()), header.indices.contains(number - 1) {
            return number - 1
        }
        let folded = ColumnName.folded(wanted)
        return header.firstIndex { ColumnName.folded($0) == folded }
    }

    /// The columns, where they are names: what holds digits or an address may be somebody's.
    private static func list(_ header: [String]) -> String {
        let isData = header.contains { name in name.contains("@") || name.filter(\.isNumber).count > 6 }
        return isData ? "" : "; the columns are: \(header.prefix(40).joined(separator: ", "))"
    }
}

/// A column's name, made comparable.
struct ColumnName: Sendable {
    /// Lower case, letters and digits only.
    let whole: String
    /// The same without words in front that say only that it is the person's: `contact.email` is `email`.
    let withoutOwner: String
    let words: [String]

    init(_ name: String) {
        words = Self.words(of: name)
        whole = words.joined()
        let rest = words.drop { Self.owners.contains($0) }
        withoutOwner = rest.count < words.count ? rest.joined() : ""
    }

    static func folded(_ name: String) -> String { words(of: name).joined() }

    /// Words, as blanks, punctuation and `camelCase` part them.
    private static func words(of name: String) -> [String] {
        var words: [String] = []
        var word = ""
        var wasLower = false
        for scalar in name.unicodeScalars {
            let isPart = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            if !isPart || scalar.properties.isUppercase && wasLower {
                if !word.isEmpty { words.append(word.lowercased()) }
                word = ""
            }
            if isPart { word.unicodeScalars.append(scalar) }
            wasLower = scalar.properties.isLowercase
        }
        if !word.isEmpty { words.append(word.lowercased()) }
        // Salesforce ends the names of fields that a company added.
        if words.count > 1, words.last == "c", name.hasSuffix("__c") { words.removeLast() }
        return words
    }

    private static let owners: Set<String> = [
        "contact", "contacts", "person", "people", "lead", "leads", "prospect", "properties", "property", "attributes",
        "fields", "data", "profile", "candidate", "emails", "phones",
    ]
}
