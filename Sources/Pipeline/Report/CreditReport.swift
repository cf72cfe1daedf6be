package import EnrichmentAPI
package import Foundation
import Ledger

/// What came in, what was found and what it cost (contract, section 6).
package struct CreditReport: Sendable, Codable {
    package var run: RunPart
    package var inputs: [InputPart]
    package var records: RecordsPart
    package var requests: RequestsPart
    package var credits: CreditsPart
    package var channels: [String: ChannelPart]
    package var sources: [String: SourcePart]
    /// Providers of the embedded engine that could not be asked; nil for a service, and in reports of older versions.
    package var providers: [String: ProviderPart]?
    package var verification: VerificationPart
    package var quota: QuotaPart
    package var timing: TimingPart
    /// Files for imports, by their path.
    package var imports: [String: ImportPart]
    /// Nil for the embedded engine, which charges by its own list.
    package var audit: BillAudit?

    package struct RunPart: Sendable, Codable {
        package var id: String
        package var pipeline: String
        package var workspace: String
        package var engine: String
        package var startedAt: Date
        package var finishedAt: Date
        package var status: String
        package var resumed: Bool
    }

    package struct InputPart: Sendable, Codable {
        package var path: String
        package var bytes: Int?
        package var rows: Int
        package var rejected: Int
        package var rejects: [RejectPart]
        /// What was remarkable in it and how often, such as `short_row`.
        package var notes: [String: Int]
    }

    /// Records that could not be read, for one reason.
    package struct RejectPart: Sendable, Codable {
        package var reason: String
        package var count: Int
        package var firstLine: Int
    }

    package struct RecordsPart: Sendable, Codable {
        package var read: Int
        package var enriched: Int
        package var unmatched: Int
        package var skipped: [String: Int]
        package var failed: [String: Int]
        /// Numbers of the first rows, 1-based, for each reason.
        package var examples: [String: [Int]]
        package var rejected: Int
        package var fromCache: Int
        package var duplicates: Int
    }

    package struct RequestsPart: Sendable, Codable {
        package var bulk: Int
        package var single: Int
        package var discover: Int
        package var account: Int
        package var retried: Int
        package var refused429: Int
        package var recordsPerBulk: Double

        enum CodingKeys: String, CodingKey {
            case bulk, single, discover, account, retried
            case refused429 = "refused_429"
            case recordsPerBulk = "records_per_bulk"
        }
    }

    package struct CreditsPart: Sendable, Codable {
        package var used: Credits
        package var byEndpoint: [String: Credits]
        package var byChannel: [String: Credits]
        package var bySource: [String: Credits]
        /// For records for which nothing was found; neither channel nor source has a part of it.
        package var forNothing: Credits
        /// How sure the two are: `exact`, or `estimated` where the service named only a sum for a record.
        package var split: String
        package var unknownCharge: Credits
        package var savedByCache: Credits
        package var savedByDedupe: Credits
        package var budget: Credits?
        package var forecast: Forecast
    }

    package struct ChannelPart: Sendable, Codable {
        package var asked: Int
        package var found: Int
        package var hitRate: Double
        package var verified: Int
        package var invalid: Int
        package var unknown: Int
        /// Emails of domains that take mail for every address.
        package var catchAll: Int
    }

    package struct SourcePart: Sendable, Codable {
        package var found: Int
        package var valid: Int
        package var credits: Credits
        /// What was paid for emails of this source, for each valid one.
        package var creditsPerValid: Double?
    }

    package struct ProviderPart: Sendable, Codable {
        /// For how many people and companies it could not be asked, by why.
        package var failed: [String: Int]
    }

    package struct VerificationPart: Sendable, Codable {
        package var checked: Int
        package var valid: Int
        package var invalid: Int
        package var unknown: Int
        package var catchAll: Int
        package var fromCache: Int
    }

    package struct QuotaPart: Sendable, Codable {
        /// Calls that the settings allow.
        package var bulkPerMinute: Int
        package var singlePerMinute: Int
        package var perDay: Int
        /// The run's calls.
        package var calls: Int
        /// When they left.
        package var timeline: [TimelinePart]
    }

    package struct TimelinePart: Sendable, Codable {
        package var at: Date
        package var bulk: Int
        package var others: Int
    }

    package struct ImportPart: Sendable, Codable {
        package var rows: Int
        package var leftOut: [String: Int]
    }

    package struct TimingPart: Sendable, Codable {
        package var seconds: Double
        package var waitingForQuota: Double
        package var rowsPerSecond: Double
    }

    /// As the ledger keeps it.
    package func archived() throws -> String { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }

    /// Out of what the ledger keeps; nil where another version kept it.
    package init?(archived text: String) {
        guard let report = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else { return nil }
        self = report
    }

    /// As it is written.
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        return try encoder.encode(self) + Data("\n".utf8)
    }
}

extension CreditReport {
    /// Providers that could not be asked, the most frequent failure first.
    package var providerFailures: [(provider: String, why: String, count: Int)] {
        (providers ?? [:]).flatMap { provider, part in
            part.failed.map { (provider: provider, why: $0.key, count: $0.value) }
        }.sorted { ($1.count, $0.provider, $0.why) < ($0.count, $1.provider, $1.why) }
    }

    /// What the requests of the run have cost so far: more than its rows say, while some are not written.
    var charged: Credits { credits.byEndpoint.values.reduce(.zero, +) }

    /// Everything that a report is made of.
    struct Facts: Sendable {
        var run: Run
        var settings: PipelineSettings
        var inputs: [InputPart]
        var tally: Tally
        var requests: RequestTotals
        var providerFailures: [String: [String: Int]]
        var verdicts: [Verdict: Int]
        var status: Run.Status
        /// When this attempt began and ended, in seconds since 1970.
        var attemptStart: Double
        var end: Double
        /// Seconds of it in which some request waited for the quota.
        var waitedForQuota: Double
        /// Rows that this attempt wrote.
        var attemptRows: Int
        var forecast: Forecast
        var timeline: [RequestCount]
        var imports: [String: ImportPart]
        var audit: BillAudit?
    }

    init(_ facts: Facts) {
        let tally = facts.tally, requests = facts.requests
        run = RunPart(
            id: facts.run.name, pipeline: facts.settings.name, workspace: facts.settings.workspace,
            engine: facts.settings.enrich.engine.rawValue, startedAt: Date(timeIntervalSince1970: facts.run.startedAt),
            finishedAt: Date(timeIntervalSince1970: facts.end), status: facts.status.rawValue,
            resumed: facts.run.isResumed)
        inputs = facts.inputs
        records = RecordsPart(
            read: tally.read, enriched: tally.enriched, unmatched: tally.unmatched, skipped: tally.skipped,
            failed: tally.failed, examples: tally.examples,
            rejected: tally.rejected, fromCache: tally.fromCache, duplicates: tally.duplicates)
        let bulk = requests.calls[.bulk] ?? 0
        self.requests = RequestsPart(
            bulk: bulk, single: requests.calls[.single] ?? 0, discover: requests.calls[.discover] ?? 0,
            account: requests.calls[.account] ?? 0, retried: requests.retried, refused429: requests.refused429,
            recordsPerBulk: bulk == 0 ? 0 : (Double(requests.bulkRecords) / Double(bulk) * 100).rounded() / 100)
        credits = CreditsPart(
            used: tally.credits,
            byEndpoint: Dictionary(uniqueKeysWithValues: requests.credits.map { ($0.key.rawValue, $0.value) }),
            byChannel: tally.channels.byName.mapValues(\.credits), bySource: tally.sources.mapValues(\.credits),
            forNothing: tally.unexplained,
            split: tally.isEstimated ? "estimated" : "exact",
            unknownCharge: requests.unknownCharge, savedByCache: tally.savedByCache,
            savedByDedupe: tally.savedByDuplicates,
            budget: facts.settings.enrich.maxCredits, forecast: facts.forecast)
        channels = tally.channels.byName.mapValues {
            ChannelPart(
                asked: $0.asked, found: $0.found, hitRate: Self.share($0.found, of: $0.asked), verified: $0.verified,
                invalid: $0.invalid, unknown: $0.unknown, catchAll: $0.catchAll)
        }
        sources = tally.sources.mapValues {
            SourcePart(
                found: $0.found, valid: $0.valid, credits: $0.credits,
                creditsPerValid: $0.valid == 0
                    ? nil : (Double($0.emailCredits.thousandths) / 10 / Double($0.valid)).rounded() / 100)
        }
        if facts.settings.enrich.engine == .embedded {
            providers = facts.providerFailures.mapValues { ProviderPart(failed: $0) }
        }
        verification = VerificationPart(
            checked: facts.verdicts.values.reduce(0, +), valid: facts.verdicts[.valid] ?? 0,
            invalid: facts.verdicts[.invalid] ?? 0,
            unknown: facts.verdicts[.unknown] ?? 0, catchAll: facts.verdicts[.catchAll] ?? 0,
            fromCache: tally.verdictsFromCache)
        let limits = facts.settings.enrich.limits
        quota = QuotaPart(
            bulkPerMinute: limits.bulkPerMinute, singlePerMinute: limits.singlePerMinute, perDay: limits.perDay,
            calls: requests.calls.values.reduce(0, +) + requests.retried,
            timeline: facts.timeline.map {
                TimelinePart(at: Date(timeIntervalSince1970: $0.start), bulk: $0.bulk, others: $0.others)
            })
        imports = facts.imports
        audit = facts.audit
        let seconds = max(facts.end - facts.attemptStart, 0.001)
        timing = TimingPart(
            seconds: (seconds * 1000).rounded() / 1000,
            waitingForQuota: (facts.waitedForQuota * 1000).rounded() / 1000,
            rowsPerSecond: (Double(facts.attemptRows) / seconds).rounded())
    }

    private static func share(_ part: Int, of whole: Int) -> Double {
        whole == 0 ? 0 : (Double(part) / Double(whole) * 10_000).rounded() / 10_000
    }
}

extension ChannelMap {
    fileprivate var byName: [String: Value] {
        Dictionary(uniqueKeysWithValues: entries.map { ($0.channel.rawValue, $0.value) })
    }
}
