import EnrichmentAPI
import Foundation
import GRDB

/// Reads what is known of identities, on prepared statements.
struct AnswerReader {
    private let findAnswers: HotStatement
    private let findAccount: HotStatement
    private let findChunk: HotStatement
    /// Requests that answered many identities, read once.
    private let chunks = ChunkMemory()
    private let texts = LastTexts()

    init(_ database: Database) throws {
        findAnswers = try HotStatement(
            database,
            """
            SELECT channel, value, source, confidence, enriched_at, credits, chunk, record_id, share
            FROM answer WHERE identity = ? ORDER BY channel
            """)
        findChunk = try HotStatement(database, "SELECT run, answered_at FROM chunk WHERE id = ?")
        findAccount = try HotStatement(
            database,
            """
            SELECT account.account_id, account.fields, chunk.run, chunk.answered_at
            FROM account JOIN chunk ON chunk.id = account.chunk WHERE account.identity = ?
            """)
    }

    func known(_ identity: Int64) throws -> Known {
        var known = Known(identity: identity)
        let texts = texts
        known.answers.reserveCapacity(Channel.allCases.count)
        try findAnswers.run(.integer(identity)) { row in
            guard let channel = Channel(number: Int(row.integer(0))) else { return }
            let chunk = row.integer(6)
            let facts = try chunks.facts(of: chunk, findChunk)
            known.answers.append(
                KnownAnswer(
                    channel: channel,
                    value: row.isNull(1)
                        ? nil
                        : ChannelValue(
                            value: row.text(1), source: row.text(2), confidence: row.real(3),
                            enrichedAt: row.text(4, reusing: &texts.time)),
                    chunk: chunk, run: facts.run, answeredAt: facts.answeredAt,
                    credits: row.isNull(5) ? nil : Credits(thousandths: Int(row.integer(5))),
                    share: row.isNull(8) ? nil : Credits(thousandths: Int(row.integer(8))),
                    recordID: row.text(7, reusing: &texts.recordID)))
        }
        guard known.answers.isEmpty else { return known }
        try findAccount.run(.integer(identity)) { row in
            let fields =
                row.isNull(1) ? nil : try JSONDecoder().decode([String: String].self, from: Data(row.text(1).utf8))
            known.account = KnownAccount(
                accountID: row.text(0), fields: fields, run: row.integer(2), answeredAt: row.real(3))
        }
        return known
    }
}

/// What answers of one request have in common, for as long as a transaction lasts.
private final class ChunkMemory {
    private var known: [Int64: (run: Int64, answeredAt: Double)] = [:]
    private static let most = 10_000

    func facts(of chunk: Int64, _ find: HotStatement) throws -> (run: Int64, answeredAt: Double) {
        if let facts = known[chunk] { return facts }
        var facts: (run: Int64, answeredAt: Double) = (0, 0)
        try find.run(.integer(chunk)) { facts = ($0.integer(0), $0.real(1)) }
        if known.count >= Self.most { known.removeAll(keepingCapacity: true) }
        known[chunk] = facts
        return facts
    }
}

/// Texts that mostly are what the answer before had: one of a person has the same number as another, one of a table the
/// same time.
private final class LastTexts {
    var recordID = ""
    var time = ""
}
