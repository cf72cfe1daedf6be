import Ledger

/// Takes what calls came to into the ledger, many in one commit: those that come while one is being written share the
/// next.
actor SettlementQueue {
    private let ledger: ServiceLedger
    private var waiting: [(request: ServedRequest, done: CheckedContinuation<Charged, any Error>)] = []
    private var isWriting = false

    init(_ ledger: ServiceLedger) { self.ledger = ledger }

    /// Comes back when the charge is on the disk.
    func settle(_ request: ServedRequest) async throws -> Charged {
        try await withCheckedThrowingContinuation { done in
            waiting.append((request, done))
            guard !isWriting else { return }
            isWriting = true
            Task { await write() }
        }
    }

    private func write() async {
        while !waiting.isEmpty {
            let batch = waiting
            waiting = []
            do {
                let charged = try await ledger.settle(batch.map(\.request))
                for (entry, charged) in zip(batch, charged) { entry.done.resume(returning: charged) }
            } catch {
                for entry in batch { entry.done.resume(throwing: error) }
            }
        }
        isWriting = false
    }
}
