package import EnrichmentAPI
import GRDB

/// What kind of company a contact belongs to; empty where that is not known.
package struct Segment: Sendable, Hashable {
    package var country: String
    package var size: String

    package init(country: String = "", size: String = "") {
        self.country = country
        self.size = size
    }
}

/// What came of a provider's contacts in one segment.
package struct Evidence: Sendable, Equatable {
    package var provider: String
    package var channel: Channel
    package var segment: Segment
    package var contacts: Int
    package var replies: Int

    package init(provider: String, channel: Channel, segment: Segment = Segment(), contacts: Int, replies: Int) {
        self.provider = provider
        self.channel = channel
        self.segment = segment
        self.contacts = contacts
        self.replies = replies
    }
}

/// What came of one contact.
package struct Outcome: Sendable {
    /// Canonical email or phone number.
    package var contact: String
    package var provider: String
    package var channel: Channel
    package var segment: Segment
    package var hasReplied: Bool
    /// As the file says; empty where it does not.
    package var at: String

    package init(
        contact: String, provider: String, channel: Channel, segment: Segment, hasReplied: Bool, at: String
    ) {
        self.contact = contact
        self.provider = provider
        self.channel = channel
        self.segment = segment
        self.hasReplied = hasReplied
        self.at = at
    }
}

extension ServiceLedger {
    /// Takes outcomes in; a contact counts once, and a reply stays a reply.
    ///
    /// - Returns: how many contacts are new.
    package func add(_ outcomes: [Outcome]) async throws -> Int {
        try await write { [hasher] database in
            var added = 0
            for outcome in outcomes {
                let hash = hasher.alias("contact:" + outcome.contact, scope: 0)
                let isKnown =
                    try Bool.fetchOne(
                        database, sql: "SELECT EXISTS (SELECT 1 FROM outcome WHERE contact = ?)", arguments: [hash.key])
                    ?? false
                added += isKnown ? 0 : 1
                try database.execute(
                    sql: """
                        INSERT INTO outcome (contact, proof, provider, channel, country, size, replied, at)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO UPDATE SET replied = max(replied, excluded.replied), at = max(at, excluded.at)
                        """,
                    arguments: [
                        hash.key, hash.check, outcome.provider, outcome.channel.number, outcome.segment.country,
                        outcome.segment.size, outcome.hasReplied, outcome.at,
                    ])
            }
            return added
        }
    }

    /// What all outcomes come to.
    package func evidence() async throws -> [Evidence] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT provider, channel, country, size, count(*), sum(replied) FROM outcome
                    GROUP BY provider, channel, country, size ORDER BY provider, channel, country, size
                    """
            ).compactMap { row in
                Channel(number: row[1]).map {
                    Evidence(
                        provider: row[0], channel: $0, segment: Segment(country: row[2], size: row[3]),
                        contacts: row[4],
                        replies: row[5])
                }
            }
        }
    }

    /// Which provider gave a contact to the clients of the service.
    package func sources(of contacts: [String]) async throws -> [String: ContactSource] {
        try await write { try ContactSource.find(contacts, in: "answered_anywhere", $0) }
    }
}

/// Who gave a contact, and as what.
package struct ContactSource: Sendable, Equatable {
    package var provider: String
    package var channel: Channel

    /// - Parameter table: with the columns value, source and channel.
    fileprivate static func find(_ contacts: [String], in table: String, _ database: Database) throws -> [String:
        ContactSource]
    {
        try database.execute(sql: "CREATE TEMP TABLE IF NOT EXISTS wanted (value TEXT PRIMARY KEY) WITHOUT ROWID")
        try database.execute(sql: "DELETE FROM wanted")
        let add = try database.cachedStatement(sql: "INSERT OR IGNORE INTO wanted VALUES (?)")
        for contact in contacts { try add.execute(arguments: [contact]) }
        let rows = try Row.fetchCursor(
            database,
            sql:
                "SELECT \(table).value, source, channel FROM \(table) CROSS JOIN wanted ON wanted.value = \(table).value"
        )
        var found: [String: ContactSource] = [:]
        while let row = try rows.next() {
            guard let channel = Channel(number: row[2]), let source: String = row[1] else { continue }
            found[row[0]] = ContactSource(provider: source, channel: channel)
        }
        return found
    }
}

extension Ledger {
    /// Which provider gave a contact to the runs of pipelines.
    package func sources(of contacts: [String]) async throws -> [String: ContactSource] {
        try await write(.relaxed) { database in
            // Whoever gave it before somebody else was asked counts too, since ranking changes who is asked.
            let before = try ContactSource.find(contacts, in: "answer_past", database)
            return try before.merging(ContactSource.find(contacts, in: "single_answer", database)) { $1 }
        }
    }

    /// How many emails of each source have a verdict, and how many of them are valid.
    package func validity() async throws -> [String: (checked: Int, valid: Int)] {
        try await read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT source, count(*), sum(verdict = 'valid') FROM single_answer AS answer
                    JOIN verdict ON verdict.email = answer.value WHERE verdict.verdict <> 'unknown' AND source IS NOT NULL
                    GROUP BY source
                    """)
            return rows.reduce(into: [:]) { $0[$1[0]] = ($1[1], $1[2]) }
        }
    }
}
