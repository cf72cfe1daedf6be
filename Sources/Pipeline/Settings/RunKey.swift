import Crypto
import EnrichmentAPI
import Foundation
import Identity
import Input
import Ledger

extension PipelineSettings {
    /// Tells pipelines apart whose unfinished runs must not be mixed up: what is read, asked and written.
    ///
    /// Limits, budgets, addresses, keys and time-outs may change between two attempts at the same run.
    package var runKey: String {
        let parts =
            [name, workspace, enrich.engine.rawValue, enrich.waterfall] + input.paths + ["|"]
            + output.map(\.path) + [
                rejects, "\(input.columns.sorted { $0.key.rawValue < $1.key.rawValue })",
                "\(String(describing: input.region))",
                "\(input.export)", "\(input.limits)", "\(input.namesSourceFile)", "\(identity)", "\(enrich.channels)",
                "\(enrich.onlyMissing)", "\(enrich.discover)",
                "\(enrich.account)", "\(enrich.minConfidence)", "\(verify?.channels.bits ?? 0)",
            ]
        let digest = SHA256.hash(data: Data(parts.joined(separator: "\u{1F}").utf8))
        return digest.prefix(12).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    func runIdentity(_ exports: [Export]) throws -> RunIdentity {
        struct Input: Encodable {
            var path: String
            var member: String?
            var fingerprint: FileFingerprint?
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let inputs = try encoder.encode(
            exports.map { Input(path: $0.path, member: $0.member, fingerprint: $0.fingerprint) })
        return RunIdentity(
            pipeline: name, workspace: workspace, engine: enrich.engine.rawValue, key: runKey,
            inputs: String(decoding: inputs, as: UTF8.self))
    }
}
