import Records

/// Finds the column names among the first rows of a table.
///
/// Pure. What cannot be told for sure is said in ``notes``.
struct HeaderFinder {
    private(set) var place = HeaderPlace.none
    private(set) var columns: [String] = []
    /// Where the first record starts, and how many of the rows are above it.
    private(set) var dataStart = Position.start
    private(set) var rowsAbove = 0
    private(set) var notes: [Diagnostic] = []
    /// Columns in which none of the rows has a value.
    private(set) var emptyColumns: Set<Int> = []

    /// - Parameters:
    ///   - rows: the first rows, of any width.
    ///   - width: cells of most rows.
    ///   - namesRest: cells beyond the header get a column each. Only where each cell says where it stands, as in a
    ///     spreadsheet; in text nobody can know which cell is one too many.
    /// - Throws: ``Diagnostic`` `no_header` where no row starts on the line that is set.
    init(_ rows: [SampleRow], width: Int, namesRest: Bool, setting: HeaderSetting, file: String) throws {
        switch setting {
        case .none:
            useContent(rows, width: width)
        case .lines(let lines):
            let first = rows.firstIndex { $0.line == lines.lowerBound }
            let last = rows.lastIndex { $0.line <= lines.upperBound }
            guard let first, let last, last >= first else {
                throw Diagnostic(
                    code: "no_header", "no row starts on this line, which is set as the header", file: file,
                    line: lines.lowerBound)
            }
            use(Array(rows[first...last]), from: first)
        case .auto:
            let wide =
                rows.firstIndex { $0.filled * 2 > width } ?? rows.firstIndex { $0.cells.count * 2 > width }
                ?? rows.startIndex
            guard rows.indices.contains(wide) else { return }
            let first = Self.names(below: wide, in: rows, width: width) ?? wide
            if let why = Self.data(in: rows[first].cells) {
                useContent(Array(rows[first...]), width: width)
                dataStart = first > 0 ? rows[first - 1].end : .start
                rowsAbove = first
                notes.append(
                    Diagnostic(
                        .warning, code: "no_header", "there are no column names: the first row holds \(why)",
                        file: file,
                        line: rows[first].line,
                        hint: "where that is wrong, set input.csv.header_row to the line with the names"))
            } else if let (upper, groups) = Self.groups(rows, near: first) {
                use(Array(rows[upper...upper + 1]), from: upper)
                notes.append(
                    Diagnostic(
                        .note, code: "two_header_rows",
                        "the column names were put together from two rows, since the upper one names \(groups) groups",
                        file: file, line: rows[upper].line))
            } else {
                use([rows[first]], from: first)
            }
        }
        if namesRest { fill(to: width, file: file) }
        let data = rows.dropFirst(rowsAbove)
        guard !data.isEmpty else { return }
        emptyColumns = Set(
            columns.indices.filter { column in
                !data.contains { $0.cells.indices.contains(column) && !$0.cells[column].isEmpty }
            })
    }

    private mutating func use(_ rows: [SampleRow], from first: Int) {
        columns = rows.count == 1 ? rows[0].cells : Self.joined(rows.map(\.cells))
        place = .rows(line: rows[0].line, count: rows.count)
        dataStart = rows[rows.count - 1].end
        rowsAbove = first + rows.count
    }

    /// Without names a column is called by what all its cells are, where that is plain.
    private mutating func useContent(_ rows: [SampleRow], width: Int) {
        var taken: Set<String> = []
        columns = (0..<max(width, 1)).map { column in
            let cells = rows.compactMap { $0.cells.indices.contains(column) ? $0.cells[column] : nil }
            let name = CellKind.common(cells).map(\.rawValue)
            return name.flatMap { taken.insert($0).inserted ? $0 : nil } ?? "column_\(column + 1)"
        }
    }

    /// Rows that usually have more cells than the header are no mistake of theirs.
    private mutating func fill(to width: Int, file: String) {
        guard case .rows(let line, _) = place, columns.count < width else { return }
        notes.append(
            Diagnostic(
                .warning, code: "unnamed_columns",
                "rows have \(width) cells, and \(columns.count) columns have a name; the others are called by their number",
                file: file, line: line))
        columns += (columns.count..<width).map { "column_\($0 + 1)" }
    }

    /// The row of names below lines of a preamble that are wide themselves, such as "As of:,2024-01-01"; nil where the
    /// row is as good a header as any below.
    ///
    /// The names fill their row, no row above does, and data stands below them.
    private static func names(below wide: Int, in rows: [SampleRow], width: Int) -> Int? {
        guard rows[wide].filled < width, groups(rows, near: wide) == nil else { return nil }
        guard let full = rows[wide...].prefix(mostPreamble).firstIndex(where: { $0.filled >= width }),
            data(in: rows[full].cells) == nil
        else { return nil }
        let below = rows[(full + 1)...].prefix(5)
        return below.contains { row in row.cells.contains { CellKind($0) != nil || $0.contains(where: \.isNumber) } }
            ? full : nil
    }

    /// A report has a handful of lines above its table.
    private static let mostPreamble = 20

    /// What shows that a row holds data, in words; nil where it may well be names.
    private static func data(in cells: [String]) -> String? {
        let filled = cells.filter { !$0.isEmpty }
        if filled.contains(where: { CellKind($0) == .email }) { return "an email address" }
        if filled.contains(where: { CellKind($0) != nil || $0.contains("://") }) { return "a web address" }
        if filled.contains(where: isNumberOrDate) { return "a number or a date" }
        let numbers = filled.count { $0.allSatisfy { $0.isNumber || "+-. ()".contains($0) } }
        return numbers * 2 > filled.count ? "mostly numbers" : nil
    }

    /// Seven digits and more, and nothing but what stands between digits.
    private static func isNumberOrDate(_ cell: String) -> Bool {
        cell.count(where: \.isNumber) >= 7 && cell.allSatisfy { $0.isNumber || "+-. ()/:'".contains($0) }
    }

    /// How many groups the first row names above the names of the second; nil where it is no such row.
    ///
    /// A group's name stands above its first column only, so the upper row has gaps behind names, the lower one has none,
    /// and what follows is data.
    private static func groups(_ rows: [SampleRow], near first: Int) -> (row: Int, count: Int)? {
        // With few groups the upper row has too few names to be taken for the header itself.
        for row in [first, first - 1] where row >= 0 && row + 2 < rows.count {
            if let count = groups(rows[row], rows[row + 1], rows[row + 2]) { return (row, count) }
        }
        return nil
    }

    private static func groups(_ upper: SampleRow, _ lower: SampleRow, _ below: SampleRow) -> Int? {
        let names = lower.cells
        guard names.count >= 3, lower.filled == names.count, upper.filled < names.count, upper.filled >= 2,
            data(in: names) == nil, !upper.cells.contains(where: isReportLine),
            names.allSatisfy({ $0.count <= 40 && !$0.contains(where: \.isNumber) }),
            below.cells.contains(where: { CellKind($0) != nil || $0.contains(where: \.isNumber) })
        else { return nil }
        // Each name of the upper row is followed by a gap somewhere, or it would be a header with holes.
        let gaps = upper.cells.indices.dropLast().count { !upper.cells[$0].isEmpty && upper.cells[$0 + 1].isEmpty }
        return gaps * 2 >= upper.filled ? upper.filled : nil
    }

    /// What reports say about themselves above their table.
    private static func isReportLine(_ cell: String) -> Bool {
        let lower = cell.lowercased()
        return lower.hasSuffix(":")
            || ["generated", "exported", "created by", "as of", "filter", "report"].contains { lower.hasPrefix($0) }
    }

    /// `Company` above `Name` is `Company Name`; a group goes on until the next one begins.
    private static func joined(_ rows: [[String]]) -> [String] {
        let width = rows.map(\.count).max() ?? 0
        var names = [String](repeating: "", count: width)
        for (number, row) in rows.enumerated() {
            var group = ""
            for column in 0..<width {
                let cell = row.indices.contains(column) ? row[column] : ""
                if !cell.isEmpty { group = cell } else if number == rows.count - 1 { group = "" }
                guard !group.isEmpty else { continue }
                names[column] += (names[column].isEmpty ? "" : " ") + group
            }
        }
        return names
    }
}

/// What a cell is, where its form alone shows it.
enum CellKind: String {
    case email
    case linkedin = "linkedin_url"

    init?(_ cell: String) {
        if cell.contains("linkedin.com/in/") {
            self = .linkedin
            return
        }
        let parts = cell.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("."), !cell.contains(" "), !cell.contains("/")
        else {
            return nil
        }
        self = .email
    }

    /// The kind of all cells that are filled; nil where they differ or there are none.
    static func common(_ cells: [String]) -> CellKind? {
        let filled = cells.filter { !$0.isEmpty }
        guard let first = filled.first.flatMap({ CellKind($0) }) else { return nil }
        return filled.allSatisfy { CellKind($0) == first } ? first : nil
    }
}
