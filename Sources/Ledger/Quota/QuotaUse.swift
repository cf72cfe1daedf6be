package import EnrichmentAPI
import Foundation
import GRDB

/// How much of a workspace's limits is used, and what was spent.
package struct QuotaUse: Sendable, Equatable {
    package struct Limit: Sendable, Equatable {
        /// `bulk_per_minute`, `single_per_minute` or `per_day`.
        package var name: String
        package var allowed: Int
        package var used: Int
        /// Seconds until the next call may leave; 0 where one may leave now, nil where that depends on calls in the air.
        package var freesIn: Double?
    }

    package var limits: [Limit]
    /// Seconds for which the service wants to be left alone.
    package var heldFor: Double
    /// Credits by engine, what may have been charged for lost answers included.
    package var spentToday: [String: Credits]
    package var spentThisMonth: [String: Credits]
}

extension Ledger {
    /// How a workspace stands with its limits.
    package func quotaUse(workspace: String, quota: Quota, now: Moment) async throws -> QuotaUse {
        try await write(.relaxed) { database in
            let book = try QuotaBook(database, workspace: workspace, at: now)
            let limits = quota.limits
            let parts: [(name: String, kind: Quota.Kind?, allowed: Int, window: Duration)] = [
                ("bulk_per_minute", .bulk, limits.bulkPerMinute, limits.minute),
                ("single_per_minute", .single, limits.singlePerMinute, limits.minute),
                ("per_day", nil, limits.perDay, limits.day),
            ]
            let word = try book.word(on: .bulk)
            return QuotaUse(
                limits: try parts.map { part in
                    let slots = try book.slots(part.kind, since: book.now - part.window.inSeconds)
                    var alone = quota
                    // One limit at a time: the others are as wide as can be.
                    alone.limits.perDay = part.kind == nil ? limits.perDay : .max
                    if part.kind == nil { (alone.limits.bulkPerMinute, alone.limits.singlePerMinute) = (.max, .max) }
                    let freesIn: Double? =
                        switch alone.decide(part.kind ?? .bulk, history: slots, now: book.now) {
                        case .go: 0
                        case .wait(let until, _): until - book.now
                        case .waitForAnswer: nil
                        }
                    return QuotaUse.Limit(
                        name: part.name, allowed: part.allowed, used: slots.count, freesIn: freesIn)
                },
                heldFor: max(0, (word.hold ?? 0) - book.now),
                spentToday: try Self.spent(database, workspace, since: Budget.dayStart(now.wall)),
                spentThisMonth: try Self.spent(database, workspace, since: Budget.monthStart(now.wall)))
        }
    }

    private static func spent(_ database: Database, _ workspace: String, since: Double) throws -> [String: Credits] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT run.engine, sum(CASE WHEN chunk.state = 'answered' THEN chunk.credits
                  WHEN chunk.state = 'lost' THEN chunk.worst ELSE 0 END)
                FROM chunk JOIN run ON run.id = chunk.run WHERE run.workspace = ? AND chunk.sent_at >= ? GROUP BY run.engine
                """, arguments: [workspace, since])
        return rows.reduce(into: [:]) { $0[$1[0]] = Credits(thousandths: $1[1]) }
    }
}
