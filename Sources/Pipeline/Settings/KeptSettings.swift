import Connect
import Foundation

/// The settings of a run as the ledger keeps them: enough to write the run again, and nothing that opens a door.
struct KeptSettings: Codable {
    /// All keys that were set, as YAML without keys, secrets and addresses.
    var keys: String
    /// Whose verdicts were taken, as a key that tells no address.
    var verifier: String?

    init(_ settings: PipelineSettings) {
        keys = settings.source
        verifier = settings.verify?.service
    }

    /// Nil for what is none.
    init?(_ text: String) {
        guard let kept = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else { return nil }
        self = kept
    }

    /// Empty where it cannot be written.
    var text: String { (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "" }
}
