import EnrichmentAPI
import Foundation
import Identity
import Input
import Records

/// A table of people, read once and found by hints.
struct TableProvider: Sendable {
    let name: String
    let prices: Prices
    private let settings: ProviderSettings
    private let batches: [RecordBatch]
    private let columns: [Channel: Int]
    private let confidenceColumn: Int?
    private let updatedAtColumn: Int?
    private let fileTime: String
    /// Where each alias leads; the first row of a person counts.
    private let index: [String: Place]

    private struct Place {
        var batch: Int32
        var row: Int32
    }

    /// - Throws: ``Diagnostic`` where the file or a column that the settings name is missing.
    init(_ settings: ProviderSettings) throws {
        self.settings = settings
        name = settings.name
        prices = settings.prices
        let export = try Export(settings.path)
        let column = { (wanted: String) throws -> Int? in
            guard !wanted.isEmpty else { return nil }
            guard let found = export.columns.firstIndex(of: wanted) else {
                throw Diagnostic(
                    code: "no_column", "provider '\(settings.name)' names a column '\(wanted)' that the file lacks",
                    file: settings.path,
                    hint: "the columns are: \(export.columns.joined(separator: ", "))")
            }
            return found
        }
        columns = try Channel.allCases.reduce(into: [:]) { places, channel in
            places[channel] = try column(settings.channels[channel])
        }
        confidenceColumn = try column(settings.confidenceColumn)
        updatedAtColumn = try column(settings.updatedAtColumn)
        fileTime =
            (export.fingerprint.map { Double($0.modified) / 1e9 }).map {
                Date(timeIntervalSince1970: $0).formatted(.iso8601)
            } ?? ""

        let normalizer = Normalizer(
            try HeaderMapping(header: export.columns, empty: export.emptyColumns, file: settings.path))
        let records = try export.records()
        var batches: [RecordBatch] = []
        var index: [String: Place] = [:]
        while let batch = try records.next() {
            let identities = normalizer.identify(batch)
            for row in 0..<batch.rowCount {
                let place = Place(batch: Int32(batches.count), row: Int32(row))
                let name = identities.nameAlias(row)
                for alias in identities.aliases(row) + (name.map { [$0] } ?? []) where index[alias] == nil {
                    index[alias] = place
                }
            }
            batches.append(batch)
        }
        (self.batches, self.index) = (batches, index)
    }

    /// A person's row.
    struct Person {
        let batch: RecordBatch
        let row: Int
    }

    /// The row that one of the aliases leads to, in their order.
    func find(_ aliases: [String]) -> Person? {
        for alias in aliases {
            if let place = index[alias] { return Person(batch: batches[Int(place.batch)], row: Int(place.row)) }
        }
        return nil
    }

    /// The person's value for a channel in canonical form; nil where there is none, or none that is valid.
    func value(_ channel: Channel, of person: Person) -> ChannelValue? {
        guard let column = columns[channel] else { return nil }
        let cell = person.batch.text(person.row, column)
        guard !cell.isEmpty, let value = Self.canonical(cell, channel) else { return nil }
        let confidence = confidenceColumn.flatMap { Double(person.batch.text(person.row, $0)) } ?? settings.confidence
        let updatedAt = updatedAtColumn.map { person.batch.text(person.row, $0) }.flatMap { $0.isEmpty ? nil : $0 }
        return ChannelValue(
            value: value, source: name, confidence: min(max(confidence, 0), 1), enrichedAt: updatedAt ?? fileTime)
    }

    private static func canonical(_ cell: String, _ channel: Channel) -> String? {
        switch channel {
        case .workEmail, .personalEmail: Canonical.email(cell)
        case .phone: Canonical.phone(cell)
        case .linkedinURL: Canonical.linkedinURL(cell)
        }
    }
}

/// A table of companies, read once and found by domain.
struct AccountTable: Sendable {
    let price: Credits
    private let accounts: [String: AccountResult]

    /// - Throws: ``Diagnostic`` where the file is missing or has no column for the domain.
    init(_ settings: AccountProviderSettings) throws {
        price = settings.price
        let export = try Export(settings.path)
        let mapping = try HeaderMapping(header: export.columns, empty: export.emptyColumns, file: settings.path)
        guard let domainColumn = mapping[.companyDomain] ?? mapping[.website] else {
            throw Diagnostic(
                code: "no_column", "account provider '\(settings.name)' has no column with the company's domain",
                file: settings.path,
                hint: "call it 'domain'")
        }
        let fields = AccountResult.knownFields.compactMap { field in
            export.columns.firstIndex(of: field).map { (field, $0) }
        }
        var accounts: [String: AccountResult] = [:]
        let records = try export.records()
        while let batch = try records.next() {
            for row in 0..<batch.rowCount {
                guard let domain = Canonical.companyDomain(batch.text(row, domainColumn)), accounts[domain] == nil
                else { continue }
                let values = fields.map { ($0.0, batch.text(row, $0.1)) }.filter { !$0.1.isEmpty }
                accounts[domain] = AccountResult(
                    accountID: "\(settings.name):\(domain)", fields: Dictionary(uniqueKeysWithValues: values),
                    creditsUsed: settings.price)
            }
        }
        self.accounts = accounts
    }

    func find(domain: String) -> AccountResult? { accounts[domain] }
}
