import Connect
import Crypto
import EnrichmentAPI
import Foundation
import Identity
import Ledger

extension PipelineSettings {
    /// Tells pipelines apart whose unfinished runs must not be mixed up: what is read, asked and written.
    ///
    /// Limits, budgets, addresses, keys and time-outs may change between two attempts at the same run.
    package var runKey: String {
        let parts =
            [name, workspace, enrich.engine.rawValue, enrich.waterfall] + input.paths + ["|"]
            + output.map { "\($0)" } + audience.map { "\($0)" } + [
                "\(String(describing: changes))",
                rejects, "\(input.columns.sorted { $0.key.rawValue < $1.key.rawValue })",
                "\(String(describing: input.region))",
                "\(input.export)", "\(input.limits)", "\(input.namesSourceFile)", "\(identity)", "\(enrich.channels)",
                "\(enrich.onlyMissing)", "\(enrich.discover)",
                "\(enrich.account)", "\(enrich.minConfidence)", "\(verify?.channels.bits ?? 0)",
                "\(verify?.inputEmail ?? false)", "\(String(describing: verify?.verdict))",
            ]
        let digest = SHA256.hash(data: Data(parts.joined(separator: "\u{1F}").utf8))
        return digest.prefix(12).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    func runIdentity(_ inputs: InputList) throws -> RunIdentity {
        RunIdentity(
            pipeline: name, workspace: workspace, engine: enrich.engine.rawValue, key: runKey,
            inputs: try inputs.json(), settings: KeptSettings(self).text)
    }
}
