/// Reads and identifies a few batches ahead of who takes them, in order.
struct ReadAhead {
    private let reader: LeadReader
    private let width: Int
    /// What is done with each batch beside the others.
    private let work: @Sendable (IdentifiedBatch) async throws -> IdentifiedBatch
    private var ahead: [Task<IdentifiedBatch, any Error>] = []
    private var isAtEnd = false

    init(
        _ reader: LeadReader, width: Int,
        work: @escaping @Sendable (IdentifiedBatch) async throws -> IdentifiedBatch = { $0 }
    ) {
        self.reader = reader
        self.width = width
        self.work = work
    }

    mutating func next() async throws -> IdentifiedBatch? {
        while !isAtEnd, ahead.count < width {
            guard let part = try reader.next() else {
                isAtEnd = true
                break
            }
            // Short, so nothing needs to stop it.
            ahead.append(Task { [work] in try await work(part.identified()) })
        }
        guard !ahead.isEmpty else { return nil }
        return try await ahead.removeFirst().value
    }
}
