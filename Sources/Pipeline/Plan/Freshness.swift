import EnrichmentAPI
import Ledger
import Records

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

    /// Whether what is known of a person leaves none of the channels to ask for.
    func covers(_ channels: ChannelSet, _ known: Known) -> Bool {
        var open = channels
        for answer in known.answers
        where holds(run: answer.run, answeredAt: answer.answeredAt, isMiss: answer.value == nil) {
            open = open.subtracting([answer.channel])
        }
        return open.isEmpty
    }

    func coversAccount(_ known: Known) -> Bool {
        known.account.map { holds(run: $0.run, answeredAt: $0.answeredAt, isMiss: $0.fields == nil) } ?? false
    }

    /// What this run was told counts in any case.
    func holds(run: Int64, answeredAt: Double, isMiss: Bool) -> Bool {
        run == self.run || answeredAt + (isMiss ? misses : values) > start
    }
}
