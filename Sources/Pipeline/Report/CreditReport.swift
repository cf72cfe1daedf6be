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
    package var verification: VerificationPart
    package var timing: TimingPart

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
        /// What was remarkable in it and how often, such as `short_row`.
        package var notes: [String: Int]
    }

    package struct RecordsPart: Sendable, Codable {
        package var read: Int
        package var enriched: Int
        package var unmatched: Int
        package var skipped: [String: Int]
        package var failed: [String: Int]
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
        /// How sure the two are: `exact`, or `estimated` where the service named only a sum for a record.
        package var split: String
        package var unknownCharge: Credits
        package var savedByCache: Credits
        package var savedByDedupe: Credits
        package var budget: Credits?
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

    package struct VerificationPart: Sendable, Codable {
        package var checked: Int
        package var valid: Int
        package var invalid: Int
        package var unknown: Int
        package var catchAll: Int
        package var fromCache: Int
    }

    package struct TimingPart: Sendable, Codable {
        package var seconds: Double
        package var waitingForQuota: Double
        package var rowsPerSecond: Double
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
    /// Everything that a report is made of.
    struct Facts: Sendable {
        var run: Run
        var settings: PipelineSettings
        var inputs: [InputPart]
        var tally: Tally
        var requests: RequestTotals
        var verdicts: [Verdict: Int]
        var status: Run.Status
        /// When this attempt began and ended, in seconds since 1970.
        var attemptStart: Double
        var end: Double
        /// Seconds of it in which some request waited for the quota.
        var waitedForQuota: Double
        /// Rows that this attempt wrote.
        var attemptRows: Int
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
            failed: tally.failed,
            rejected: tally.rejected, fromCache: tally.fromCache, duplicates: tally.duplicates)
        let bulk = requests.calls[.bulk] ?? 0
        self.requests = RequestsPart(
            bulk: bulk, single: requests.calls[.single] ?? 0, discover: requests.calls[.discover] ?? 0,
            account: requests.calls[.account] ?? 0, retried: requests.retried, refused429: requests.refused429,
            recordsPerBulk: bulk == 0 ? 0 : (Double(requests.bulkRecords) / Double(bulk) * 100).rounded() / 100)
        credits = CreditsPart(
            used: tally.credits,
            byEndpoint: Dictionary(uniqueKeysWithValues: requests.credits.map { ($0.key.rawValue, $0.value) }),
            byChannel: tally.channels.mapValues(\.credits), bySource: tally.sources.mapValues(\.credits),
            split: tally.isEstimated ? "estimated" : "exact",
            unknownCharge: requests.unknownCharge, savedByCache: tally.savedByCache,
            savedByDedupe: tally.savedByDuplicates,
            budget: facts.settings.enrich.maxCredits)
        channels = tally.channels.mapValues {
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
        verification = VerificationPart(
            checked: facts.verdicts.values.reduce(0, +), valid: facts.verdicts[.valid] ?? 0,
            invalid: facts.verdicts[.invalid] ?? 0,
            unknown: facts.verdicts[.unknown] ?? 0, catchAll: facts.verdicts[.catchAll] ?? 0,
            fromCache: tally.verdictsFromCache)
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
