/// Names that mean one thing beside some columns and another beside others.
///
/// Pure.
enum ContextRules {
    static func apply(to columns: inout [Field: Int], _ rivals: inout [Field: [Int]], _ names: [ColumnName]) {
        familyName(&columns, names)
        salutation(&columns, &rivals, names)
        linkedinExport(&columns, names)
    }

    /// `Vorname, Name`: beside a first name, in languages whose word for the family name is also that for a name.
    private static func familyName(_ columns: inout [Field: Int], _ names: [ColumnName]) {
        let first = columns[.firstName].map { names[$0].whole }
        if columns[.lastName] == nil, let first, nameLanguages.contains(first) {
            let wanted = ["name", "nom", "naam"]
            if let found = names.firstIndex(where: { wanted.contains($0.whole) }) {
                columns[.lastName] = found
                if columns[.fullName] == found { columns[.fullName] = nil }
            }
        }
        // Alone, the same words stand for the whole name.
        if columns[.lastName] == nil, columns[.fullName] == nil, let found = columns[.firstName],
            ["nombre", "nome", "nombres"].contains(names[found].whole)
        {
            columns[.fullName] = found
            columns[.firstName] = nil
        }
    }

    /// First names in languages that call the family name just "name".
    private static let nameLanguages: Set<String> = ["vorname", "prénom", "prenom", "voornaam", "fornavn", "förnamn"]

    /// "Title" right before the first name is a salutation, as in Outlook's exports.
    private static func salutation(_ columns: inout [Field: Int], _ rivals: inout [Field: [Int]], _ names: [ColumnName])
    {
        guard let first = columns[.firstName], first > 0, names[first - 1].whole == "title" else { return }
        rivals[.title]?.removeAll { $0 == first - 1 }
        guard columns[.title] == first - 1 else { return }
        columns[.title] = rivals[.title]?.first
        rivals[.title]?.removeFirst(columns[.title] == nil ? 0 : 1)
    }

    /// LinkedIn's own export calls the profile's address just "URL"; a column beside it tells the export.
    private static func linkedinExport(_ columns: inout [Field: Int], _ names: [ColumnName]) {
        guard columns[.linkedinURL] == nil, names.contains(where: { HeaderNames.linkedinMarks.contains($0.whole) }),
            let url = names.firstIndex(where: { $0.whole == "url" })
        else { return }
        columns[.linkedinURL] = url
        if columns[.website] == url { columns[.website] = nil }
    }
}
