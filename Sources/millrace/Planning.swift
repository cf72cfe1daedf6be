import EnrichmentAPI
import Foundation
import Ledger
import Pipeline
import Records
import Waterfall

/// Says what a run would do; sends nothing and writes nothing.
struct Planning {
    let settings: PipelineSettings
    let options: RunOptions
    let json: Bool

    func run() async throws {
        let meter = ProgressMeter(options.watch.progress)
        Voice.standard.share { meter.finish() }
        let price = try price()
        var silent = settings
        // A list of who is who is written; the plan is not.
        silent.explain = ""
        let quiet = silent
        let outlook = try await withLedger { ledger in
            try await OutlookRun(settings: quiet, ledger: ledger, price: price)
                .look(fresh: options.fresh, watchers: [meter], noting: Endings.note)
        }
        meter.finish()
        if json {
            FileHandle.standardOutput.write(try outlook.json() + Data("\n".utf8))
        } else {
            print(OutlookText.render(outlook, zone: .current), terminator: "")
        }
    }

    /// What one record costs at most.
    private func price() throws -> @Sendable (ChannelSet, Endpoint) -> Credits {
        guard settings.enrich.engine == .embedded else {
            let prices = settings.enrich.api.prices
            return { prices.worst($0, endpoint: $1) }
        }
        let waterfall = try WaterfallSettings.read(
            settings.enrich.waterfall, environment: ProcessInfo.processInfo.environment)
        return { waterfall.worst($0, endpoint: $1) }
    }

    /// The ledger; an empty one where there is none, and a copy of one that this version would change: both are gone
    /// afterwards.
    private func withLedger<Value: Sendable>(_ work: (Ledger) async throws -> Value) async throws -> Value {
        let path = options.state.ledgerPath
        let isThere = FileManager.default.fileExists(atPath: path)
        if isThere, try Ledger.isCurrent(path) { return try await work(Ledger(path: path)) }
        let folder = FileManager.default.temporaryDirectory.appending(path: "millrace-plan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let copy = folder.appending(path: "ledger.sqlite").path
        if isThere { try Ledger.copy(path, to: copy) }
        return try await work(Ledger(path: copy))
    }
}
