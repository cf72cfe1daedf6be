import EnrichmentAPI
import Foundation
import GRDB

/// Writes what a request brought, on prepared statements.
struct AnswerWriter {
    private let database: Database
    private let ask: HotInsert
    private let account: HotStatement

    init(_ database: Database) throws {
        self.database = database
        ask = try HotInsert(
            database, "INSERT OR REPLACE INTO ask (chunk, identity, row, credits, record_id)", columns: 5)
        account = try HotStatement(
            database,
            """
            INSERT INTO account (identity, chunk, account_id, fields) VALUES (?, ?, ?, ?)
            ON CONFLICT (identity) DO UPDATE SET chunk = excluded.chunk, account_id = excluded.account_id,
              fields = excluded.fields
            """)
    }

    /// Writes a request that is answered already.
    ///
    /// - Parameter count: results from the first on that count.
    /// - Returns: the same number.
    func record(
        _ intent: Intent, _ settlement: Settlement, first count: Int, now: Double
    ) throws -> Int {
        guard count > 0 else { return 0 }
        var (intent, settlement) = (intent, settlement)
        if count < intent.asks.count {
            settlement = settlement.first(count)
            intent.asks = Array(intent.asks.prefix(count))
        }
        let chunk = try Ledger.insertChunk(database, intent, state: settlement.state, at: now, slot: nil)
        let failures = settlement.failures
        try database.execute(
            sql: "UPDATE chunk SET credits = ?, answered_at = ?, failures = ? WHERE id = ?",
            arguments: [
                settlement.credits.thousandths, now, failures.isEmpty ? nil : try Self.json(failures), chunk,
            ])
        try write(settlement, of: intent, chunk: chunk)
        return count
    }

    func write(_ settlement: Settlement, of intent: Intent, chunk: Int64) throws {
        switch settlement {
        case .persons(let results, let costs):
            try writeAsks(intent, chunk) { (results[$0].creditsUsed, results[$0].recordID) }
            // Mostly all records of a request are told the same channels.
            var told: (channels: ChannelSet, answer: HotStatement)?
            for (index, (asked, result)) in zip(intent.asks, results).enumerated() {
                let channels = intent.channels.subtracting(asked.kept)
                guard !channels.isEmpty else { continue }
                if told?.channels != channels {
                    told = (channels, try HotStatement(database, AnswerColumns.upsert(channels)))
                }
                let cost = costs.indices.contains(index) ? costs[index] : [:]
                try told?.answer.write { Self.bind(asked, chunk, channels, result, cost, to: &$0) }
            }
        case .accounts(let results):
            try writeAsks(intent, chunk) {
                (results[$0].result?.creditsUsed ?? .zero, results[$0].result?.accountID ?? "")
            }
            for (asked, answer) in zip(intent.asks, results) {
                let fields = try answer.result.map { try Self.json($0.fields) }
                try account.run(
                    .integer(asked.identity), .integer(chunk),
                    .text(answer.result?.accountID ?? Self.names(answer.failures)), .optional(fields))
            }
        case .refused, .split, .unavailable, .lost:
            try writeAsks(intent, chunk) { _ in (.zero, "") }
        }
    }

    private static func bind(
        _ asked: Intent.Ask, _ chunk: Int64, _ channels: ChannelSet, _ result: PersonResult,
        _ costs: ChannelMap<Credits>, to row: inout HotArguments
    ) {
        let share = result.creditsUsed.thousandths / max(1, result.channels.count { $0.value != nil })
        row.integer(asked.identity)
        for channel in channels {
            let value = result.channels[channel]?.value
            let cost = costs[channel]?.thousandths
            row.integer(chunk)
            if let value {
                row.text(value.value)
                row.text(value.source)
                row.real(value.confidence)
                row.text(value.enrichedAt)
            } else {
                let failures = result.failures(of: channel)
                row.null()
                row.optional(failures.isEmpty ? nil : names(failures))
                row.null()
                row.null()
            }
            row.optional(cost)
            row.text(result.recordID)
            row.optional(cost == nil && value != nil ? share : nil)
        }
    }

    /// Who stands where the source of a value would: a miss of theirs counts for that attempt at its run alone.
    private static func names(_ failures: [ProviderFailure]) -> String {
        failures.map(\.provider).joined(separator: "\n")
    }

    private static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }

    private func writeAsks(
        _ intent: Intent, _ chunk: Int64, _ charged: (Int) -> (credits: Credits, recordID: String)
    ) throws {
        try ask.write(intent.asks.count) { index, row in
            let asked = intent.asks[index], charged = charged(index)
            row.integer(chunk)
            row.integer(asked.identity)
            row.integer(Int64(asked.row))
            row.integer(Int64(charged.credits.thousandths))
            row.text(charged.recordID)
        }
    }
}
