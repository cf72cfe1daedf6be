package import EnrichmentAPI
import Foundation
import GRDB
import Records

/// How much of a workspace's limits is used, and what was spent.
package struct QuotaUse: Sendable, Equatable {
    package struct Limit: Sendable, Equatable {
        /// `bulk_per_minute`, `single_per_minute`, `per_day`, or `bulk_per_60s` for one that the service named.
        package var name: String
        package var allowed: Int
        package var used: Int
        /// Seconds until the next call may leave; 0 where one may leave now, nil where that depends on calls in the air.
        package var freesIn: Double?
    }

    package var limits: [Limit]
    /// Calls within the longest limit, by kind, as seconds from now at which they were counted: none are later than 0.
    package var calls: [Quota.Kind: [Double]]
    /// Seconds for which the service wants to be left alone.
    package var heldFor: Double
    /// Credits by engine, what may have been charged for lost answers included.
    package var spentToday: [String: Credits]
    package var spentThisMonth: [String: Credits]
}

extension Ledger {
    /// How a workspace stands with its limits.
    ///
    /// Changes nothing.
    package func quotaUse(workspace: String, quota: Quota, now: Moment) async throws -> QuotaUse {
        try await trying { database in
            let book = try QuotaBook(database, workspace: workspace, at: now)
            let limits = quota.limits
            let minute = limits.minute.inSeconds
            var parts: [(name: String, kind: Quota.Kind?, limit: Allowance.Policy)] = [
                ("bulk_per_minute", .bulk, Allowance.Policy(quota: limits.bulkPerMinute, window: minute)),
                ("single_per_minute", .single, Allowance.Policy(quota: limits.singlePerMinute, window: minute)),
                ("per_day", nil, Allowance.Policy(quota: limits.perDay, window: limits.day.inSeconds)),
            ]
            for kind in Quota.Kind.allCases {
                for policy in try book.word(on: kind).policies {
                    let name = "\(kind.rawValue)_per_\(policy.window.formatted(.number.grouping(.never)))s"
                    parts.append((name, policy.isShort ? kind : nil, policy))
                }
            }
            let word = try book.word(on: .bulk)
            return QuotaUse(
                limits: try parts.map { part in
                    let slots = try book.slots(part.kind, since: book.now - part.limit.window)
                    let freesIn: Double? =
                        switch quota.decide(slots, part.limit, .service, book.now) {
                        case .go: 0
                        case .wait(let until, _): until - book.now
                        case .waitForAnswer: nil
                        }
                    return QuotaUse.Limit(
                        name: part.name, allowed: part.limit.quota, used: slots.count, freesIn: freesIn)
                },
                calls: try Dictionary(
                    uniqueKeysWithValues: Quota.Kind.allCases.map { kind in
                        // A call in the air is counted when its answer comes, so not before now.
                        (
                            kind,
                            try book.slots(kind, since: book.now - limits.day.inSeconds).map {
                                min(0, ($0.counted ?? book.now) - book.now)
                            }.sorted()
                        )
                    }),
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
