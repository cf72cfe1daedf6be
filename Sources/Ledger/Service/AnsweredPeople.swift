import EnrichmentAPI
import GRDB

/// Finds what our own service has answered about people, in the log and in its place, on prepared statements.
struct AnsweredPeople {
    private let inPlace: HotLookup
    private let inLog: HotLookup

    /// An answer for one channel.
    struct Answer {
        let channel: Channel
        /// Seconds since 1970.
        let at: Double
        /// Only what a look at the row gives; texts are read by ``served``.
        fileprivate let row: HotRow

        var isMiss: Bool { row.isNull(5) }

        var served: ServedChannel {
            let result: ChannelResult =
                isMiss
                ? .missed(tried: row.text(9).split(separator: "\n").map(String.init))
                : .found(
                    ChannelValue(
                        value: row.text(5), source: row.text(6), confidence: row.real(7), enrichedAt: row.text(8)))
            return ServedChannel(result: result, cost: .zero, verdict: Verdict(rawValue: row.text(10)))
        }
    }

    init(_ database: Database) throws {
        let columns = "answer.key, channel, proof, at, value, source, confidence, enriched_at, tried, verdict"
        inPlace = try HotLookup(
            database, "\(columns) FROM asked CROSS JOIN answered AS answer ON answer.key = asked.key")
        inLog = try HotLookup(
            database, "\(columns) FROM asked CROSS JOIN answered_log AS answer ON answer.id = asked.key")
    }

    /// Hands on every answer about some people: those in the log come last, and take the place of the others.
    ///
    /// - Parameter take: is given the place of the person among ``people``.
    func find(_ people: [AliasHash], _ places: [AnswerLog.Place?], take: (Int, Answer) throws -> Void) throws {
        try inPlace.find(people.map(\.key)) { person, row in try hand(on: row, person, people, take) }
        var rows: [Int64] = []
        var personOfRow: [Int] = []
        for (person, place) in places.enumerated() {
            guard let place else { continue }
            rows += place.rows
            personOfRow += place.rows.map { _ in person }
        }
        guard !rows.isEmpty else { return }
        try inLog.find(rows) { place, row in try hand(on: row, personOfRow[place], people, take) }
    }

    private func hand(
        on row: HotRow, _ person: Int, _ people: [AliasHash], _ take: (Int, Answer) throws -> Void
    ) throws {
        guard row.integer(1) == people[person].key, row.integer(3) == people[person].check,
            let channel = Channel(number: Int(row.integer(2)))
        else { return }
        try take(person, Answer(channel: channel, at: row.real(4), row: row))
    }
}
