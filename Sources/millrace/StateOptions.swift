import ArgumentParser
import Foundation

/// Where the ledger lies.
struct StateOptions: ParsableArguments {
    @Option(help: "The ledger; else $MILLRACE_STATE, else under ~/.local/state/millrace.")
    var state: String?

    /// Flag, variable, then the place where programs of a user keep their state.
    var ledgerPath: String {
        let environment = ProcessInfo.processInfo.environment
        if let path = state ?? environment["MILLRACE_STATE"], !path.isEmpty { return path }
        let home =
            environment["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.local/state"
        return home + "/millrace/ledger.sqlite"
    }
}
