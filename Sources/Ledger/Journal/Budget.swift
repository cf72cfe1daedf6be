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
    package static func monthStart(_ now: Double) -> Double { month(of: now)?.start.timeIntervalSince1970 ?? now }

    /// The first moment of the day (UTC) in which a time lies.
    package static func dayStart(_ now: Double) -> Double { (now / 86_400).rounded(.down) * 86_400 }

    /// The first moment of the month after.
    package static func nextMonth(_ now: Double) -> Double { month(of: now)?.end.timeIntervalSince1970 ?? now }

    private static func month(of now: Double) -> DateInterval? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar.dateInterval(of: .month, for: Date(timeIntervalSince1970: now))
    }
}

/// What was spent, and what requests in the air may still cost.
package struct Spending: Sendable, Equatable {
    package var spent = Credits.zero
    package var inTheAir = Credits.zero
}

extension Budget {
    /// What is left for a run to spend.
    struct Left {
        /// Of the tighter limit.
        var credits: Credits
        /// What the run's own requests in the air may still cost; the answers to them may leave more.
        var ownInTheAir: Credits
        /// When the tighter limit is lifted, in seconds since 1970; nil where it is the run's own.
        var renewedAt: Double?
    }

    /// Nil without limits.
    ///
    /// - Parameter id: the run that wants to spend.
    func left(_ database: Database, run id: Int64, now: Double) throws -> Left? {
        guard !isUnlimited else { return nil }
        let own = try Self.spending(database, where: "run = ?", [id])
        var left = Left(credits: .zero, ownInTheAir: own.inTheAir)
        let ofRun = run.map { $0 - own.spent - own.inTheAir }
        let ofMonth = try month.map { month in
            // Requests of other runs may be in the air, or of a process that is gone; their worst stays reserved.
            let all = try Self.spending(database, monthOf: id, now: now)
            return month - all.spent - all.inTheAir
        }
        left.credits = max(.zero, [ofRun, ofMonth].compactMap { $0 }.min() ?? .zero)
        if let ofMonth, ofRun.map({ ofMonth < $0 }) ?? true { left.renewedAt = Self.nextMonth(now) }
        return left
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
