import Records

/// The rows of one table in a web page, such as the ".xls" files that some programs write.
final class HTMLTable: TableRows, MarkupHandler {
    private let wanted: Int
    private var feed: MarkupFeed?
    private var queue: RowQueue
    /// Tables begun so far, and how many of them are open.
    private var tables = 0
    private var openTables = 0
    private var isInTable = false
    private var tags: [Tag] = []

    private var rowLine = 0
    private var cell: [UInt8]?
    private var span = (columns: 1, rows: 1)
    /// For each column, how many rows below still belong to a cell above.
    private var covered: [Int] = []
    private let mostColumns: Int
    /// Rows in each table, for choosing one.
    private(set) var rowsInTable: [Int] = []

    private enum Tag {
        case table, row, cell, hidden, other
    }

    /// - Parameter number: of the table in the page, 1-based.
    init(_ stream: any ByteStream, number: Int, limits: RecordLimits, file: String) {
        wanted = number
        mostColumns = limits.columns
        queue = RowQueue(mostBytes: limits.field)
        feed = MarkupFeed(stream, as: .html, handler: self, limits: limits, file: file)
    }

    var taken: Int { feed?.taken ?? 0 }

    func next(into batch: inout RecordBatch) throws -> TableRow? {
        while queue.isEmpty {
            guard try feed?.next() == true else { return nil }
        }
        return queue.takeFirst(into: &batch)
    }

    func start(_ name: UnsafeRawBufferPointer, _ attributes: MarkupAttributes) {
        tags.append(tag(name))
        switch tags.last {
        case .table:
            openTables += 1
            if openTables == 1 {
                tables += 1
                rowsInTable.append(0)
                isInTable = tables == wanted
            }
        case .row where openTables == 1:
            rowsInTable[tables - 1] += 1
            if isInTable { rowLine = feed?.line ?? 1 }
        case .cell where openTables == 1 && isInTable:
            cell = []
            span.columns = min(max(attributes.value("colspan").flatMap { Int($0) } ?? 1, 1), mostColumns)
            span.rows = max(attributes.value("rowspan").flatMap { Int($0) } ?? 1, 1)
        default:
            if name.equals("br"), cell != nil { cell?.append(10) }
        }
    }

    private func tag(_ name: UnsafeRawBufferPointer) -> Tag {
        if name.equals("td") || name.equals("th") { return .cell }
        if name.equals("tr") { return .row }
        if name.equals("table") { return .table }
        return name.equals("script") || name.equals("style") || name.equals("head") ? .hidden : .other
    }

    func text(_ text: UnsafeRawBufferPointer) {
        guard cell != nil, tags.last != .hidden, (cell?.count ?? 0) <= queue.mostBytes else { return }
        // Line ends in the source are blanks; only <br> ends a line.
        cell?.append(contentsOf: text.lazy.map { $0 == 10 ? 32 : $0 })
    }

    func end() {
        switch tags.popLast() {
        case .table:
            openTables -= 1
            if openTables == 0 { isInTable = false }
        case .cell where openTables == 1 && isInTable: endCell()
        case .row where openTables == 1 && isInTable:
            passOverCovered()
            for column in covered.indices.dropFirst(queue.openCells) where covered[column] > 0 { covered[column] -= 1 }
            queue.endRow(line: rowLine)
        default: break
        }
    }

    /// A cell over several columns or rows stands in the first of them, as spreadsheets have it.
    private func endCell() {
        guard let text = cell else { return }
        cell = nil
        passOverCovered()
        let first = queue.openCells
        queue.append(cell: Self.shown(text))
        while queue.openCells < min(first + span.columns, mostColumns) { queue.append(cell: []) }
        guard span.rows > 1 else { return }
        while covered.count < queue.openCells { covered.append(0) }
        for column in first..<queue.openCells { covered[column] = span.rows - 1 }
    }

    private func passOverCovered() {
        while queue.openCells < covered.count, covered[queue.openCells] > 0 {
            covered[queue.openCells] -= 1
            queue.append(cell: [])
        }
    }

    /// As a browser shows it: runs of blanks are one, and none stands at the ends of a line.
    static func shown(_ text: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var index = 0
        var isBlank = true
        while index < text.count {
            let isWideBlank = text[index] == 0xC2 && index + 1 < text.count && text[index + 1] == 0xA0
            if text[index] == 32 || text[index] == 9 || text[index] == 13 || isWideBlank {
                if !isBlank { out.append(32) }
                isBlank = true
                index += isWideBlank ? 2 : 1
                continue
            }
            if text[index] == 10, out.last == 32 { out.removeLast() }
            if text[index] != 10 || !out.isEmpty { out.append(text[index]) }
            isBlank = text[index] == 10
            index += 1
        }
        while let last = out.last, last == 32 || last == 10 { out.removeLast() }
        return out
    }
}

/// How a web page is read, where it is not found out.
package struct HTMLSettings: Sendable, Equatable {
    /// The number of the table in the page, 1-based; nil is the one with the most rows.
    package var number: Int?
    package var headerRow = HeaderSetting.auto

    package init() {}
}
