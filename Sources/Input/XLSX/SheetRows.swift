import Records

/// The rows of one sheet (ECMA-376, part 1, 18.3.1).
final class SheetRows: TableRows, MarkupHandler {
    private let strings: SharedStrings
    private let formats: [NumberFormat]
    private let countsFrom1904: Bool
    private let mostColumns: Int
    /// Columns of the table; gaps beyond them are not filled, whatever a cell says where it stands.
    private let width: Int
    private var feed: MarkupFeed?
    private var queue: RowQueue

    private enum CellType {
        case number, shared, text, inline, boolean, date
    }

    private enum Place {
        case outside, row, cell, value, inline
    }

    private var place = Place.outside
    /// Elements below the one that counts.
    private var deeper = 0
    private var row = 0
    private var column = 0
    private var problem: String?
    private var type = CellType.number
    private var format = NumberFormat.general
    private var value: [UInt8] = []
    private var rich = RichText()

    /// - Parameter width: of the table where it is known.
    init(
        _ stream: any ByteStream, workbook: Workbook, strings: SharedStrings, width: Int?, limits: RecordLimits,
        file: String
    ) {
        self.strings = strings
        formats = workbook.formats
        countsFrom1904 = workbook.countsFrom1904
        mostColumns = limits.columns
        self.width = width ?? limits.columns
        queue = RowQueue(mostBytes: limits.field)
        feed = MarkupFeed(stream, as: .xml, handler: self, limits: limits, file: file)
    }

    var taken: Int { feed?.taken ?? 0 }

    func next(into batch: inout RecordBatch) throws -> TableRow? {
        while queue.isEmpty {
            guard try feed?.next() == true else { return nil }
        }
        return queue.takeFirst(into: &batch)
    }

    // MARK: Elements

    func start(_ name: UnsafeRawBufferPointer, _ attributes: MarkupAttributes) {
        switch place {
        case .outside where name.equals("row"):
            place = .row
            row = attributes.value("r").flatMap { Int($0) } ?? row + 1
            column = 0
            problem = nil
        case .row where name.equals("c"):
            place = .cell
            startCell(attributes)
        case .cell where name.equals("v"):
            place = .value
        case .cell where name.equals("is"):
            place = .inline
            rich.begin()
        case .inline: rich.start(name)
        case .outside: break
        case .row, .cell, .value: deeper += 1
        }
    }

    private func startCell(_ attributes: MarkupAttributes) {
        value.removeAll(keepingCapacity: true)
        (type, format) = (.number, .general)
        attributes.forEach { name, value in
            if name.equals("r") {
                if let found = Self.column(value) { column = found }
            } else if name.equals("t") {
                type = Self.type(value)
            } else if name.equals("s") {
                let style = Int(String(decoding: value, as: UTF8.self)) ?? 0
                format = formats.indices.contains(style) ? formats[style] : .general
            }
        }
    }

    private static func type(_ name: UnsafeRawBufferPointer) -> CellType {
        if name.equals("s") { return .shared }
        if name.equals("inlineStr") { return .inline }
        if name.equals("b") { return .boolean }
        if name.equals("d") { return .date }
        // A formula's text, and errors such as #N/A, stand as they are shown.
        return name.equals("str") || name.equals("e") ? .text : .number
    }

    /// `BC23` is in column 54, 0-based.
    private static func column(_ reference: UnsafeRawBufferPointer) -> Int? {
        var column = 0
        for byte in reference {
            let letter = Int(byte & 0xDF) - 65
            guard byte >= 65, (0..<26).contains(letter), column < 1 << 20 else { break }
            column = column * 26 + letter + 1
        }
        return column > 0 ? column - 1 : nil
    }

    func text(_ piece: UnsafeRawBufferPointer) {
        switch place {
        case .value where deeper == 0 && value.count <= queue.mostBytes: value.append(contentsOf: piece)
        case .inline: rich.add(piece)
        default: break
        }
    }

    func end() {
        if deeper > 0 {
            deeper -= 1
            return
        }
        switch place {
        case .outside: break
        case .row:
            queue.endRow(line: row, problem: problem)
            place = .outside
        case .cell:
            endCell()
            place = .row
        case .value: place = .cell
        case .inline:
            guard rich.end() else { return }
            value = rich.take()
            place = .cell
        }
    }

    // MARK: Cells

    private func endCell() {
        defer { column += 1 }
        guard !value.isEmpty else { return }
        guard column < mostColumns, column >= queue.openCells || column >= width else {
            problem = column >= mostColumns ? "too_many_cells" : "cells_out_of_order"
            return
        }
        while queue.openCells < min(column, width) { queue.append(cell: []) }
        switch type {
        case .shared:
            guard let number = Int(String(decoding: value, as: UTF8.self)) else { return queue.append(cell: []) }
            strings.with(number) { queue.append(cell: $0) }
        case .text, .inline, .date: queue.append(cell: value)
        case .boolean: queue.append(cell: (value == [UInt8(ascii: "1")] ? "TRUE" : "FALSE").utf8)
        case .number:
            let text = String(decoding: value, as: UTF8.self)
            queue.append(cell: format.shown(text, countsFrom1904: countsFrom1904).utf8)
        }
    }
}
