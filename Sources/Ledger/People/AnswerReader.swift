import EnrichmentAPI
import Foundation
import GRDB

/// Reads what is known of identities, on prepared statements.
struct AnswerReader {
    private let findNeighbours: HotStatement
    private let findScattered: HotLookup
    private let findAccount: HotStatement
    private let findChunk: HotStatement
    /// Requests that answered many identities, read once.
    private let chunks = ChunkMemory()

    /// People of one export got their numbers in the order of its rows, so those between two of them are mostly wanted
    /// too; where more than this many are not, it is faster to look anew.
    private static let widestGap: Int64 = 8
    /// Neighbours for whom a statement of their own is worth its start.
    private static let fewestNeighbours = 6

    init(_ database: Database) throws {
        let columns = AnswerColumns.of(Channel.allCases).joined(separator: ", ")
        findNeighbours = try HotStatement(
            database, "SELECT identity, \(columns) FROM answer WHERE identity BETWEEN ? AND ? ORDER BY identity")
        findScattered = try HotLookup(database, "\(columns) FROM asked CROSS JOIN answer ON identity = key")
        findChunk = try HotStatement(database, "SELECT run, answered_at FROM chunk WHERE id = ?")
        findAccount = try HotStatement(
            database,
            """
            SELECT account.account_id, account.fields, chunk.run, chunk.answered_at
            FROM account JOIN chunk ON chunk.id = account.chunk WHERE account.identity = ?
            """)
    }

    /// - Parameter identities: in any order; nil is nobody.
    func known(_ identities: [Int64?]) throws -> [Known?] {
        let wanted = identities.enumerated().compactMap { place, identity in
            identity.map { (identity: $0, place: place) }
        }.sorted { $0.identity < $1.identity }
        var people: [Known] = []
        people.reserveCapacity(wanted.count)
        for (identity, _) in wanted where people.last?.identity != identity { people.append(Known(identity: identity)) }
        try readAnswers(of: &people)
        for person in people.indices where people[person].answers.isEmpty {
            people[person].account = try account(people[person].identity)
        }
        var known = [Known?](repeating: nil, count: identities.count)
        var person = 0
        for (identity, place) in wanted {
            while people[person].identity < identity { person += 1 }
            known[place] = people[person]
        }
        return known
    }

    /// - Parameter people: each once, by their numbers.
    private func readAnswers(of people: inout [Known]) throws {
        var scattered: [Int] = []
        var start = 0
        while start < people.count {
            var end = start + 1
            while end < people.count, people[end].identity - people[end - 1].identity <= Self.widestGap { end += 1 }
            if end - start < Self.fewestNeighbours {
                scattered += start..<end
            } else {
                try readAnswers(ofNeighbours: start..<end, of: &people)
            }
            start = end
        }
        var texts = LastTexts()
        try findScattered.find(scattered.map { people[$0].identity }) { place, row in
            people[scattered[place]].answers = try answers(row, &texts)
        }
    }

    private func readAnswers(ofNeighbours range: Range<Int>, of people: inout [Known]) throws {
        var person = range.lowerBound
        var texts = LastTexts()
        let first = people[person].identity, last = people[range.upperBound - 1].identity
        try findNeighbours.run(.integer(first), .integer(last)) { row in
            let identity = row.integer(0)
            while people[person].identity < identity { person += 1 }
            // Somebody in between may not be wanted.
            if people[person].identity == identity { people[person].answers = try answers(row, &texts) }
        }
    }

    private func answers(_ row: HotRow, _ texts: inout LastTexts) throws -> [KnownAnswer] {
        var answers: [KnownAnswer] = []
        answers.reserveCapacity(Channel.allCases.count)
        var first: Int32 = 1
        for channel in Channel.allCases {
            if !row.isNull(first) { answers.append(try answer(channel, row, first, &texts)) }
            first += Int32(AnswerColumns.names.count)
        }
        return answers
    }

    /// - Parameter first: of the channel's columns.
    private func answer(
        _ channel: Channel, _ row: HotRow, _ first: Int32, _ texts: inout LastTexts
    ) throws -> KnownAnswer {
        let chunk = row.integer(first)
        let facts = try chunks.facts(of: chunk, findChunk)
        var answer = KnownAnswer(
            channel: channel, value: nil, chunk: chunk, run: facts.run, answeredAt: facts.answeredAt, credits: nil,
            share: nil, recordID: row.text(first + 6, reusing: &texts.recordID))
        if !row.isNull(first + 5) { answer.credits = Credits(thousandths: Int(row.integer(first + 5))) }
        guard !row.isNull(first + 1) else {
            answer.isTentative = !row.isNull(first + 2)
            return answer
        }
        answer.value = ChannelValue(
            value: row.text(first + 1), source: row.text(first + 2, reusing: &texts.source),
            confidence: row.real(first + 3), enrichedAt: row.text(first + 4, reusing: &texts.time))
        if !row.isNull(first + 7) { answer.share = Credits(thousandths: Int(row.integer(first + 7))) }
        return answer
    }

    private func account(_ identity: Int64) throws -> KnownAccount? {
        var account: KnownAccount?
        try findAccount.find(identity) { row in
            let fields =
                row.isNull(1) ? nil : try JSONDecoder().decode([String: String].self, from: Data(row.text(1).utf8))
            let name = row.text(0)
            var known = KnownAccount(
                accountID: fields == nil ? "" : name, fields: fields, run: row.integer(2), answeredAt: row.real(3))
            known.isTentative = fields == nil && !name.isEmpty
            account = known
        }
        return account
    }
}

/// What answers of one request have in common, for as long as a transaction lasts.
private final class ChunkMemory {
    private var known: [Int64: (run: Int64, answeredAt: Double)] = [:]
    /// The one that was asked for last, as it mostly is again.
    private var last: (chunk: Int64, facts: (run: Int64, answeredAt: Double))?
    private static let most = 10_000

    func facts(of chunk: Int64, _ find: HotStatement) throws -> (run: Int64, answeredAt: Double) {
        if let last, last.chunk == chunk { return last.facts }
        let facts = try known[chunk] ?? read(chunk, find)
        last = (chunk, facts)
        return facts
    }

    private func read(_ chunk: Int64, _ find: HotStatement) throws -> (run: Int64, answeredAt: Double) {
        var facts: (run: Int64, answeredAt: Double) = (0, 0)
        try find.find(chunk) { facts = ($0.integer(0), $0.real(1)) }
        if known.count >= Self.most { known.removeAll(keepingCapacity: true) }
        known[chunk] = facts
        return facts
    }
}

/// Texts that mostly are what the answer before had: one of a person has the same number as another, one of a table the
/// same time.
private struct LastTexts {
    var recordID = ""
    var time = ""
    var source = ""
}
