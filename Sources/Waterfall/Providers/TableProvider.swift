import EnrichmentAPI
import Foundation
import Identity
import Ledger
import Records

/// A table of people, found by email, LinkedIn URL, or name and company domain.
///
/// It is indexed beside the ledger once, and again when it has changed.
struct TableProvider: Provider {
    let name: String
    let channels: ChannelSet
    let askedAtOnce: Int? = nil
    private let confidence: Double
    let people: WatchedTable

    /// - Parameter ledger: beside which the index lies.
    /// - Throws: ``Diagnostic`` where the file or a column that the settings name is missing.
    init(_ settings: ProviderSettings, ledger: String) throws {
        name = settings.name
        channels = settings.given
        confidence = settings.confidence
        people = try WatchedTable(name: name, path: settings.path) {
            let file = try TableFile(settings.path, table: settings.table)
            let shelf = try Shelf(file, settings)
            return WatchedTable.Index(
                table: try ProviderTable(ledger: ledger, name: settings.name, stamp: shelf.stamp) {
                    try shelf.fill($0)
                },
                modified: file.modified)
        }
    }

    /// Looks whether the file is there and has the columns that the settings name; reads no rows and indexes nothing.
    ///
    /// - Throws: ``Diagnostic`` where it does not.
    static func check(_ settings: ProviderSettings) throws {
        _ = try Shelf(TableFile(settings.path, table: settings.table), settings)
    }

    func find(_ queries: [PersonQuery], channels: ChannelSet) async -> [Finding] {
        let index = people.index
        let found: [ProviderTable.Person?]
        do {
            found = try index.table.people(queries.map(\.aliases), channels: channels)
        } catch {
            return queries.map { _ in .failed(.unavailable) }
        }
        return found.map { person in
            guard let person else { return .nothing }
            return .person(
                Finding.Profile(
                    values: person.values, confidence: person.confidence ?? confidence,
                    updatedAt: person.updatedAt.isEmpty ? index.modified : person.updatedAt))
        }
    }
}

/// How rows of a table become people in its index.
private struct Shelf {
    let file: TableFile
    let stamp: String
    private let columns: [(channel: Channel, column: Int)]
    private let confidenceColumn: Int?
    private let confidenceScale: Double?
    private let updatedAtColumn: Int?
    private let normalizer: Normalizer
    /// One for each further column of emails or profiles, with what it holds: who has two addresses is found by both.
    private let further: [(hint: Hint, column: Normalizer)]
    private let region: Region?

    /// Goes up when tables are indexed in another way.
    private static let version = 4

    init(_ file: TableFile, _ settings: ProviderSettings) throws {
        self.file = file
        columns = try Channel.allCases.compactMap { channel in
            try file.column(settings.channels[channel], of: settings.name).map { (channel, $0) }
        }
        confidenceColumn = try file.column(settings.confidenceColumn, of: settings.name)
        confidenceScale = settings.confidenceScale
        updatedAtColumn = try file.column(settings.updatedAtColumn, of: settings.name)
        region = settings.region
        let mapping = try HeaderMapping(
            header: file.columns, empty: file.emptyColumns, chosen: settings.columns.compactMapValues(\.first),
            file: file.path)
        let rules = Normalizer.Settings(region: settings.region)
        normalizer = Normalizer(mapping, settings: rules)
        further = try [(Field.email, Hint.email), (.personalEmail, .personalEmail), (.linkedinURL, .linkedinURL)]
            .flatMap { field, hint in
                let others =
                    try settings.columns[field]?.dropFirst().compactMap { try file.column($0, of: settings.name) }
                    ?? mapping.further[field] ?? []
                return others.map { (hint, Normalizer(HeaderMapping([field: $0]), settings: rules)) }
            }
        let columns = settings.columns.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            "\($0.key.rawValue)=\($0.value.joined(separator: "|"))"
        }
        let places =
            Channel.allCases.map { settings.channels[$0] } + [
                settings.confidenceColumn, settings.updatedAtColumn, settings.region?.code ?? "",
            ] + columns + [confidenceScale.map { "\($0)" } ?? ""]
        stamp = "\(Self.version) \(file.path) \(file.stamp) \(settings.table) \(places.joined(separator: "\u{1}"))"
    }

    func fill(_ writer: ProviderTableWriter) throws {
        try file.forEachBatch { batch in
            let identities = normalizer.identify(batch)
            let others = further.map { (hint: $0.hint, people: $0.column.identify(batch)) }
            for row in 0..<batch.rowCount {
                var aliases = identities.aliases(row)
                if let name = identities.nameAlias(row), !aliases.contains(name) { aliases.append(name) }
                // The address of a desk is nobody's second address.
                let more = others.compactMap { $0.people.isRole(row, $0.hint) ? nil : $0.people.alias($0.hint, row) }
                    .filter { !aliases.contains($0) }
                guard !aliases.isEmpty || !more.isEmpty else { continue }
                let person = person(batch, row)
                try writer.add(
                    person, aliases: aliases, further: more, plainName: identities.plainNameAlias(row),
                    of: identities.nameAlias(row) ?? "")
                if let made = EmailPattern.made(
                    person.values[.workEmail], first: identities.text(row, .firstName),
                    last: identities.text(row, .lastName))
                {
                    try writer.count(pattern: made.pattern.rawValue, domain: made.domain)
                }
            }
        }
    }

    private func person(_ batch: RecordBatch, _ row: Int) -> ProviderTable.Person {
        var person = ProviderTable.Person()
        for (channel, column) in columns {
            person.values[channel] = Canonical.value(batch.text(row, column), channel, region: region)
        }
        person.confidence = confidenceColumn.flatMap {
            Confidence.share(batch.text(row, $0), scale: confidenceScale)
        }
        person.updatedAt = updatedAtColumn.map { batch.text(row, $0) } ?? ""
        return person
    }
}
