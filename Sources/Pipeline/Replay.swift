import Connect
import EnrichmentAPI
import Foundation
package import Ledger
package import Records

/// `millrace replay`: writes the outputs of a past run again, out of the ledger and the input, and asks nobody.
///
/// The run is taken up once more at its first row, on a copy of the ledger as it was when the run ended; every answer that
/// it had is there, so nothing is left to ask but what was never answered.
package enum Replay {
    /// - Parameters:
    ///   - outputs: where the outputs go, in the order of the pipeline's.
    /// - Returns: rows that were written.
    /// - Throws: ``Diagnostic`` `no_run`, `no_replay` or `input_changed`.
    package static func write(
        _ name: String, to outputs: [String], from ledger: Ledger, noting: @escaping @Sendable (Diagnostic) -> Void
    ) async throws -> Int {
        guard let past = try await ledger.pastRun(name) else {
            throw Diagnostic(
                code: "no_run", "there is no run '\(name)'", file: ledger.path, hint: "list them: millrace runs")
        }
        guard !past.settings.isEmpty, past.status == .done || past.status == .whole else {
            throw Diagnostic(
                code: "no_replay",
                past.settings.isEmpty
                    ? "the run was made by a version that did not keep its settings" : "the run has not ended",
                file: past.name, hint: past.settings.isEmpty ? nil : "go on with it first")
        }
        var settings = try PipelineFile.kept(past.settings, name: past.pipeline)
        guard outputs.count <= settings.output.count else {
            throw Diagnostic(
                code: "no_replay", "the run wrote \(settings.output.count) outputs, not \(outputs.count)",
                file: past.name)
        }
        settings.output = zip(settings.output, outputs).map { $0.moved(to: $1) }
        settings.leaveOutWhatIsNotReplayed()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("millrace-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let copy = try await ledger.copy(
            asOfEndOf: past.id, to: folder.appendingPathComponent("ledger.sqlite").path, key: settings.runKey)
        let journal = ReplayJournal(
            states: try await copy.unanswered(run: past.id), notAsked: try await copy.notAsked(run: past.id))
        let report = try await Pipeline(
            settings: settings, ledger: copy, enricher: SilentEnricher(isExternal: settings.enrich.engine == .api),
            verifier: nil, replaying: journal
        ).run(noting: noting)
        return report.records.read
    }
}

/// What became of requests of a past run that brought no answer.
struct ReplayJournal: Sendable {
    let states: [Int64: ChunkState]
    let notAsked: [NotAsked]

    func outcome(of ask: Intent.Ask) -> AskOutcome {
        switch states[ask.identity] {
        case .refused: return .failed(.refused)
        case .unavailable: return .failed(.unavailable)
        case .lost, .intent: return .failed(.answerLost)
        case .answered, .split, .turnedAway, nil: break
        }
        let reason = notAsked.first { $0.rows.contains(ask.row) }?.reason
        return .notAsked(reason.flatMap(SkipReason.init) ?? .budget)
    }
}

/// Whoever asks it has made a mistake: a replay finds everything in the ledger.
private struct SilentEnricher: Enricher {
    let isExternal: Bool

    func recordsPerRequest(_ endpoint: Endpoint) -> Int { 4096 }
    func worst(_ channels: ChannelSet, endpoint: Endpoint) -> Credits { .zero }
    func send(_ request: EnrichmentRequest) async -> EnrichmentAnswer { EnrichmentAnswer(.refused) }
}

/// Verdicts are in the ledger too; an email without one had none.
struct SilentVerifier: EmailVerifier {
    func replies(to emails: [EmailToCheck]) async -> [VerifierReply] { emails.map { _ in .said(.unknown) } }
}

extension Lanes {
    /// Settles every request as a past run's journal has it.
    func answer(from journal: ReplayJournal) async {
        async let singles: Void = answer(single, journal)
        await answer(bulk, journal)
        await singles
    }

    private func answer(_ requests: AsyncStream<PendingRequest>, _ journal: ReplayJournal) async {
        for await request in requests { request.settle(.success(request.asks.map(journal.outcome))) }
    }
}

extension OutputSettings {
    /// The same file elsewhere, written in the same way whatever the path ends in.
    fileprivate func moved(to path: String) -> OutputSettings {
        var moved = self
        moved.path = path
        moved.chosenFormat = format == .jsonl ? .jsonl : .csv
        return moved
    }
}

extension PipelineSettings {
    /// Only the outputs are written again: reports are kept, and what is for imports depends on later ones.
    fileprivate mutating func leaveOutWhatIsNotReplayed() {
        (rejects, report, explain) = ("", "", "")
        (changes, audience, warehouse) = (nil, [], [])
        maxRejects = nil
        enrich.maxCredits = nil
        enrich.maxCreditsPerMonth = nil
        describesOutputs = false
    }
}
