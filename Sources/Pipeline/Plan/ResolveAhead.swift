/// Resolves one batch while the one before it is planned.
struct ResolveAhead {
    private var ahead: ReadAhead
    private let resolution: Resolution
    private var upcoming: Task<ResolvedBatch, any Error>?

    init(_ ahead: ReadAhead, _ resolution: Resolution) {
        self.ahead = ahead
        self.resolution = resolution
    }

    mutating func next() async throws -> ResolvedBatch? {
        if upcoming == nil { try await begin() }
        guard let batch = try await upcoming?.value else { return nil }
        upcoming = nil
        do {
            try await begin()
        } catch {
            // What comes before it is planned first.
            upcoming = Task { throw error }
        }
        return batch
    }

    /// Waits for the batch that nobody will take.
    func end() async { _ = try? await upcoming?.value }

    private mutating func begin() async throws {
        guard let leads = try await ahead.next() else { return }
        upcoming = Task { [resolution] in try await resolution.resolved(leads) }
    }
}
