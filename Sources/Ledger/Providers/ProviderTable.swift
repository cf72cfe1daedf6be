package import EnrichmentAPI
import Foundation
import GRDB
import Records

/// A provider's table, indexed by hints: a file beside the ledger that is made anew whenever the table has changed.
///
/// It holds nothing that is not in the table, so it can be thrown away at any time.
package final class ProviderTable: Sendable {
    private let database: DatabasePool
    private let hasher: AliasHasher
    private let filter: HintFilter
    /// Keeps the file for as long as it is used, whoever indexes the table anew.
    private let use: LockFile
    /// People or companies in it.
    package let count: Int

    /// Who looks people up at the same time.
    private static let readers = 4
    private static let cacheKibibytes = 8 * 1024
    private static let folder = ".providers"
    /// Goes up when the file gets other tables.
    private static let format = 2

    /// What a provider knows of a person, in canonical form.
    package struct Person: Sendable {
        package var values = ChannelMap<String>()
        /// 0–1; nil where the table does not say.
        package var confidence: Double?
        /// Empty where the table does not say.
        package var updatedAt = ""

        package init() {}
    }

    /// Opens a table that was indexed before, or indexes it now.
    ///
    /// - Parameters:
    ///   - ledger: beside which the file lies.
    ///   - name: the provider's.
    ///   - stamp: what the table and its settings look like; another stamp is another table.
    ///   - fill: puts everybody in.
    /// - Throws: what `fill` throws, or ``Diagnostic`` `ledger_unusable`.
    package convenience init(
        ledger: String, name: String, stamp: String, fill: (ProviderTableWriter) throws -> Void
    ) throws {
        let folder = ledger + Self.folder
        mkdir(folder, 0o700)
        let file = Self.fileName(name)
        let index = "\(file)-\(Self.short("\(Self.format) \(stamp)"))"
        let path = "\(folder)/\(index).sqlite"
        let use = try LockFile(ledger: ledger, name: "index-\(index)")
        _ = use.take(shared: true, waiting: true)
        if access(path, R_OK) != 0 {
            // One process indexes a table, the others wait for it.
            let lock = try LockFile(ledger: ledger, name: "indexing-\(file)")
            _ = lock.take(waiting: true)
            if access(path, R_OK) != 0 {
                try ProviderTableWriter.write(path, fill)
                try Self.removeOlder(ledger, file, keeping: path)
            }
        }
        try self.init(path: path, use: use)
    }

    private init(path: String, use: LockFile) throws {
        self.use = use
        var configuration = Configuration()
        configuration.readonly = true
        configuration.maximumReaderCount = Self.readers
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -\(Self.cacheKibibytes)") }
        do {
            database = try DatabasePool(path: path, configuration: configuration)
            (hasher, filter, count) = try database.read { database in
                let words = try Data.fetchOne(database, sql: "SELECT words FROM filter")
                guard let filter = words.flatMap(HintFilter.init) else {
                    throw DatabaseError(resultCode: .SQLITE_CORRUPT)
                }
                let count = try Int.fetchOne(
                    database, sql: "SELECT (SELECT count(*) FROM person) + (SELECT count(*) FROM company)")
                return (try AliasHasher(database), filter, count ?? 0)
            }
        } catch let error as DatabaseError {
            throw Diagnostic(
                code: "ledger_unusable", "the index of a provider cannot be read: \(error.message ?? "unknown error")",
                file: path, hint: "remove it; it is made anew")
        }
    }

    // MARK: Looking up

    /// For each record, whom the first of its aliases that is known leads to; nil where none is.
    ///
    /// - Parameter channels: those whose values are wanted.
    package func people(_ records: [[String]], channels: ChannelSet = .all) throws -> [Person?] {
        var open = records.indices.compactMap { record in
            let likely = records[record].filter { filter.mayHold(HintFilter.mark($0)) }
            return likely.isEmpty ? nil : (record: record, aliases: likely)
        }
        var people = [Person?](repeating: nil, count: records.count)
        guard !open.isEmpty else { return people }
        return try database.read { database in
            let values = channels.map(\.rawValue)
            let find = try HotLookup(
                database,
                """
                proof, \((values + ["confidence", "updated_at"]).joined(separator: ", "))
                FROM asked CROSS JOIN hint USING (key) CROSS JOIN person ON person.id = hint.person
                """)
            // Mostly the first alias is known, and the others are not looked for.
            var turn = 0
            while !open.isEmpty {
                let hashes = open.map { hasher.alias($0.aliases[turn], scope: 0) }
                try find.find(hashes.map(\.key)) { index, row in
                    guard row.integer(1) == hashes[index].check else { return }
                    people[open[index].record] = Person(row, channels)
                }
                turn += 1
                open.removeAll { people[$0.record] != nil || $0.aliases.count <= turn }
            }
            return people
        }
    }

    /// For each alias of a company, its fields; nil where it is not known.
    package func companies(_ aliases: [String]) throws -> [[String: String]?] {
        try database.read { database in
            let find = try HotStatement(database, "SELECT proof, fields FROM company WHERE key = ?")
            return try aliases.map { alias in
                let hash = hasher.alias(alias, scope: 0)
                var fields: [String: String]?
                try find.find(hash.key) { row in
                    guard row.integer(0) == hash.check else { return }
                    fields = try JSONDecoder().decode([String: String].self, from: Data(row.text(1).utf8))
                }
                return fields
            }
        }
    }

    /// How many known addresses are made in each way, at a domain or anywhere.
    package func patterns(domain: String?) throws -> [(pattern: String, people: Int)] {
        try database.read { database in
            let rows =
                try domain.map {
                    try Row.fetchAll(
                        database, sql: "SELECT pattern, people FROM pattern WHERE domain = ?", arguments: [$0])
                }
                ?? Row.fetchAll(database, sql: "SELECT pattern, sum(people) FROM pattern GROUP BY pattern")
            return rows.map { ($0[0], $0[1]) }
        }
    }

    // MARK: Files

    private static func fileName(_ provider: String) -> String {
        String(provider.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" })
    }

    private static func short(_ stamp: String) -> String { AliasHasher.digest(stamp) }

    /// Removes what the table was indexed as before, but for what others use.
    private static func removeOlder(_ ledger: String, _ file: String, keeping path: String) throws {
        let folder = ledger + Self.folder
        for entry in try FileManager.default.contentsOfDirectory(atPath: folder)
        where entry.hasPrefix(file + "-") && "\(folder)/\(entry)" != path {
            // Another provider's name may begin like this one's.
            let stamp = entry.dropFirst(file.count + 1).prefix(while: { $0 != "." })
            guard stamp.allSatisfy(\.isHexDigit) else { continue }
            let use = try LockFile(ledger: ledger, name: "index-\(file)-\(stamp)")
            if use.take(waiting: false) { try? FileManager.default.removeItem(atPath: "\(folder)/\(entry)") }
        }
    }
}

extension ProviderTable.Person {
    /// - Parameter row: with the values of the channels in the third column and those after it, and then what comes with
    ///   them.
    fileprivate init(_ row: HotRow, _ channels: ChannelSet) {
        var column: Int32 = 2
        for channel in channels {
            if !row.isNull(column) { values[channel] = row.text(column) }
            column += 1
        }
        confidence = row.isNull(column) ? nil : row.real(column)
        updatedAt = row.text(column + 1)
    }
}
