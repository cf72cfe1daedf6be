/// Reads and identifies a few batches ahead of who takes them, in order.
struct ReadAhead {
    private let reader: LeadReader
    private let width: Int
    private var ahead: [Task<IdentifiedBatch, Never>] = []
    private var isAtEnd = false

    init(_ reader: LeadReader, width: Int) {
        self.reader = reader
        self.width = width
    }

    mutating func next() async throws -> IdentifiedBatch? {
        while !isAtEnd, ahead.count < width {
            guard let part = try reader.next() else {
                isAtEnd = true
                break
            }
            // Pure and short, so nothing needs to stop it.
            ahead.append(Task { part.identified() })
        }
        guard !ahead.isEmpty else { return nil }
        return await ahead.removeFirst().value
    }
}
