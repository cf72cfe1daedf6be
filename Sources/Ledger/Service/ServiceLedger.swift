import Foundation
import GRDB
import Records

/// The durable state of our own service: keys, what was answered and charged, and what came of contacts.
///
/// One SQLite file beside the run ledger, and apart from it: who runs the service need not be who runs pipelines.
package final class ServiceLedger: Sendable {
    let database: DatabasePool
    /// Moves what was written to its place without holding up who writes.
    private let mover: DatabaseQueue
    let hasher: AliasHasher
    /// Answers that have not been brought to their places.
    let log = AnswerLog()
    package let path: String

    private static let cacheKibibytes = 16 * 1024
    /// Pages in the write-ahead log before writers move them themselves, where nobody else does: 256 MiB.
    private static let pagesOfLog = 256 * 1024
    private static let readers = 4
    /// Keys of people fall all over their table, so each answer is a page of its own: the smaller the pages, the less is
    /// written for it.
    private static let pageBytes = 1024

    /// Opens the file, making it (mode 0600) where it is missing.
    ///
    /// - Parameter ledger: beside which it lies.
    /// - Throws: ``Diagnostic`` `ledger_unusable`, `ledger_damaged` or `ledger_locked`.
    package init(beside ledger: String) throws {
        path = ledger + ".service"
        do {
            try Ledger.makeFile(path)
            var configuration = Configuration()
            configuration.maximumReaderCount = Self.readers
            configuration.busyMode = .timeout(Ledger.patience)
            configuration.prepareDatabase { database in
                // Before there is a table, and nothing afterwards.
                try database.execute(sql: "PRAGMA page_size = \(Self.pageBytes)")
                try database.execute(sql: "PRAGMA synchronous = FULL")
                // What has left the log is not to be found in what is free, if its person is forgotten later.
                try database.execute(sql: "PRAGMA secure_delete = ON")
                try database.execute(sql: "PRAGMA cache_size = -\(Self.cacheKibibytes)")
                try database.execute(sql: "PRAGMA wal_autocheckpoint = \(Self.pagesOfLog)")
            }
            let opening = try LockFile(ledger: ledger, name: "opening-service")
            _ = opening.take(waiting: true)
            defer { withExtendedLifetime(opening) {} }
            database = try DatabasePool(path: path, configuration: configuration)
            try Self.migrations.migrate(database)
            mover = try DatabaseQueue(path: path)
            hasher = try database.read { try AliasHasher($0) }
        } catch let error as DatabaseError {
            throw Ledger.unopened(path, error)
        }
    }

    /// Moves what has been written from the log to its place, beside those who write.
    package func moveLog() async throws {
        do {
            try await mover.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)") }
        } catch let error as DatabaseError {
            throw Ledger.explained(path, error)
        }
    }

    /// One transaction that writes, on the disk when it returns; a relaxed one may be lost with the power, together with
    /// all after it.
    func write<Value: Sendable>(
        _ durability: Ledger.Durability = .full, _ updates: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        do {
            return try await database.writeWithoutTransaction { try durability.transaction($0, updates) }
        } catch let error as DatabaseError {
            throw Ledger.explained(path, error)
        }
    }

    /// One transaction that only reads.
    ///
    /// Never `database.read` without waiting: it would hold a thread until a reader is free, and readers are given back on
    /// those same threads, of which there are as many as cores.
    func read<Value: Sendable>(_ value: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await database.read(value)
        } catch let error as DatabaseError {
            throw Ledger.explained(path, error)
        }
    }

    private static var migrations: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("service ledger") { database in
            for statement in tables { try database.execute(sql: statement) }
        }
        migrator.registerMigration("answers are appended first") { database in
            // A number that was given is never given again, so that places in the log mean one row for ever.
            try database.execute(
                sql: """
                    CREATE TABLE answered_log (id INTEGER PRIMARY KEY AUTOINCREMENT, key INTEGER NOT NULL,
                      channel INTEGER NOT NULL, proof INTEGER NOT NULL, at REAL NOT NULL, value TEXT, source TEXT,
                      confidence REAL, enriched_at TEXT, tried TEXT, verdict TEXT)
                    """)
            // For statements that are not in a hurry; an answer may be in it twice.
            try database.execute(
                sql: """
                    CREATE VIEW answered_anywhere AS SELECT \(SettlementWriter.columns) FROM answered
                    UNION ALL SELECT \(SettlementWriter.columns) FROM answered_log
                    """)
        }
        return migrator
    }

    /// Times are seconds since 1970, credits thousandths, channels their numbers.
    private static let tables = [
        "CREATE TABLE secret (id INTEGER PRIMARY KEY CHECK (id = 1), bytes BLOB NOT NULL)",
        "INSERT INTO secret VALUES (1, randomblob(32))",
        // A key itself is nowhere, only what it hashes to.
        """
        CREATE TABLE api_key (id TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE, workspace TEXT NOT NULL, scope TEXT NOT NULL,
          created_at REAL NOT NULL, expires_at REAL, revoked_at REAL) WITHOUT ROWID
        """,
        // Calls of the last day, which count against a workspace's limits.
        "CREATE TABLE call (id INTEGER PRIMARY KEY, workspace TEXT NOT NULL, kind TEXT NOT NULL, at REAL NOT NULL)",
        // The newest answer about each person and channel; a value that is null is a miss.
        """
        CREATE TABLE answered (key INTEGER NOT NULL, channel INTEGER NOT NULL, proof INTEGER NOT NULL, at REAL NOT NULL,
          value TEXT, source TEXT, confidence REAL, enriched_at TEXT, tried TEXT, verdict TEXT,
          PRIMARY KEY (key, channel)) WITHOUT ROWID
        """,
        // Answers about companies; fields that are null are a miss.
        "CREATE TABLE account (key INTEGER PRIMARY KEY, proof INTEGER NOT NULL, at REAL NOT NULL, account_id TEXT NOT NULL, fields TEXT)",
        // Every charge: for which call of whom, about whom, for what, and which provider had it.
        """
        CREATE TABLE request (id INTEGER PRIMARY KEY, at REAL NOT NULL, workspace TEXT NOT NULL, api_key TEXT NOT NULL,
          endpoint TEXT NOT NULL, records INTEGER NOT NULL, credits INTEGER NOT NULL)
        """,
        """
        CREATE TABLE charge (id INTEGER PRIMARY KEY, request INTEGER NOT NULL, identity INTEGER NOT NULL, channel INTEGER,
          provider TEXT NOT NULL, credits INTEGER NOT NULL)
        """,
        // Answers that are given again word for word to whoever sends the same `Idempotency-Key`.
        """
        CREATE TABLE replay (workspace TEXT NOT NULL, key TEXT NOT NULL, question BLOB NOT NULL, at REAL NOT NULL,
          status INTEGER NOT NULL, body BLOB NOT NULL, credits INTEGER NOT NULL, PRIMARY KEY (workspace, key)) WITHOUT ROWID
        """,
        // What came of a contact.
        """
        CREATE TABLE outcome (contact INTEGER PRIMARY KEY, proof INTEGER NOT NULL, provider TEXT NOT NULL,
          channel INTEGER NOT NULL, country TEXT NOT NULL, size TEXT NOT NULL, replied INTEGER NOT NULL, at TEXT NOT NULL)
        """,
        """
        CREATE TABLE provider_use (provider TEXT NOT NULL, channel INTEGER NOT NULL, asked INTEGER NOT NULL,
          found INTEGER NOT NULL, failed INTEGER NOT NULL, credits INTEGER NOT NULL, PRIMARY KEY (provider, channel)) WITHOUT ROWID
        """,
    ]
}
