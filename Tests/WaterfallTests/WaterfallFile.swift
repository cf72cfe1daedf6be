import Connect
import Foundation
import Ledger
import TestSupport
import Waterfall

/// Opens a waterfall file beside a ledger in a folder of the test.
enum WaterfallFile {
    static func opening(
        _ path: String, in folder: TemporaryFolder, environment: [String: String] = [:],
        verifier: (any EmailVerifier)? = nil, evidence: [Evidence] = []
    ) throws -> WaterfallOpening {
        WaterfallOpening(
            settings: try WaterfallSettings.read(path, environment: environment), ledger: folder.file("ledger.sqlite"),
            environment: environment, verifier: verifier, evidence: evidence)
    }

    /// For waterfalls of tables, which need nothing while they are used.
    static func open(_ path: String, in folder: TemporaryFolder, evidence: [Evidence] = []) async throws -> Waterfall {
        try await opening(path, in: folder, evidence: evidence).with { $0 }
    }
}
