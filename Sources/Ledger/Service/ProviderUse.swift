package import EnrichmentAPI
import GRDB

/// What was asked of a provider for a channel, or for companies, and what came of it.
package struct ProviderUse: Sendable, Equatable {
    package var provider: String
    /// Nil for companies.
    package var channel: Channel?
    /// People for whom it was tried.
    package var asked = 0
    /// People for whom it had the value that was taken.
    package var found = 0
    /// People for whom it failed.
    package var failed = 0
    /// Why it failed the last time; not kept in the ledger.
    package var lastFailure: ProviderFailure.Why?
    /// What its finds cost, tries before it included.
    package var credits = Credits.zero

    package init(provider: String, channel: Channel?) {
        self.provider = provider
        self.channel = channel
    }

    package mutating func add(_ other: ProviderUse) {
        asked += other.asked
        found += other.found
        failed += other.failed
        lastFailure = other.lastFailure ?? lastFailure
        credits += other.credits
    }
}

extension ServiceLedger {
    /// Stands where a channel's number would.
    private static let companies = -1

    /// Adds to what is known of providers.
    package func add(_ uses: [ProviderUse]) async throws {
        guard !uses.isEmpty else { return }
        try await write { database in
            for use in uses {
                try database.execute(
                    sql: """
                        INSERT INTO provider_use (provider, channel, asked, found, failed, credits) VALUES (?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO UPDATE SET asked = asked + excluded.asked, found = found + excluded.found,
                          failed = failed + excluded.failed, credits = credits + excluded.credits
                        """,
                    arguments: [
                        use.provider, use.channel?.number ?? Self.companies, use.asked, use.found, use.failed,
                        use.credits.thousandths,
                    ])
            }
        }
    }

    package func providerUses() async throws -> [ProviderUse] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM provider_use ORDER BY provider, channel").compactMap { row in
                let number: Int = row["channel"]
                let channel = Channel(number: number)
                guard channel != nil || number == Self.companies else { return nil }
                var use = ProviderUse(provider: row["provider"], channel: channel)
                (use.asked, use.found, use.failed) = (row["asked"], row["found"], row["failed"])
                use.credits = Credits(thousandths: row["credits"])
                return use
            }
        }
    }
}
