import EnrichmentAPI
import GRDB

/// What was taken out of a ledger.
package struct Pruning: Sendable, Equatable {
    package var runs = 0
    package var answers = 0
    package var identities = 0
    package var verdicts = 0

    package var hasAny: Bool { self != Pruning() }
}

extension Ledger {
    // MARK: Checking

    /// What is wrong with the ledger, in words; empty where nothing is.
    ///
    /// Looks at every page and index of the file, and whether the parts of the journal agree: each answer came with a
    /// request, each request belongs to a run, each hint to an identity, and what requests cost is what their records cost.
    package func check() async throws -> [String] {
        try await read { database in
            let pages = try String.fetchAll(database, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
            let counts: [(sql: String, what: String)] = [
                (
                    "(SELECT identity FROM alias UNION ALL SELECT identity FROM alias_log) WHERE identity NOT IN (SELECT id FROM identity)",
                    "hints lead to nobody"
                ),
                ("single_answer WHERE chunk NOT IN (SELECT id FROM chunk)", "answers came with no request"),
                ("account WHERE chunk NOT IN (SELECT id FROM chunk)", "answers on companies came with no request"),
                ("ask WHERE chunk NOT IN (SELECT id FROM chunk)", "records belong to no request"),
                ("chunk WHERE run NOT IN (SELECT id FROM run)", "requests belong to no run"),
                (
                    "chunk WHERE state = 'answered' AND credits <> (SELECT coalesce(sum(credits), 0) FROM ask WHERE ask.chunk = chunk.id)",
                    "requests cost something else than their records"
                ),
            ]
            return try pages
                + counts.compactMap { check in
                    let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(check.sql)") ?? 0
                    return count == 0 ? nil : "\(count) \(check.what)"
                }
        }
    }

    // MARK: Pruning

    package enum RoomGivenBack: Sendable {
        case always
        /// Where a third of the file or more is empty; what is left is used again anyway.
        case whereMuch
    }

    private func isMostlyEmpty() async throws -> Bool {
        try await read { database in
            let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            return free * 3 > pages
        }
    }

    /// A month's budget is counted from the journal, so nothing younger is ever taken out, in seconds.
    package static let youngestPruned = 31.0 * 86_400

    /// Takes out what is older than a time: runs that have ended with their requests, answers, verdicts, and people of
    /// whom nothing is known any more; and gives the room back to the disk.
    ///
    /// What a run that has not ended needs stays.
    /// - Parameters:
    ///   - before: seconds since 1970.
    ///   - workspace: whose runs, answers and verdicts are meant; nil for all.
    ///   - givingRoomBack: whether the file gets smaller, for which it is written anew.
    /// - Throws: ``Diagnostic`` `already_running` while there are runs.
    package func prune(before: Double, workspace: String? = nil, givingRoomBack: RoomGivenBack = .always) async throws
        -> Pruning
    {
        let alone = try LedgerUse(aloneIn: path)
        defer { withExtendedLifetime(alone) {} }
        let pruned = try await write(.full) { [newKeys] database in
            func delete(_ sql: String, _ arguments: StatementArguments = []) throws -> Int {
                try database.execute(sql: "DELETE FROM " + sql, arguments: arguments)
                return database.changesCount
            }
            let age: StatementArguments = ["before": before, "workspace": workspace]
            let isMeant = "(:workspace IS NULL OR workspace = :workspace)"
            let meant = "(SELECT id FROM run WHERE \(isMeant))"
            let old = "(SELECT id FROM chunk WHERE answered_at < :before AND run IN \(meant))"
            let isOpen = "(SELECT id FROM run WHERE status IN ('running', 'paused', 'failed', 'whole'))"
            let closed = "NOT IN (SELECT id FROM chunk WHERE run IN \(isOpen))"
            var pruned = Pruning()
            for channel in Channel.allCases {
                let chunk = AnswerColumns.name(channel, "chunk")
                try database.execute(
                    sql: AnswerColumns.clear(channel, where: "\(chunk) IN \(old) AND \(chunk) \(closed)"),
                    arguments: age)
                pruned.answers += database.changesCount
            }
            _ = try delete(AnswerColumns.empty)
            pruned.answers += try delete("account WHERE chunk IN \(old) AND chunk \(closed)", age)
            for past in ["answer_past", "account_past"] { _ = try delete("\(past) WHERE chunk IN \(old)", age) }
            // Verdicts stand under a workspace and the service that gave them.
            let isMeantVerdict = """
                (:workspace IS NULL OR substr(workspace, 1, length(:workspace) + 1) = :workspace || '#')
                """
            _ = try delete("verdict_past WHERE checked_at < :before AND \(isMeantVerdict)", age)
            pruned.verdicts = try delete(
                "verdict WHERE checked_at < :before AND \(isMeantVerdict) AND run NOT IN \(isOpen)", age)
            _ = try delete(
                """
                chunk WHERE sent_at < :before AND run NOT IN \(isOpen) AND run IN \(meant)
                  AND id NOT IN (SELECT chunk FROM single_answer) AND id NOT IN (SELECT chunk FROM account)
                  AND id NOT IN (SELECT chunk FROM answer_past) AND id NOT IN (SELECT chunk FROM account_past)
                """, age)
            _ = try delete("ask WHERE chunk NOT IN (SELECT id FROM chunk)")
            // What an abandoned run exported never counted, and must not begin to once the run is forgotten.
            let abandoned = "(SELECT id FROM run WHERE status = 'abandoned')"
            _ = try delete("export_mark WHERE run IN \(abandoned)")
            _ = try delete("audience_member WHERE run NOT IN \(isOpen)")
            pruned.runs = try delete(
                """
                run WHERE started_at < :before AND \(isMeant) AND id NOT IN \(isOpen) AND id NOT IN (SELECT run FROM chunk)
                """, age)
            for table in ["run_output", "run_report", "not_asked"] {
                _ = try delete("\(table) WHERE run NOT IN (SELECT id FROM run)")
            }
            pruned.identities = try delete(
                """
                identity WHERE id NOT IN (SELECT identity FROM answer) AND id NOT IN (SELECT identity FROM account)
                  AND id NOT IN (SELECT identity FROM ask)
                """)
            try newKeys.takeIn(database)
            for table in ["alias", "hint"] {
                _ = try delete("\(table) WHERE identity NOT IN (SELECT id FROM identity)")
            }
            return pruned
        }
        let isWorthIt = givingRoomBack == .always ? true : try await isMostlyEmpty()
        if isWorthIt { try await vacuum() }
        return pruned
    }
}
