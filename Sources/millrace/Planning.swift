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
        Voice.standard.speak(try options.watch.chosenFormat, level: options.watch.logLevel.ofLog)
        let meter = ProgressMeter(options.watch.progress)
        Voice.standard.share { meter.finish() }
        let price = try price()
        let outlook = try await withLedger { ledger in
            try await OutlookRun(settings: settings, ledger: ledger, price: price)
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

    /// The ledger, or an empty one that is gone afterwards: where there is none, none is made.
    private func withLedger<Value: Sendable>(_ work: (Ledger) async throws -> Value) async throws -> Value {
        let path = options.state.ledgerPath
        guard !FileManager.default.fileExists(atPath: path) else { return try await work(Ledger(path: path)) }
        let folder = FileManager.default.temporaryDirectory.appending(path: "millrace-plan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await work(Ledger(path: folder.appending(path: "ledger.sqlite").path))
    }
}
