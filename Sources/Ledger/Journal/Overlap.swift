import EnrichmentAPI
import GRDB

/// What other runs have done about the people of a request since this run began, or are doing right now.
///
/// Two pipelines of a workspace may hold the same people, and what is known was looked up when their rows were planned,
/// perhaps hours before the request may leave.
struct Overlap {
    /// Places in the request of those who were answered meanwhile, for all that is asked.
    private(set) var answered: [Int] = []
    /// Whether another run's request for some of them has no answer yet.
    private(set) var isInTheAir = false

    /// - Parameter since: requests that left before, in seconds since 1970, have no answer to come.
    init(_ database: Database, _ intent: Intent, since: Double) throws {
        isInTheAir = try Self.isInTheAir(database, intent, since: since)
        guard !isInTheAir else { return }
        let isAnswered = try HotStatement(database, intent.endpoint == .account ? Self.account : Self.persons)
        for (place, ask) in intent.asks.enumerated() {
            var channels: UInt8 = 0
            try isAnswered.run(.integer(ask.identity), .integer(intent.run)) {
                channels |= 1 << UInt8($0.integer(0))
            }
            let missing = intent.channels.subtracting(ask.kept).subtracting(ChannelSet(bits: channels))
            if channels != 0, missing.isEmpty { answered.append(place) }
        }
    }

    private static let persons = """
        SELECT answer.channel FROM answer JOIN chunk ON chunk.id = answer.chunk
        WHERE answer.identity = ?1 AND chunk.run <> ?2
          AND chunk.answered_at > (SELECT started_at FROM run WHERE id = ?2)
        """

    /// A company has no channels; one that was answered counts as the first of them.
    private static let account = """
        SELECT 0 FROM account JOIN chunk ON chunk.id = account.chunk
        WHERE account.identity = ?1 AND chunk.run <> ?2
          AND chunk.answered_at > (SELECT started_at FROM run WHERE id = ?2)
        """

    private static func isInTheAir(_ database: Database, _ intent: Intent, since: Double) throws -> Bool {
        let others = try Int64.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT ask.identity FROM chunk JOIN ask ON ask.chunk = chunk.id
                    WHERE chunk.state IN ('intent', 'turned_away') AND chunk.sent_at > ? AND chunk.run <> ?
                      AND (chunk.endpoint = 'account') = ?
                    """), arguments: [since, intent.run, intent.endpoint == .account])
        return !others.isEmpty && !Set(others).isDisjoint(with: intent.asks.map(\.identity))
    }
}
