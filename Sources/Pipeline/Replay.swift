import Connect
import EnrichmentAPI
import Foundation
import Input
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
        let originals = settings.named(run: past.name, startedAt: past.startedAt).output.map(\.path)
        settings.output = zip(settings.output, outputs).map { $0.moved(to: $1) }
        settings.leaveOutWhatIsNotReplayed()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("millrace-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let exports = try settings.input.open { _ in }
        try PipelineFile.check(outputs, keep: exports.map(\.path))
        let inputs = try InputList(exports)
        // A file that was copied back is the one that it was; whether it is shows in what comes of it.
        if let before = InputList.entries(past.inputs),
            let change = inputs.differences(since: before, ignoringTimes: true)
        {
            throw Diagnostic(
                code: "input_changed", "the input is not what the run read: \(change)", file: past.name,
                hint: "put the input back as it was")
        }
        let copy = try await ledger.copy(
            asOfEndOf: past.id, to: folder.appendingPathComponent("ledger.sqlite").path, key: settings.runKey,
            inputs: inputs.json())
        let journal = ReplayJournal(
            states: try await copy.unanswered(run: past.id), notAsked: try await copy.notAsked(run: past.id))
        let report = try await Pipeline(
            settings: settings, ledger: copy, enricher: SilentEnricher(isExternal: settings.enrich.engine == .api),
            verifier: nil, replaying: journal
        ).run(noting: noting)
        let lengths = Dictionary(
            uniqueKeysWithValues: try await ledger.outputs(ofRun: past.name).map { ($0.path, $0.length) })
        for (original, output) in zip(originals, outputs) where original != "-" && output != "-" {
            let length = try FileFingerprint.of(output)?.size
            guard let then = lengths[original], let length, then != length else { continue }
            throw Diagnostic(
                code: "input_changed", "what was written is not what the run wrote: \(length) bytes instead of \(then)",
                file: output,
                hint: "put the input back as it was; people who were forgotten since are not written again")
        }
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
        return .notAsked(reason(ofRow: ask.row).flatMap(SkipReason.init) ?? .budget)
    }

    func settle(_ request: PendingRequest) { request.settle(.success(request.asks.map(outcome))) }

    /// The ranges are in order and none overlaps another.
    private func reason(ofRow row: Int) -> String? {
        var low = 0, high = notAsked.count
        while low < high {
            let middle = (low + high) / 2
            if notAsked[middle].rows.upperBound < row { low = middle + 1 } else { high = middle }
        }
        return low < notAsked.count && notAsked[low].rows.contains(row) ? notAsked[low].reason : nil
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
        async let singles: Void = { for await request in single { journal.settle(request) } }()
        async let inside: Void = { for await requests in self.inside { requests.forEach(journal.settle) } }()
        for await request in bulk { journal.settle(request) }
        _ = await (singles, inside)
    }
}

extension OutputSettings {
    /// The same file elsewhere, written in the same way whatever the path ends in.
    fileprivate func moved(to path: String) -> OutputSettings {
        var moved = self
        moved.path = path
        moved.chosenFormat = format == .jsonl ? .jsonl : .csv
        moved.chosenPacking = packing
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
