import EnrichmentAPI
import Identity
import Ledger
import Records

/// A table of companies, indexed beside the ledger.
struct AccountTable: AccountProvider {
    let name: String
    let price: Credits
    let askedAtOnce: Int? = nil
    let companies: WatchedTable

    private static let version = 2

    /// - Throws: ``Diagnostic`` where the file is missing or has no column for the domain.
    init(_ settings: AccountProviderSettings, ledger: String) throws {
        (name, price) = (settings.name, settings.price)
        companies = try WatchedTable(name: name, path: settings.path) {
            let file = try TableFile(settings.path, table: settings.table)
            return WatchedTable.Index(table: try Self.index(file, settings, ledger: ledger), modified: file.modified)
        }
    }

    private static func index(
        _ file: TableFile, _ settings: AccountProviderSettings, ledger: String
    ) throws -> ProviderTable {
        let columns = try AccountColumns(file, settings)
        let places = columns.fields.map { "\($0.name)=\($0.column)" }.joined(separator: " ")
        let stamp = "\(version) \(file.path) \(file.stamp) \(settings.table) \(columns.domain) \(places)"
        return try ProviderTable(ledger: ledger, name: "accounts-" + settings.name, stamp: stamp) { writer in
            try file.forEachBatch { batch in
                for row in 0..<batch.rowCount {
                    guard let domain = Canonical.companyDomain(batch.text(row, columns.domain)) else { continue }
                    let values = columns.fields.map { ($0.name, batch.text(row, $0.column)) }.filter { !$0.1.isEmpty }
                    try writer.add(
                        company: AliasKey.company(domain), fields: Dictionary(values, uniquingKeysWith: { $1 }))
                }
            }
        }
    }

    /// Looks whether the file is there and has the columns that the settings name; indexes nothing.
    ///
    /// - Throws: ``Diagnostic`` where it does not.
    static func check(_ settings: AccountProviderSettings) throws {
        _ = try AccountColumns(TableFile(settings.path, table: settings.table), settings)
    }

    func find(domains: [String]) async -> [AccountFinding] {
        do {
            return try companies.index.table.companies(domains.map(AliasKey.company)).map(AccountFinding.init)
        } catch {
            return domains.map { _ in .failed(.unavailable) }
        }
    }
}
