import EnrichmentAPI
package import Ledger
import Synchronization

/// What was asked of providers, until somebody writes it down.
package final class ProviderUseBook: Sendable {
    private let tally = Mutex((open: ProviderUseTally(), all: ProviderUseTally()))

    func add(_ more: ProviderUseTally) {
        tally.withLock { tally in
            tally.open.add(more)
            tally.all.add(more)
        }
    }

    /// Everything since the program began.
    package var total: [ProviderUse] { tally.withLock { $0.all.uses } }

    /// Everything since the last time.
    package func take() -> [ProviderUse] {
        tally.withLock { tally in
            defer { tally.open = ProviderUseTally() }
            return tally.open.uses
        }
    }
}

/// Counts what was asked of providers.
struct ProviderUseTally: Sendable {
    private struct Key: Hashable {
        var provider: String
        var channel: Channel?
    }

    private var counts: [Key: ProviderUse] = [:]

    /// - Parameter uses: those of whom nothing was asked are left out.
    init(_ uses: some Sequence<ProviderUse> = []) {
        for use in uses where use.asked > 0 { add(use) }
    }

    mutating func add(_ other: ProviderUseTally) {
        for use in other.counts.values { add(use) }
    }

    private mutating func add(_ use: ProviderUse) {
        counts[
            Key(provider: use.provider, channel: use.channel),
            default: ProviderUse(provider: use.provider, channel: use.channel)
        ].add(use)
    }

    var uses: [ProviderUse] {
        counts.values.sorted {
            ($0.provider, $0.channel?.number ?? -1) < ($1.provider, $1.channel?.number ?? -1)
        }
    }
}
