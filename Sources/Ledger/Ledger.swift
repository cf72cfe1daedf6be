import Foundation
import GRDB
import Records

/// The durable state of a workspace: what was asked, what was answered, what it cost, and how far each run came.
///
/// One SQLite file with one writer at a time, shared by every process that names it. SQL lives in this target alone.
package final class Ledger: Sendable {
    let database: DatabasePool
    /// Makes the keys under which people are found.
    package let hasher: AliasHasher
    /// Keys that have not been taken in among all others.
    let newKeys = AliasLog()
    package let path: String
    private let reserve: SpaceReserve

    /// How long a writer waits for another process, in seconds.
    static let patience = 30.0
    /// Pages that SQLite keeps in memory for the writer, and for each reader, which goes through the keys in their order.
    private static let cacheKibibytes = (writing: 8 * 1024, reading: 2 * 1024)
    /// Pages in the write-ahead log before they go to their places, where many rows a second are written: 64 MiB.
    ///
    /// Keys of people fall all over the table, and so a page that was touched many times is moved once.
    private static let pagesOfLongLog = 16 * 1024
    /// Who looks people up at the same time.
    private static let readers = 3

    /// Opens the ledger, making it (mode 0600) where it is missing.
    ///
    /// - Throws: ``Diagnostic`` `ledger_unusable` or `ledger_damaged`.
    package init(path: String) throws {
        self.path = path
        do {
            try Self.makeFile(path)
            var configuration = Configuration()
            configuration.maximumReaderCount = Self.readers
            configuration.busyMode = .timeout(Self.patience)
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
                let cache = Self.cacheKibibytes
                try database.execute(
                    sql: "PRAGMA cache_size = -\(database.configuration.readonly ? cache.reading : cache.writing)")
            }
            // One process at a time makes tables and turns on the write-ahead log: SQLite would not wait for either.
            let opening = try LockFile(ledger: path, name: "opening")
            _ = opening.take(waiting: true)
            defer { withExtendedLifetime(opening) {} }
            database = try DatabasePool(path: path, configuration: configuration)
            try Migrations.all.migrate(database)
            hasher = try database.read { try AliasHasher($0) }
            reserve = SpaceReserve(ledger: path)
        } catch let error as DatabaseError {
            throw Self.unopened(path, error)
        }
    }

    /// Whether a ledger is as this version makes them, so that opening it changes nothing.
    ///
    /// - Throws: ``Diagnostic`` where it cannot be read.
    package static func isCurrent(_ path: String) throws -> Bool {
        do {
            return try reading(path) { try $0.read { try Migrations.all.hasCompletedMigrations($0) } }
        } catch let error as DatabaseError {
            throw unopened(path, error)
        }
    }

    /// Copies a ledger without changing it.
    package static func copy(_ path: String, to copy: String) throws {
        do {
            try reading(path) { try $0.vacuum(into: copy) }
        } catch let error as DatabaseError {
            throw unopened(path, error)
        }
    }

    private static func reading<Value>(_ path: String, _ work: (DatabaseQueue) throws -> Value) throws -> Value {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(patience)
        return try work(DatabaseQueue(path: path, configuration: configuration))
    }

    /// Why a file could not be opened, in words.
    static func unopened(_ path: String, _ error: DatabaseError) -> Diagnostic {
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: damaged(path)
        case .SQLITE_BUSY: locked(path)
        default:
            Diagnostic(
                code: "ledger_unusable", "the ledger cannot be opened: \(error.message ?? "unknown error")", file: path,
                hint: "check that the folder can be written to, or name another file with --state")
        }
    }

    static func makeFile(_ path: String) throws {
        let folder = path.folderOfPath
        if !folder.isEmpty, mkdir(folder, 0o700) != 0, errno == ENOENT {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw Diagnostic(
                    code: "ledger_unusable", "the folder for the ledger cannot be made", file: folder,
                    hint: "name another file with --state")
            }
        }
        let descriptor = Foundation.open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Diagnostic(
                code: "ledger_unusable", "the ledger cannot be opened: \(String(cString: strerror(errno)))", file: path,
                hint: "check that it can be written to, or name another file with --state")
        }
        close(descriptor)
    }

    private static func damaged(_ path: String) -> Diagnostic {
        Diagnostic(
            code: "ledger_damaged", "the ledger cannot be read", file: path,
            hint:
                "look at it with millrace runs --check; restore it from a backup, or move it away and start a new one; nothing was changed"
        )
    }

    private static func locked(_ path: String) -> Diagnostic {
        Diagnostic(
            code: "ledger_locked", "another process has held the ledger for \(Int(patience)) seconds", file: path,
            hint:
                "wait until it has ended, then run the same command again; nothing is lost, and millrace runs --check looks whether all is well"
        )
    }

    /// How much of a commit must be on the disk before it counts.
    enum Durability {
        /// Money or an outside request depends on it: synced before the call returns.
        case full
        /// Can be made again from what is there: a power cut may take the last of these commits, in order.
        case relaxed

        /// One transaction, on a connection that has none.
        func transaction<Value>(
            _ database: Database, ending: Database.TransactionCompletion = .commit,
            _ updates: (Database) throws -> Value
        ) throws -> Value {
            try database.execute(sql: "PRAGMA synchronous = \(self == .full ? "FULL" : "NORMAL")")
            var value: Value?
            try database.inTransaction(.immediate) {
                value = try updates(database)
                return ending
            }
            guard let value else { throw DatabaseError(message: "the transaction gave no value") }
            return value
        }
    }

    /// Lets the log grow long before it is worked in: for engines that answer at once.
    package func expectManyWrites() async throws {
        try await explaining {
            try await database.writeWithoutTransaction {
                try $0.execute(sql: "PRAGMA wal_autocheckpoint = \(Self.pagesOfLongLog)")
            }
        }
    }

    /// - Throws: ``Diagnostic`` `ledger_full` where the last room is kept for answers that are in the air.
    func checkRoom() throws {
        if reserve.isSpent { throw Self.explained(path, DatabaseError(resultCode: .SQLITE_FULL)) }
    }

    /// One transaction that writes.
    ///
    /// - Throws: ``Diagnostic`` `ledger_full`, `ledger_locked` or `ledger_failed`.
    func write<Value: Sendable>(
        _ durability: Durability, _ updates: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        do {
            return try await write(once: durability, updates)
        } catch let error as Diagnostic where error.code == "ledger_full" {
            // Whoever comes while another gives the room back finds it too.
            reserve.give()
            return try await write(once: durability, updates)
        }
    }

    private func write<Value: Sendable>(
        once durability: Durability, _ updates: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await explaining {
            try await database.writeWithoutTransaction { try durability.transaction($0, updates) }
        }
    }

    /// One transaction that only reads.
    func read<Value: Sendable>(_ value: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await explaining { try await database.read(value) }
    }

    /// One transaction that may write to see what would come of it, and leaves nothing behind.
    func trying<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await explaining {
            try await database.writeWithoutTransaction {
                try Durability.relaxed.transaction($0, ending: .rollback, work)
            }
        }
    }

    /// Gives room that is not used any more back to the disk.
    func vacuum() async throws {
        try await explaining {
            try await database.writeWithoutTransaction { database in
                try database.execute(sql: "VACUUM")
                try database.checkpoint(.truncate)
            }
        }
    }

    /// Does work on the database, and says in words what went wrong.
    func explaining<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let error as DatabaseError {
            throw Self.explained(path, error)
        }
    }

    /// Says in words what SQLite says in codes; never the statement or its values.
    static func explained(_ path: String, _ error: DatabaseError) -> Diagnostic {
        switch error.resultCode {
        case .SQLITE_FULL:
            Diagnostic(
                code: "ledger_full", "there is no room for the ledger", file: path,
                hint: "make room on the disk, then run the same command again")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: damaged(path)
        case .SQLITE_BUSY, .SQLITE_LOCKED: locked(path)
        default:
            Diagnostic(
                code: "ledger_failed", "the ledger failed: \(error.message ?? "\(error.resultCode)")", file: path)
        }
    }
}
