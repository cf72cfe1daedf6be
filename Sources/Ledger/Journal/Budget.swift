package import EnrichmentAPI
import Foundation
import GRDB

/// What may be spent, by a run and by its workspace.
package struct Budget: Sendable, Equatable {
    /// For the whole run; nil: as much as it takes.
    package var run: Credits?
    /// For the runs of a workspace on one engine in a calendar month (UTC); nil: as much as they take.
    package var month: Credits?

    package init(run: Credits? = nil, month: Credits? = nil) {
        self.run = run
        self.month = month
    }

    package var isUnlimited: Bool { run == nil && month == nil }

    /// The first moment of the calendar month in which a time lies, in seconds since 1970.
    package static func monthStart(_ now: Double) -> Double {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month], from: Date(timeIntervalSince1970: now))
        return calendar.date(from: parts)?.timeIntervalSince1970 ?? now
    }
}

/// What was spent, and what requests in the air may still cost.
package struct Spending: Sendable, Equatable {
    package var spent = Credits.zero
    package var inTheAir = Credits.zero
}

extension Budget {
    /// What is left of the tightest limit, and whether answers to this run that are still to come may leave more; nil
    /// without limits.
    ///
    /// - Parameter id: the run that wants to spend.
    func left(_ database: Database, run id: Int64, now: Double) throws -> (credits: Credits, mayGrow: Bool)? {
        guard !isUnlimited else { return nil }
        let own = try Self.spending(database, where: "run = ?", [id])
        var left: [Credits] = []
        if let run { left.append(run - own.spent - own.inTheAir) }
        if let month {
            // Requests of other runs may be in the air, or of a process that is gone; their worst stays reserved.
            let all = try Self.spending(database, monthOf: id, now: now)
            left.append(month - all.spent - all.inTheAir)
        }
        return left.min().map { (max(.zero, $0), own.inTheAir > .zero) }
    }

    static func spending(_ database: Database, monthOf run: Int64, now: Double) throws -> Spending {
        try spending(
            database,
            where: """
                sent_at >= ? AND run IN (
                  SELECT run.id FROM run JOIN run AS own ON own.workspace = run.workspace AND own.engine = run.engine
                  WHERE own.id = ?)
                """, [monthStart(now), run])
    }

    /// An answer that was lost counts as dearly as it may have been.
    static func spending(_ database: Database, where condition: String, _ arguments: StatementArguments) throws
        -> Spending
    {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT coalesce(sum(CASE WHEN state = 'answered' THEN credits WHEN state = 'lost' THEN worst ELSE 0 END), 0),
                  coalesce(sum(CASE WHEN state IN ('intent', 'turned_away') THEN worst ELSE 0 END), 0)
                FROM chunk WHERE \(condition)
                """, arguments: arguments)
        return Spending(spent: Credits(thousandths: row?[0] ?? 0), inTheAir: Credits(thousandths: row?[1] ?? 0))
    }
}
