import EnrichmentAPI
import GRDB
import Records

/// The calls of a workspace as the ledger keeps them, for one transaction.
///
/// Its times are quota time: seconds that only ever grow. They run with the machine's uptime; after a restart they go on
/// at the calendar's time, or where they stood if that is later.
struct QuotaBook {
    let database: Database
    let workspace: String
    /// The moment that is meant, in quota time: now, or when an answer came.
    let now: Double

    init(_ database: Database, workspace: String, at moment: Moment) throws {
        self.database = database
        self.workspace = workspace
        now = moment.uptime + (try Self.offset(database, moment))
    }

    /// How far quota time is ahead of the uptime.
    private static func offset(_ database: Database, _ moment: Moment) throws -> Double {
        if let known = try Double.fetchOne(
            database.cachedStatement(sql: "SELECT ahead FROM quota_clock WHERE boot = ?"), arguments: [moment.boot])
        {
            return known
        }
        let last =
            try Double.fetchOne(
                database.cachedStatement(
                    sql: "SELECT max(max(taken_at), coalesce(max(answered_at), 0)) FROM quota_slot")) ?? 0
        let offset = max(moment.wall, last) - moment.uptime
        // One start of the machine at a time: an earlier one never comes back.
        try database.execute(sql: "DELETE FROM quota_clock")
        try database.execute(
            sql: "INSERT INTO quota_clock (boot, ahead) VALUES (?, ?)", arguments: [moment.boot, offset])
        return offset
    }

    // MARK: Taking and freeing

    /// What came of asking for a slot.
    enum Taking {
        case taken(Int64)
        case none(Opening)
    }

    /// Takes a slot for a call that leaves now, if the quota has one.
    ///
    /// - Parameters:
    ///   - patience: by when, counted from now, an answer has come or never will, in seconds.
    ///   - ahead: calls of this run that are to have the day's last slots before this one.
    func take(_ endpoint: Endpoint, _ quota: Quota, patience: Double, ahead: Int) throws -> Taking {
        let kind = Quota.Kind(endpoint)
        switch try decide(kind, quota, ahead: ahead) {
        case .wait(let until, let reason): return .none(.wait(seconds: until - now, reason: reason))
        case .waitForAnswer: return .none(.waitForAnswer)
        case .go: break
        }
        try run(
            "INSERT INTO quota_slot (workspace, kind, taken_at, gone_by) VALUES (?, ?, ?, ?)",
            [workspace, kind.rawValue, now, now + patience])
        let slot = database.lastInsertedRowID
        try run(
            "UPDATE quota_allowance SET remaining = remaining - 1 WHERE workspace = ? AND kind = ?",
            [workspace, kind.rawValue])
        return .taken(slot)
    }

    private func decide(_ kind: Quota.Kind, _ quota: Quota, ahead: Int) throws -> Quota.Decision {
        let day = quota.limits.day.inSeconds
        try run(
            "DELETE FROM quota_slot WHERE workspace = ? AND taken_at < ? AND gone_by < ?",
            [workspace, now - 2 * day, now - day])
        let word = try word(on: kind)
        // What is older than a minute matters only where the day is nearly full.
        let minute = ([quota.limits.minute.inSeconds] + word.policies.filter(\.isShort).map(\.window)).max() ?? 0
        let fewest = ([quota.limits.perDay] + word.policies.filter { !$0.isShort }.map(\.quota)).min() ?? 0
        let today =
            try Int.fetchOne(
                database.cachedStatement(sql: "SELECT count(*) FROM quota_slot WHERE workspace = ?"),
                arguments: [workspace]) ?? 0
        let history =
            today + ahead < fewest
            ? try slots(kind, since: now - minute) : try slots(nil, since: now - max(day, minute))
        return quota.decide(kind, history: history, word: word, ahead: ahead, now: now)
    }

    /// The call has come back: its slot frees one window from the moment that is meant.
    ///
    /// - Parameter allowance: what the service said was left then.
    func free(chunk: Int64, allowance: Allowance?) throws {
        guard
            let row = try Row.fetchOne(
                database.cachedStatement(
                    sql: "SELECT id, kind FROM quota_slot WHERE id = (SELECT slot FROM chunk WHERE id = ?)"),
                arguments: [chunk])
        else { return }
        try run("UPDATE quota_slot SET answered_at = ? WHERE id = ?", [now, row["id"] as Int64])
        if let allowance { try believe(allowance, on: row["kind"], slot: row["id"]) }
    }

    /// Keeps what the service said, unless a call that left later has had an answer before.
    private func believe(_ allowance: Allowance, on kind: String, slot: Int64) throws {
        let newer = try Int64.fetchOne(
            database.cachedStatement(
                sql: "SELECT slot FROM quota_allowance WHERE workspace = ? AND kind = ? AND until > ?"),
            arguments: [workspace, kind, now])
        guard slot > newer ?? 0 else { return }
        if !allowance.policies.isEmpty { try keep(allowance.policies, kind) }
        guard let remaining = allowance.remaining else { return }
        // Calls that were in the air then may not have been counted yet.
        let inTheAir =
            try Int.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT count(*) FROM quota_slot WHERE workspace = ?1 AND kind = ?2
                          AND (answered_at IS NULL AND gone_by > ?3 OR answered_at > ?3)
                        """), arguments: [workspace, kind, now]) ?? 0
        try run(
            "INSERT OR REPLACE INTO quota_allowance (workspace, kind, remaining, until, slot) VALUES (?, ?, ?, ?, ?)",
            [workspace, kind, max(0, remaining - inTheAir), now + allowance.resetsIn, slot])
    }

    private func keep(_ policies: [Allowance.Policy], _ kind: String) throws {
        try run("DELETE FROM quota_policy WHERE workspace = ? AND kind = ?", [workspace, kind])
        for policy in policies where policy.quota > 0 && policy.window > 0 {
            try run(
                """
                INSERT INTO quota_policy (workspace, kind, window, quota) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET quota = min(quota, excluded.quota)
                """, [workspace, kind, policy.window, policy.quota])
        }
    }

    /// Nobody in the workspace calls for so long.
    func hold(for seconds: Double) throws {
        try run(
            """
            INSERT INTO quota_hold (workspace, until) VALUES (?, ?)
            ON CONFLICT DO UPDATE SET until = max(until, excluded.until)
            """, [workspace, now + seconds])
    }

    /// Runs a statement that is kept prepared, since every call needs the same few.
    private func run(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    // MARK: Reading

    /// Calls that had no answer before `since`.
    ///
    /// - Parameter kind: nil for all.
    func slots(_ kind: Quota.Kind?, since: Double) throws -> [Quota.Slot] {
        let kinds = kind.map { [$0] } ?? Quota.Kind.allCases
        var slots: [Quota.Slot] = []
        for kind in kinds {
            let rows = try Row.fetchCursor(
                database.cachedStatement(
                    sql: """
                        SELECT answered_at, gone_by FROM quota_slot WHERE workspace = ?1 AND kind = ?2 AND answered_at > ?3
                        UNION ALL
                        SELECT NULL, gone_by FROM quota_slot
                        WHERE workspace = ?1 AND kind = ?2 AND answered_at IS NULL AND gone_by > ?3
                        """), arguments: [workspace, kind.rawValue, since])
            while let row = try rows.next() {
                // A call whose process died was counted by the time its answer would have been given up.
                let goneBy: Double = row[1]
                slots.append(Quota.Slot(kind: kind, counted: row[0] ?? (goneBy <= now ? goneBy : nil)))
            }
        }
        return slots
    }

    /// What the service said about further calls.
    func word(on kind: Quota.Kind) throws -> Quota.Word {
        let hold = try Double.fetchOne(
            database.cachedStatement(sql: "SELECT until FROM quota_hold WHERE workspace = ?"), arguments: [workspace])
        let allowance = try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT remaining, until FROM quota_allowance WHERE workspace = ? AND kind = ?"),
            arguments: [workspace, kind.rawValue])
        let policies = try Row.fetchAll(
            database.cachedStatement(sql: "SELECT quota, window FROM quota_policy WHERE workspace = ? AND kind = ?"),
            arguments: [workspace, kind.rawValue])
        return Quota.Word(
            hold: hold, allowance: allowance.map { (max(0, $0[0]), $0[1]) },
            policies: policies.map { Allowance.Policy(quota: $0[0], window: $0[1]) })
    }
}
