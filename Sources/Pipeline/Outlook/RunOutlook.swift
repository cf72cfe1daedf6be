package import EnrichmentAPI
package import Foundation

/// What a run would do, take and cost.
package struct RunOutlook: Sendable, Encodable {
    package struct InputPart: Sendable, Encodable {
        package var path: String
        package var rows: Int
        package var rejected: Int
    }

    package struct RowsPart: Sendable, Encodable {
        package var read = 0
        /// Rows that earlier attempts at the run have written.
        package var writtenBefore = 0
        package var rejected = 0
        /// Rows for which somebody is asked.
        package var toAsk = 0
        package var known = 0
        package var duplicates = 0
        package var skipped: [String: Int] = [:]
        package var failed: [String: Int] = [:]
    }

    package struct RequestsPart: Sendable, Encodable {
        package var bulk = 0
        package var single = 0
        package var discover = 0
        package var account = 0
        package var recordsPerBulk = 0.0

        package var all: Int { bulk + single + discover + account }
    }

    package struct ChannelPart: Sendable, Encodable {
        package var toAsk: Int
        /// Answers of earlier runs that tell how often such a question is answered with a find.
        package var earlierAnswers: Int
        /// By those; nil where there are none.
        package var hitRate: Double?
    }

    package struct CreditsPart: Sendable, Encodable {
        package var forecast: Forecast
        /// What is left of `max_credits` and of the month's; nil for no limit.
        package var budget: Credits?
        /// Records that are not asked for because of it, where all cost what is expected, and at the most.
        package var cutOff: Int
        package var cutOffAtMost: Int
        /// Records in all requests.
        package var records: Int
    }

    package struct TimePart: Sendable, Encodable {
        /// The least that the limits allow.
        package var seconds: Double
        /// When the day's limit is used up with calls left, and how many have left by then.
        package var pausesAt: Date?
        package var callsUntilThen: Int?
        package var resumesAt: Date?
        package var endsAt: Date
    }

    package var pipeline: String
    package var workspace: String
    package var engine: String
    /// The unfinished run that would go on; nil for a new one.
    package var goesOn: String?
    package var inputs: [InputPart] = []
    package var rows = RowsPart()
    package var requests = RequestsPart()
    package var channels: [String: ChannelPart] = [:]
    /// Companies that are asked for.
    package var accounts = 0
    package var credits: CreditsPart
    /// Nil on the embedded engine, which has no limits.
    package var time: TimePart?

    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        return try encoder.encode(self)
    }
}
