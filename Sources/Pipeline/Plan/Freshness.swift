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
    /// The same of the attempt that is under way.
    let attempt: Double

    init(_ settings: EnrichSettings, run: Run) {
        values = settings.force ? 0 : settings.refreshAfter.inSeconds
        misses = min(settings.retryMissesAfter.inSeconds, values)
        self.run = run.id
        start = run.startedAt
        attempt = run.attemptAt
    }

    /// Whether what is known of a person leaves none of the channels to ask for.
    func covers(_ channels: ChannelSet, _ known: Known) -> Bool {
        var covered = ChannelSet(bits: 0)
        for index in known.answers.indices where holds(known.answers, index) {
            covered.insert(known.answers[index].channel)
        }
        return channels.subtracting(covered).isEmpty
    }

    /// Those of the answers that still count.
    func fresh(_ answers: [KnownAnswer]) -> [KnownAnswer] {
        // Mostly all of them do, and then they are not copied.
        answers.indices.allSatisfy { holds(answers, $0) }
            ? answers : answers.indices.filter { holds(answers, $0) }.map { answers[$0] }
    }

    private func holds(_ answers: [KnownAnswer], _ index: Int) -> Bool {
        holds(
            run: answers[index].run, answeredAt: answers[index].answeredAt, isMiss: answers[index].value == nil,
            isTentative: answers[index].isTentative)
    }

    func coversAccount(_ known: Known) -> Bool {
        known.account.map(holds) ?? false
    }

    func holds(_ account: KnownAccount) -> Bool {
        holds(
            run: account.run, answeredAt: account.answeredAt, isMiss: account.fields == nil,
            isTentative: account.isTentative)
    }

    /// What this run was told counts in any case; but where somebody could not be asked, only until it is taken up again.
    private func holds(run: Int64, answeredAt: Double, isMiss: Bool, isTentative: Bool) -> Bool {
        if run == self.run { return !isTentative || answeredAt >= attempt }
        return !isTentative && answeredAt + (isMiss ? misses : values) > start
    }
}
