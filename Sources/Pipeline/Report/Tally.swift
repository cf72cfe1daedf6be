import EnrichmentAPI
import Ledger

/// What the rows of a run add up to so far; saved with every checkpoint, so that it survives a crash with them.
struct Tally: Sendable, Codable, Equatable {
    var read = 0
    var rejected = 0
    var enriched = 0
    var unmatched = 0
    var skipped: [String: Int] = [:]
    var failed: [String: Int] = [:]
    /// Numbers of the first rows, 1-based, for each reason of those that were skipped or failed.
    var examples: [String: [Int]] = [:]
    var fromCache = 0
    var duplicates = 0
    /// Sum of `credits_used` over the rows.
    var credits = Credits.zero
    /// Credits for records for which nothing was found.
    var unexplained = Credits.zero
    var channels = ChannelMap<ChannelTally>()
    var sources: [String: SourceTally] = [:]
    /// Rows whose verdict was known before.
    var verdictsFromCache = 0
    /// Whether some credits are split over channels by our own estimate.
    var isEstimated = false
    var savedByCache = Credits.zero
    var savedByDuplicates = Credits.zero

    struct ChannelTally: Sendable, Codable, Equatable {
        var asked = 0
        var found = 0
        var verified = 0
        var invalid = 0
        var unknown = 0
        /// Emails of domains that take mail for every address.
        var catchAll = 0
        var credits = Credits.zero
    }

    struct SourceTally: Sendable, Codable, Equatable {
        var found = 0
        var valid = 0
        var credits = Credits.zero
        /// The part of the credits that went into emails.
        var emailCredits = Credits.zero
    }

    /// Rows that are named for a reason.
    private static let mostExamples = 5

    /// Takes the row where it lies: handed over by itself it would be copied.
    ///
    /// - Parameter number: of the row in the run, 1-based.
    mutating func count(_ rows: UnsafeBufferPointer<RowFacts>, _ row: Int, _ verdicts: Verdicts, number: Int) {
        read += 1
        switch rows[row].status {
        case .enriched: enriched += 1
        case .unmatched: unmatched += 1
        case .skipped: skipped[rows[row].reason, default: 0] += 1
        case .failed: failed[rows[row].reason, default: 0] += 1
        }
        if rows[row].origin == .cache { fromCache += 1 }
        if rows[row].origin == .duplicate { duplicates += 1 }
        if !rows[row].reason.isEmpty, examples[rows[row].reason, default: []].count < Self.mostExamples {
            examples[rows[row].reason, default: []].append(number)
        }
        credits += rows[row].channelCredits + rows[row].accountCredits
        if !rows[row].hasExactCharges { isEstimated = true }
        unexplained += rows[row].unexplained
        for charge in rows[row].charges {
            var tally = channels[charge.channel] ?? ChannelTally()
            tally.credits += charge.cost
            channels[charge.channel] = tally
            sources[charge.source, default: SourceTally()].credits += charge.cost
            if charge.channel.isEmail { sources[charge.source]?.emailCredits += charge.cost }
        }
        rows[row].found.forEach { _, found in
            switch found.supply {
            case .charged: break
            case .cache: savedByCache += found.cost ?? .zero
            case .duplicate: savedByDuplicates += found.cost ?? .zero
            }
        }
        for channel in rows[row].asked { count(channel, rows[row].found[channel], verdicts) }
    }

    private mutating func count(_ channel: Channel, _ found: RowFacts.Found?, _ verdicts: Verdicts) {
        var tally = channels[channel] ?? ChannelTally()
        defer { channels[channel] = tally }
        tally.asked += 1
        guard let found else { return }
        tally.found += 1
        sources[found.value.source, default: SourceTally()].found += 1
        guard channel.isEmail, !verdicts.isEmpty, let answer = verdicts[found.value.value] else { return }
        if answer.isCached { verdictsFromCache += 1 }
        switch answer.verdict {
        case .valid:
            tally.verified += 1
            sources[found.value.source]?.valid += 1
        case .invalid: tally.invalid += 1
        case .catchAll: tally.catchAll += 1
        case .unknown: tally.unknown += 1
        }
    }

    mutating func add(_ other: Tally) {
        read += other.read
        rejected += other.rejected
        enriched += other.enriched
        unmatched += other.unmatched
        skipped.merge(other.skipped, uniquingKeysWith: +)
        failed.merge(other.failed, uniquingKeysWith: +)
        examples.merge(other.examples) { Array(($0 + $1).prefix(Self.mostExamples)) }
        fromCache += other.fromCache
        duplicates += other.duplicates
        credits += other.credits
        unexplained += other.unexplained
        isEstimated = isEstimated || other.isEstimated
        savedByCache += other.savedByCache
        savedByDuplicates += other.savedByDuplicates
        other.channels.forEach { channel, more in channels[channel] = channels[channel]?.adding(more) ?? more }
        sources.merge(other.sources) { $0.adding($1) }
        verdictsFromCache += other.verdictsFromCache
    }
}

extension Tally.ChannelTally {
    func adding(_ other: Self) -> Self {
        Self(
            asked: asked + other.asked, found: found + other.found, verified: verified + other.verified,
            invalid: invalid + other.invalid, unknown: unknown + other.unknown, catchAll: catchAll + other.catchAll,
            credits: credits + other.credits)
    }
}

extension Tally.SourceTally {
    func adding(_ other: Self) -> Self {
        Self(
            found: found + other.found, valid: valid + other.valid, credits: credits + other.credits,
            emailCredits: emailCredits + other.emailCredits)
    }
}
