/// The canonical hints of a batch of rows, in one contiguous buffer.
package struct IdentityBatch: Sendable {
    private static let width = Hint.allCases.count
    private(set) var bytes: [UInt8] = []
    private(set) var ends: [Int32] = []
    /// One byte a cell: 0, or a ``HintProblem``.
    private(set) var problems: [UInt8] = []
    /// One ``RowTraits`` a row.
    private(set) var traits: [UInt8] = []
    /// Filled cells that gave no hint.
    package private(set) var notes = HintNotes()

    init(reservingRows rows: Int) {
        bytes.reserveCapacity(rows * 96)
        ends.reserveCapacity(rows * Self.width)
        problems.reserveCapacity(rows * Self.width)
        traits.reserveCapacity(rows)
    }

    init(ends: [Int32], problems: [UInt8], traits: [UInt8], bytes: [UInt8]) {
        self.bytes = bytes
        self.ends = ends
        self.problems = problems
        self.traits = traits
    }

    package var rowCount: Int { ends.count / Self.width }

    /// A canonical hint; empty where the row has none, or none that is valid.
    package subscript(row: Int, hint: Hint) -> ArraySlice<UInt8> {
        let cell = row * Self.width + hint.rawValue
        return bytes[(cell == 0 ? 0 : Int(ends[cell - 1]))..<Int(ends[cell])]
    }

    /// Whether a row has a canonical hint; what ``subscript(row:hint:)`` says, without a look at its bytes.
    package func has(_ hint: Hint, _ row: Int) -> Bool {
        let cell = row * Self.width + hint.rawValue
        return (cell == 0 ? 0 : ends[cell - 1]) < ends[cell]
    }

    /// Why a filled cell gave no hint.
    package func problem(_ row: Int, _ hint: Hint) -> HintProblem? {
        HintProblem(rawValue: problems[row * Self.width + hint.rawValue])
    }

    /// Whether a row's cell for a hint holds anything, valid or not.
    package func isFilled(_ row: Int, _ hint: Hint) -> Bool {
        has(hint, row) || problem(row, hint) != nil
    }

    /// Whether a filled cell of a row gave no hint.
    package func hasProblem(_ row: Int) -> Bool {
        problems[(row * Self.width)..<((row + 1) * Self.width)].contains { $0 != 0 }
    }

    package func text(_ row: Int, _ hint: Hint) -> String { String(decoding: self[row, hint], as: UTF8.self) }

    /// What is looked up about a row's addresses once.
    func traits(_ row: Int) -> RowTraits { RowTraits(rawValue: traits[row]) }

    /// Closes the row that is being filled, which stands on a physical line.
    mutating func endRow(line: Int) {
        let row = rowCount - 1
        traits.append(
            RowTraits(email: self[row, .email], personalEmail: self[row, .personalEmail]).rawValue)
        if hasProblem(row) { note(row: row, line: line) }
    }

    mutating func note(row: Int, line: Int) {
        for hint in Hint.allCases {
            if let problem = problem(row, hint) { notes.add(hint, problem, line: line) }
        }
    }

    /// Adds the next cell of the row that is being filled, in the order of ``Hint``.
    mutating func add(_ fill: (inout [UInt8]) -> HintProblem?) {
        let problem = fill(&bytes)
        ends.append(Int32(bytes.count))
        problems.append(problem?.rawValue ?? 0)
    }

    /// Adds the next cell of the row that is being filled as it stands.
    mutating func add(_ hint: ArraySlice<UInt8>) {
        bytes.append(contentsOf: hint)
        ends.append(Int32(bytes.count))
        problems.append(0)
    }

    /// A cell of the row that is being filled.
    func open(_ hint: Hint) -> ArraySlice<UInt8> { self[ends.count / Self.width, hint] }
}
