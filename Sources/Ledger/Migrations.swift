import GRDB

/// The history of the ledger's tables.
///
/// Steps are named and only ever added.
enum Migrations {
    static var all: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("run ledger") { database in
            for statement in runLedger { try database.execute(sql: statement) }
        }
        migrator.registerMigration("quota time") { database in
            for statement in quotaTime { try database.execute(sql: statement) }
        }
        migrator.registerMigration("people by key") { database in
            for statement in secret { try database.execute(sql: statement) }
            try hashAliases(database)
        }
        migrator.registerMigration("service's policies") { database in
            for statement in policies { try database.execute(sql: statement) }
        }
        migrator.registerMigration("exports and reports") { database in
            for statement in exports { try database.execute(sql: statement) }
        }
        migrator.registerMigration("forgotten people") { database in
            // Keys of those who are never asked for again, with the scope that they are mixed with: 0 for hints as such.
            try database.execute(
                sql: "CREATE TABLE forgotten (key INTEGER PRIMARY KEY, proof INTEGER NOT NULL, scope INTEGER NOT NULL)")
            // Hints of people who are known by something else: by all of their hints together, or by row.
            try database.execute(
                sql:
                    "CREATE TABLE hint (key INTEGER NOT NULL, identity INTEGER NOT NULL, proof INTEGER NOT NULL, PRIMARY KEY (key, identity)) WITHOUT ROWID"
            )
            try database.execute(sql: "CREATE INDEX hint_by_identity ON hint (identity)")
        }
        migrator.registerMigration("new keys apart") { database in
            // Keys that came lately; replaced by `alias_log` below.
            try database.execute(
                sql:
                    "CREATE TABLE alias_new (key INTEGER PRIMARY KEY, proof INTEGER NOT NULL, identity INTEGER NOT NULL)"
            )
        }
        migrator.registerMigration("answers of a person together") { database in
            try database.execute(sql: "DROP TRIGGER answer_replaced")
            try database.execute(sql: "ALTER TABLE answer RENAME TO answer_each")
            try database.execute(sql: AnswerColumns.create("answer"))
            try database.execute(sql: AnswerColumns.gathering)
            try database.execute(sql: "DROP TABLE answer_each")
            try database.execute(sql: AnswerColumns.view)
            for trigger in AnswerColumns.triggers { try database.execute(sql: trigger) }
        }
        migrator.registerMigration("new keys appended") { database in
            // Keys that came lately and are taken into `alias` many at a time, see `AliasLog`. A number is never used twice.
            try database.execute(
                sql: """
                    CREATE TABLE alias_log (
                      id INTEGER PRIMARY KEY AUTOINCREMENT, key INTEGER NOT NULL, proof INTEGER NOT NULL,
                      identity INTEGER NOT NULL)
                    """)
            try database.execute(
                sql: "INSERT INTO alias_log (key, proof, identity) SELECT key, proof, identity FROM alias_new")
            try database.execute(sql: "DROP TABLE alias_new")
        }
        migrator.registerMigration("requests in the air") { database in
            // Those without an answer are few, and each request that is to leave looks for them.
            try database.execute(
                sql: "CREATE INDEX chunk_in_the_air ON chunk (sent_at) WHERE state IN ('intent', 'turned_away')")
        }
        migrator.registerMigration("providers that could not be asked") { database in
            // For how many records of a request to the embedded engine, as JSON {provider: {why: count}}; null for none.
            try database.execute(sql: "ALTER TABLE chunk ADD COLUMN failures TEXT")
        }
        return migrator
    }

    private static let runLedger = [
        // Whose answers these are: what one engine said is no answer of another.
        "CREATE TABLE scope (id INTEGER PRIMARY KEY, workspace TEXT NOT NULL, engine TEXT NOT NULL, UNIQUE (workspace, engine))",

        // A person or a company; name and domain are those of the first row, to notice contradictions.
        "CREATE TABLE identity (id INTEGER PRIMARY KEY, name TEXT NOT NULL, domain TEXT NOT NULL)",
        """
        CREATE TABLE alias (scope INTEGER NOT NULL, key TEXT NOT NULL, identity INTEGER NOT NULL,
          PRIMARY KEY (scope, key)) WITHOUT ROWID
        """,

        // Times are seconds since 1970. `status` is a `Run.Status`.
        """
        CREATE TABLE run (
          id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, pipeline_key TEXT NOT NULL, pipeline TEXT NOT NULL,
          workspace TEXT NOT NULL, engine TEXT NOT NULL, status TEXT NOT NULL, started_at REAL NOT NULL, finished_at REAL,
          resumed INTEGER NOT NULL DEFAULT 0, inputs TEXT NOT NULL, position TEXT, rows INTEGER NOT NULL DEFAULT 0,
          tally TEXT)
        """,
        "CREATE INDEX run_by_pipeline ON run (pipeline_key, id)",
        "CREATE TABLE run_output (run INTEGER NOT NULL, path TEXT NOT NULL, length INTEGER NOT NULL, PRIMARY KEY (run, path)) WITHOUT ROWID",

        // One request. `state` is a `ChunkState`; credits are thousandths; channels are bits.
        """
        CREATE TABLE chunk (
          id INTEGER PRIMARY KEY, run INTEGER NOT NULL, endpoint TEXT NOT NULL, channels INTEGER NOT NULL, state TEXT NOT NULL,
          worst INTEGER NOT NULL, credits INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
          refused_429 INTEGER NOT NULL DEFAULT 0, sent_at REAL NOT NULL, answered_at REAL, slot INTEGER)
        """,
        "CREATE INDEX chunk_by_run ON chunk (run)",
        // One identity in a request, charged to one row of the run.
        """
        CREATE TABLE ask (chunk INTEGER NOT NULL, identity INTEGER NOT NULL, row INTEGER NOT NULL, credits INTEGER NOT NULL DEFAULT 0,
          record_id TEXT NOT NULL DEFAULT '', PRIMARY KEY (chunk, identity)) WITHOUT ROWID
        """,
        // The newest answer for each channel; a value that is null is a miss.
        """
        CREATE TABLE answer (
          identity INTEGER NOT NULL, channel INTEGER NOT NULL, chunk INTEGER NOT NULL, value TEXT, source TEXT, confidence REAL,
          enriched_at TEXT, credits INTEGER, PRIMARY KEY (identity, channel)) WITHOUT ROWID
        """,
        "CREATE TABLE account (identity INTEGER PRIMARY KEY, chunk INTEGER NOT NULL, account_id TEXT NOT NULL, fields TEXT)",
        """
        CREATE TABLE verdict (workspace TEXT NOT NULL, email TEXT NOT NULL, verdict TEXT NOT NULL, checked_at REAL NOT NULL,
          run INTEGER NOT NULL, PRIMARY KEY (workspace, email)) WITHOUT ROWID
        """,

        // One call that counts against the service's limits.
        """
        CREATE TABLE quota_slot (id INTEGER PRIMARY KEY, workspace TEXT NOT NULL, kind TEXT NOT NULL, taken_at REAL NOT NULL,
          gone_by REAL NOT NULL, answered_at REAL)
        """,
        "CREATE INDEX quota_slot_by_workspace ON quota_slot (workspace, taken_at)",
        // The service said to wait.
        "CREATE TABLE quota_hold (workspace TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID",
    ]

    private static let secret = [
        // What keys of people are mixed with.
        "CREATE TABLE secret (id INTEGER PRIMARY KEY CHECK (id = 1), bytes BLOB NOT NULL)",
        "INSERT INTO secret VALUES (1, randomblob(32))",
        "ALTER TABLE answer ADD COLUMN record_id TEXT NOT NULL DEFAULT ''",
        """
        UPDATE answer SET record_id = coalesce(
          (SELECT record_id FROM ask WHERE ask.chunk = answer.chunk AND ask.identity = answer.identity), '')
        """,
    ]

    /// Hints used to stand in the ledger as texts; now it has keys of them, see `AliasHash`.
    private static func hashAliases(_ database: Database) throws {
        let hasher = try AliasHasher(database)
        try database.execute(sql: "ALTER TABLE alias RENAME TO alias_text")
        try database.execute(
            sql: "CREATE TABLE alias (key INTEGER PRIMARY KEY, proof INTEGER NOT NULL, identity INTEGER NOT NULL)")
        let add = try database.makeStatement(sql: "INSERT OR IGNORE INTO alias (key, proof, identity) VALUES (?, ?, ?)")
        let rows = try Row.fetchCursor(
            database, sql: "SELECT scope, key, identity FROM alias_text WHERE key NOT LIKE 'group:%'")
        while let row = try rows.next() {
            let hash = hasher.alias(row[1], scope: row[0])
            try add.execute(arguments: [hash.key, hash.check, row[2] as Int64])
        }
        try database.execute(sql: "DROP TABLE alias_text")
    }

    private static let quotaTime = [
        // How far quota time is ahead of the uptime, for the machine's present start.
        "CREATE TABLE quota_clock (boot TEXT PRIMARY KEY, ahead REAL NOT NULL) WITHOUT ROWID",
        // What the service says is left; times are quota time, as in `quota_slot` and `quota_hold`.
        """
        CREATE TABLE quota_allowance (workspace TEXT NOT NULL, kind TEXT NOT NULL, remaining INTEGER NOT NULL, until REAL NOT NULL,
          PRIMARY KEY (workspace, kind)) WITHOUT ROWID
        """,
        "CREATE INDEX quota_slot_by_answer ON quota_slot (workspace, kind, answered_at)",
    ]

    private static let exports = [
        // Files of changes, and what was written of each record; a mark counts once its run has ended.
        "CREATE TABLE export (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
        """
        CREATE TABLE export_mark (export INTEGER NOT NULL, record INTEGER NOT NULL, content INTEGER NOT NULL,
          run INTEGER NOT NULL, PRIMARY KEY (export, record, content)) WITHOUT ROWID
        """,
        // Who is in an audience, by keys of theirs, and the row that put them there.
        """
        CREATE TABLE audience_member (run INTEGER NOT NULL, audience TEXT NOT NULL, person INTEGER NOT NULL,
          row INTEGER NOT NULL, PRIMARY KEY (run, audience, person)) WITHOUT ROWID
        """,
        // The report of a run as it was last made, as JSON of its owner.
        "CREATE TABLE run_report (run INTEGER PRIMARY KEY, report TEXT NOT NULL)",
        // An even share of what its record cost, where the engine names a sum only.
        "ALTER TABLE answer ADD COLUMN share INTEGER",
        // The settings of a run without keys and secrets, as JSON of their owner.
        "ALTER TABLE run ADD COLUMN settings TEXT",
        // Rows that were not asked for, as ranges, with the reason.
        """
        CREATE TABLE not_asked (run INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, reason TEXT NOT NULL,
          PRIMARY KEY (run, first)) WITHOUT ROWID
        """,
        // What the key is made of stands first: else SQLite 3.40 sees damage where there is none.
        // Answers and verdicts that newer ones have taken the place of, so that a past run can be written again.
        """
        CREATE TABLE answer_past (
          identity INTEGER NOT NULL, channel INTEGER NOT NULL, chunk INTEGER NOT NULL, value TEXT, source TEXT,
          confidence REAL, enriched_at TEXT, credits INTEGER, record_id TEXT NOT NULL DEFAULT '', share INTEGER,
          PRIMARY KEY (identity, channel, chunk)) WITHOUT ROWID
        """,
        """
        CREATE TABLE account_past (identity INTEGER NOT NULL, chunk INTEGER NOT NULL, account_id TEXT NOT NULL, fields TEXT,
          PRIMARY KEY (identity, chunk)) WITHOUT ROWID
        """,
        """
        CREATE TABLE verdict_past (workspace TEXT NOT NULL, email TEXT NOT NULL, run INTEGER NOT NULL,
          verdict TEXT NOT NULL, checked_at REAL NOT NULL, PRIMARY KEY (workspace, email, run)) WITHOUT ROWID
        """,
        """
        CREATE TRIGGER answer_replaced BEFORE UPDATE ON answer WHEN OLD.chunk <> NEW.chunk BEGIN
          INSERT OR IGNORE INTO answer_past VALUES (OLD.identity, OLD.channel, OLD.chunk, OLD.value, OLD.source,
            OLD.confidence, OLD.enriched_at, OLD.credits, OLD.record_id, OLD.share);
        END
        """,
        """
        CREATE TRIGGER account_replaced BEFORE UPDATE ON account WHEN OLD.chunk <> NEW.chunk BEGIN
          INSERT OR IGNORE INTO account_past VALUES (OLD.identity, OLD.chunk, OLD.account_id, OLD.fields);
        END
        """,
        """
        CREATE TRIGGER verdict_replaced BEFORE UPDATE ON verdict WHEN OLD.run <> NEW.run BEGIN
          INSERT OR IGNORE INTO verdict_past VALUES (OLD.workspace, OLD.email, OLD.run, OLD.verdict, OLD.checked_at);
        END
        """,
    ]

    private static let policies = [
        // The call whose answer said so: the word of an older one that comes later does not count.
        "ALTER TABLE quota_allowance ADD COLUMN slot INTEGER NOT NULL DEFAULT 0",
        // Limits that the service names for calls of a kind; `window` is in seconds.
        """
        CREATE TABLE quota_policy (workspace TEXT NOT NULL, kind TEXT NOT NULL, window REAL NOT NULL, quota INTEGER NOT NULL,
          PRIMARY KEY (workspace, kind, window)) WITHOUT ROWID
        """,
        // Requests without an answer are few, and every request looks at them before it leaves.
        "CREATE INDEX chunk_without_answer ON chunk (state, sent_at) WHERE state IN ('intent', 'turned_away', 'lost')",
    ]
}
