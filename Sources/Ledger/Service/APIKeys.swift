import Crypto
import Foundation
import GRDB

/// What a key opens.
package enum KeyScope: String, Sendable, CaseIterable {
    /// All calls for people and companies.
    case enrich
    /// Only the verification of emails.
    case verify
}

/// A key as it is kept: who it is for, and never the key itself.
package struct APIKey: Sendable, Equatable {
    /// Eight letters and digits, which also end the key.
    package var id: String
    package var workspace: String
    package var scope: KeyScope
    /// Seconds since 1970.
    package var createdAt: Double
    package var expiresAt: Double?
    package var revokedAt: Double?

    /// How it is shown: `unstuck_***_a1b2c3d4`.
    package var redacted: String { "unstuck_***_\(id)" }

    package func isGood(at now: Double) -> Bool { revokedAt == nil && expiresAt.map { now < $0 } ?? true }
}

extension ServiceLedger {
    /// Makes a key, and shows it for the only time.
    ///
    /// - Parameters:
    ///   - lifetime: in seconds; nil: for good.
    ///   - now: seconds since 1970.
    package func makeKey(
        workspace: String, scope: KeyScope, lifetime: Double?, now: Double,
        random: @Sendable () -> UInt64 = { .random(in: 0 ... .max) }
    ) async throws -> (key: APIKey, token: String) {
        let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz")
        let id = String((0..<8).map { _ in digits[Int(random() % 36)] })
        // 40 digits of 36 are some 206 bits.
        let token = "unstuck_" + String((0..<40).map { _ in digits[Int(random() % 36)] }) + "_" + id
        let key = APIKey(
            id: id, workspace: workspace, scope: scope, createdAt: now, expiresAt: lifetime.map { now + $0 })
        try await write { database in
            try database.execute(
                sql:
                    "INSERT INTO api_key (id, hash, workspace, scope, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [id, Self.hash(token), workspace, scope.rawValue, now, key.expiresAt])
        }
        return (key, token)
    }

    /// All keys, the newest first.
    package func keys() async throws -> [APIKey] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM api_key ORDER BY created_at DESC, id").map(Self.key)
        }
    }

    /// The key that a token is, good or not any more; nil where it is none.
    package func key(token: String) async throws -> APIKey? {
        try await read { database in
            // What is compared is a hash, so how long it takes tells nothing of the key.
            try Row.fetchOne(database, sql: "SELECT * FROM api_key WHERE hash = ?", arguments: [Self.hash(token)])
                .map(Self.key)
        }
    }

    /// From now on the key opens nothing.
    ///
    /// - Returns: whether there is such a key.
    package func revokeKey(id: String, now: Double) async throws -> Bool {
        try await write { database in
            try database.execute(
                sql: "UPDATE api_key SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?", arguments: [now, id])
            return database.changesCount > 0
        }
    }

    private static func hash(_ token: String) -> Data { Data(SHA256.hash(data: Data(token.utf8))) }

    private static func key(_ row: Row) -> APIKey {
        APIKey(
            id: row["id"], workspace: row["workspace"], scope: KeyScope(rawValue: row["scope"]) ?? .verify,
            createdAt: row["created_at"], expiresAt: row["expires_at"], revokedAt: row["revoked_at"])
    }
}
