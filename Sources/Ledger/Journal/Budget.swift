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

/// What was spent, and what requests may still cost.
package struct Spending: Sendable, Equatable {
    package var spent = Credits.zero
    /// Worst case of requests that have an intent and no answer.
    package var reserved = Credits.zero
    /// The part of it whose answers may come at any moment.
    package var inFlight = Credits.zero
    /// Whether the run has requests without an answer, so that what they cost less than their worst comes back.
    package var isWaiting = false
    /// How many times dearer than its worst an answer turned out, 1 or more; nil where none has come yet to a request of
    /// the same kind: to the same call for the same channels.
    package var dearest: Double?
    /// Whether a request is in flight whose kind has had no answer yet.
    package var isTrying = false
}

extension Budget {
    /// What is left of one limit.
    struct Left {
        /// What is neither spent nor reserved.
        var credits: Credits
        var inFlight: Credits
        var isWaiting: Bool
        var isTrying: Bool
        var dearest: Double?
        /// When the limit is lifted, in seconds since 1970; nil where it never is.
        var renewedAt: Double?

        init(_ limit: Credits, _ spending: Spending, renewedAt: Double? = nil) {
            credits = max(.zero, limit - spending.spent - spending.reserved)
            (inFlight, isWaiting) = (spending.inFlight, spending.isWaiting)
            (isTrying, dearest) = (spending.isTrying, spending.dearest)
            self.renewedAt = renewedAt
        }

        /// How many times dearer than their worst requests may turn out for the limit to be exceeded by one of them at most.
        ///
        /// Where a price list is wrong, the reserve for requests in flight is wrong as well. So they fly together only
        /// while the limit would cover them at so many times their worst, and one by one at its end; the first one of a
        /// kind, which shows what the kind really costs, flies alone.
        private var doubt: Double { isTrying ? .infinity : dearest.map { $0 * 10 } ?? .infinity }

        /// What stands in the way of a request; nil where its worst case is covered.
        ///
        /// - Parameters:
        ///   - isReserved: whether its worst is reserved already.
        ///   - perRecord: what one record may cost at most.
        func shortage(worst: Credits, perRecord: Credits, isReserved: Bool = false) -> Opening? {
            let together = Double(inFlight.thousandths + worst.thousandths)
            let doubtful = inFlight == .zero ? 0 : together * (doubt - 1)
            let needed = doubtful + (isReserved ? 0 : Double(worst.thousandths))
            guard needed > Double(credits.thousandths) else { return nil }
            if inFlight > .zero || isWaiting { return .waitForAnswer }
            return .overBudget(fitting: credits.thousandths / perRecord.thousandths, renewedAt: renewedAt)
        }
    }

    /// What is left of each limit, the run's own first.
    ///
    /// - Parameters:
    ///   - intent: what is to be spent for.
    ///   - now: seconds since 1970.
    ///   - patience: after how many seconds without an answer the process that sent a request is taken for dead; its worst
    ///     stays reserved until the run is taken up again.
    func left(_ database: Database, for intent: Intent, now: Double, patience: Double = 0) throws -> [Left] {
        var left: [Left] = []
        if let run {
            left.append(Left(run, try Self.spending(database, where: "run = ?", [intent.run], intent, since: 0)))
        }
        if let month {
            let ofMonth = """
                sent_at >= ? AND run IN (
                  SELECT run.id FROM run JOIN run AS own ON own.workspace = run.workspace AND own.engine = run.engine
                  WHERE own.id = ?)
                """
            let all = try Self.spending(
                database, where: ofMonth, [Self.monthStart(now), intent.run], intent, since: now - patience)
            left.append(Left(month, all, renewedAt: Self.nextMonth(now)))
        }
        return left
    }

    /// What stands in the way of a request; nil where its worst case is covered.
    func shortage(
        _ database: Database, _ intent: Intent, perRecord: Credits, now: Double, patience: Double,
        isReserved: Bool = false
    ) throws -> Opening? {
        guard perRecord > .zero else { return nil }
        let shortages = try left(database, for: intent, now: now, patience: patience).compactMap {
            $0.shortage(worst: intent.worst, perRecord: perRecord, isReserved: isReserved)
        }
        return shortages.min { Self.room($0) < Self.room($1) }
    }

    /// Records for which there is room, to find the tighter of two limits.
    private static func room(_ opening: Opening) -> Int {
        if case .overBudget(let fitting, _) = opening { fitting } else { .max }
    }

    /// An answer that was lost counts as dearly as it may have been.
    ///
    /// - Parameters:
    ///   - intent: its run's requests are in flight for as long as they have no answer.
    ///   - since: those of other runs are where they left since then, in seconds since 1970.
    private static func spending(
        _ database: Database, where condition: String, _ arguments: StatementArguments, _ intent: Intent, since: Double
    ) throws -> Spending {
        let isInFlight = "state = 'intent' AND (run = :run OR sent_at > :since)"
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    WITH counted AS (SELECT * FROM chunk WHERE \(condition))
                    SELECT coalesce(sum(CASE WHEN state = 'answered' THEN credits WHEN state = 'lost' THEN worst ELSE 0 END), 0),
                      coalesce(sum(CASE WHEN state IN ('intent', 'turned_away') THEN worst ELSE 0 END), 0),
                      coalesce(sum(CASE WHEN \(isInFlight) THEN worst ELSE 0 END), 0),
                      coalesce(max(run = :run AND state IN ('intent', 'turned_away')), 0),
                      max(CASE WHEN state = 'answered' AND worst > 0 AND endpoint = :endpoint AND channels = :channels
                        THEN max(1.0, 1.0 * credits / worst) END),
                      coalesce(max(\(isInFlight) AND NOT EXISTS (
                        SELECT 1 FROM chunk AS known WHERE known.run = counted.run AND known.endpoint = counted.endpoint
                          AND known.channels = counted.channels AND known.state = 'answered')), 0)
                    FROM counted
                    """),
            arguments: arguments + [
                "run": intent.run, "since": since, "endpoint": intent.endpoint.rawValue,
                "channels": Int(intent.channels.bits),
            ])
        return Spending(
            spent: Credits(thousandths: row?[0] ?? 0), reserved: Credits(thousandths: row?[1] ?? 0),
            inFlight: Credits(thousandths: row?[2] ?? 0), isWaiting: row?[3] ?? false, dearest: row?[4],
            isTrying: row?[5] ?? false)
    }
}

extension Ledger {
    /// What is left of a budget for a run, where nothing else spends; nil where there is none.
    ///
    /// Changes nothing.
    /// - Parameters:
    ///   - run: its number; 0 for one that has not begun.
    ///   - now: seconds since 1970.
    package func budgetLeft(
        _ budget: Budget, run: Int64, workspace: String, engine: String, now: Double
    ) async throws -> Credits? {
        guard !budget.isUnlimited else { return nil }
        return try await read { database in
            // What was turned away costs nothing once its run is taken up again.
            let cost = "coalesce(sum(CASE state WHEN 'answered' THEN credits ELSE worst END), 0)"
            let counted = "state IN ('answered', 'lost', 'intent', 'turned_away')"
            var left: [Int] = []
            if let most = budget.run {
                let spent = try Int.fetchOne(
                    database,
                    sql: "SELECT \(cost) FROM chunk WHERE \(counted) AND state <> 'turned_away' AND run = ?",
                    arguments: [run])
                left.append(most.thousandths - (spent ?? 0))
            }
            if let most = budget.month {
                let spent = try Int.fetchOne(
                    database,
                    sql: """
                        SELECT \(cost) FROM chunk WHERE \(counted) AND (state <> 'turned_away' OR run <> ?) AND sent_at >= ?
                          AND run IN (SELECT id FROM run WHERE workspace = ? AND engine = ?)
                        """, arguments: [run, Budget.monthStart(now), workspace, engine])
                left.append(most.thousandths - (spent ?? 0))
            }
            return left.min().map { Credits(thousandths: max(0, $0)) }
        }
    }
}
