import EnrichmentAPI
import Foundation
import GRDB
import Records

/// Fills the index of a provider's table.
package final class ProviderTableWriter {
    private let hasher: AliasHasher
    private let addPerson: HotStatement
    private let addHint: HotStatement
    private let addCompany: HotStatement
    private let countPattern: HotStatement
    private let database: Database

    /// Writes a file whole, or not at all.
    static func write(_ path: String, _ fill: (ProviderTableWriter) throws -> Void) throws {
        let partial = path + ".partial"
        unlink(partial)
        do {
            var configuration = Configuration()
            configuration.prepareDatabase { database in
                // Nothing is lost with it, and it is not there before it is whole.
                try database.execute(sql: "PRAGMA journal_mode = OFF")
                try database.execute(sql: "PRAGMA synchronous = OFF")
                try database.execute(sql: "PRAGMA cache_size = -\(32 * 1024)")
            }
            let descriptor = open(partial, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
            if descriptor >= 0 { close(descriptor) }
            let queue = try DatabaseQueue(path: partial, configuration: configuration)
            try queue.inTransaction { database in
                for statement in tables { try database.execute(sql: statement) }
                try fill(try ProviderTableWriter(database))
                try writeFilter(database)
                for statement in sorting { try database.execute(sql: statement) }
                return .commit
            }
            try queue.close()
        } catch let error as DatabaseError {
            unlink(partial)
            throw Diagnostic(
                code: error.resultCode == .SQLITE_FULL ? "ledger_full" : "ledger_unusable",
                "the table of a provider cannot be indexed: \(error.message ?? "unknown error")", file: path,
                hint: "check that there is room, or name another ledger with --state")
        } catch {
            unlink(partial)
            throw error
        }
        guard rename(partial, path) == 0 else {
            throw Diagnostic(
                code: "ledger_unusable", "the index of a provider cannot be named: \(String(cString: strerror(errno)))",
                file: path)
        }
    }

    private init(_ database: Database) throws {
        self.database = database
        hasher = try AliasHasher(database)
        addPerson = try HotStatement(
            database,
            """
            INSERT INTO person (work_email, personal_email, phone, linkedin_url, confidence, updated_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
        addHint = try HotStatement(
            database, "INSERT INTO unsorted (key, proof, person, mark, rank, name) VALUES (?, ?, ?, ?, ?, ?)")
        addCompany = try HotStatement(database, "INSERT OR IGNORE INTO company (key, proof, fields) VALUES (?, ?, ?)")
        countPattern = try HotStatement(
            database,
            """
            INSERT INTO pattern (domain, pattern, people) VALUES (?, ?, 1)
            ON CONFLICT DO UPDATE SET people = people + 1
            """)
    }

    /// Adds a person; the first one under an alias counts.
    ///
    /// - Parameters:
    ///   - further: aliases that lead to the person where they are nobody's in the first place.
    ///   - plainName: the name without accents, which leads to the person where it is nobody else's in any way.
    ///   - name: the alias that it comes from.
    package func add(
        _ person: ProviderTable.Person, aliases: [String], further: [String] = [], plainName: String? = nil,
        of name: String = ""
    ) throws {
        let values = person.values
        try addPerson.run(
            .optional(values[.workEmail]), .optional(values[.personalEmail]), .optional(values[.phone]),
            .optional(values[.linkedinURL]), .optional(person.confidence), .text(person.updatedAt))
        let id = database.lastInsertedRowID
        for alias in aliases { try add(alias, of: id, rank: 0) }
        for alias in further { try add(alias, of: id, rank: 1) }
        if let plainName { try add(plainName, of: id, rank: 2, name: hasher.alias(name, scope: 0).key) }
    }

    private func add(_ alias: String, of person: Int64, rank: Int64, name: Int64 = 0) throws {
        let hash = hasher.alias(alias, scope: 0)
        try addHint.run(
            .integer(hash.key), .integer(hash.check), .integer(person),
            .integer(Int64(bitPattern: HintFilter.mark(alias))), .integer(rank), .integer(name))
    }

    /// Adds a company; the first one under an alias counts.
    package func add(company alias: String, fields: [String: String]) throws {
        let hash = hasher.alias(alias, scope: 0)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(fields), as: UTF8.self)
        try addCompany.run(.integer(hash.key), .integer(hash.check), .text(text))
    }

    /// Counts an address of a domain that is made in a certain way.
    package func count(pattern: String, domain: String) throws {
        try countPattern.run(.text(domain), .text(pattern))
    }

    private static func writeFilter(_ database: Database) throws {
        var filter = HintFilter(hints: try Int.fetchOne(database, sql: "SELECT count(*) FROM unsorted") ?? 0)
        let marks = try Int64.fetchCursor(database, sql: "SELECT mark FROM unsorted")
        while let mark = try marks.next() { filter.insert(UInt64(bitPattern: mark)) }
        try database.execute(sql: "INSERT INTO filter VALUES (1, ?)", arguments: [filter.data])
    }

    private static let tables = [
        "CREATE TABLE secret (id INTEGER PRIMARY KEY CHECK (id = 1), bytes BLOB NOT NULL)",
        "INSERT INTO secret VALUES (1, randomblob(32))",
        """
        CREATE TABLE person (id INTEGER PRIMARY KEY, work_email TEXT, personal_email TEXT, phone TEXT, linkedin_url TEXT,
          confidence REAL, updated_at TEXT NOT NULL)
        """,
        "CREATE TABLE hint (key INTEGER PRIMARY KEY, proof INTEGER NOT NULL, person INTEGER NOT NULL)",
        "CREATE TABLE company (key INTEGER PRIMARY KEY, proof INTEGER NOT NULL, fields TEXT NOT NULL)",
        """
        CREATE TABLE pattern (domain TEXT NOT NULL, pattern TEXT NOT NULL, people INTEGER NOT NULL,
          PRIMARY KEY (domain, pattern)) WITHOUT ROWID
        """,
        "CREATE TABLE filter (id INTEGER PRIMARY KEY CHECK (id = 1), words BLOB NOT NULL)",
        """
        CREATE TEMP TABLE unsorted (key INTEGER NOT NULL, proof INTEGER NOT NULL, person INTEGER NOT NULL,
          mark INTEGER NOT NULL, rank INTEGER NOT NULL, name INTEGER NOT NULL)
        """,
    ]

    /// Keys come in no order; put in sorted, each page is written once.
    private static let sorting = [
        // Two people who are written alike without accents cannot be told apart by that.
        """
        DELETE FROM unsorted WHERE rank = 2 AND key IN
          (SELECT key FROM unsorted WHERE rank = 2 GROUP BY key HAVING count(DISTINCT name) > 1)
        """,
        """
        INSERT OR IGNORE INTO hint (key, proof, person)
        SELECT key, proof, person FROM unsorted ORDER BY key, rank, person
        """,
        "DROP TABLE unsorted",
    ]
}
