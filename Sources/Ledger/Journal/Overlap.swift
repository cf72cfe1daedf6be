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
        let start = try Double.fetchOne(
            database.cachedStatement(sql: "SELECT started_at FROM run WHERE id = ?"), arguments: [intent.run])
        guard let start else { return }
        let known = try AnswerReader(database).known(intent.asks.map(\.identity))
        for (place, ask) in intent.asks.enumerated() {
            func isNew(_ run: Int64, _ answeredAt: Double) -> Bool { run != intent.run && answeredAt > start }
            if intent.endpoint == .account {
                if let account = known[place]?.account, isNew(account.run, account.answeredAt) {
                    answered.append(place)
                }
                continue
            }
            let channels = ChannelSet(
                (known[place]?.answers ?? []).filter { isNew($0.run, $0.answeredAt) }.map(\.channel))
            let missing = intent.channels.subtracting(ask.kept).subtracting(channels)
            if !channels.isEmpty, missing.isEmpty { answered.append(place) }
        }
    }

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
