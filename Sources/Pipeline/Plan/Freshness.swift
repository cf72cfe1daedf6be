import EnrichmentAPI
import Ledger

/// Whether an earlier answer still counts.
///
/// Pure.
struct Freshness: Sendable {
    /// How long a found value is good, in seconds; 0 is never.
    let values: Double
    /// How long a miss is good, in seconds.
    let misses: Double
    let run: Int64
    /// When the run began, in seconds since 1970: a run that is taken up again judges as it did at first.
    let start: Double

    init(_ settings: EnrichSettings, run: Run) {
        values = settings.force ? 0 : settings.refreshAfter.inSeconds
        misses = min(settings.retryMissesAfter.inSeconds, values)
        self.run = run.id
        start = run.startedAt
    }

    /// What this run was told counts in any case.
    func holds(run: Int64, answeredAt: Double, isMiss: Bool) -> Bool {
        run == self.run || answeredAt + (isMiss ? misses : values) > start
    }
}
