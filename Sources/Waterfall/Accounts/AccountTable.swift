import EnrichmentAPI
import Identity
import Ledger
import Records

/// A table of companies, indexed beside the ledger.
struct AccountTable: AccountProvider {
    let name: String
    let price: Credits
    let askedAtOnce: Int? = nil
    private let companies: ProviderTable

    private static let version = 2

    /// - Throws: ``Diagnostic`` where the file is missing or has no column for the domain.
    init(_ settings: AccountProviderSettings, ledger: String) throws {
        (name, price) = (settings.name, settings.price)
        let file = try TableFile(settings.path, table: settings.table)
        let columns = try AccountColumns(file, settings)
        let places = columns.fields.map { "\($0.name)=\($0.column)" }.joined(separator: " ")
        let stamp = "\(Self.version) \(file.path) \(file.stamp) \(settings.table) \(columns.domain) \(places)"
        companies = try ProviderTable(ledger: ledger, name: "accounts-" + settings.name, stamp: stamp) { writer in
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
            return try companies.companies(domains.map(AliasKey.company)).map(AccountFinding.init)
        } catch {
            return domains.map { _ in .failed(.unavailable) }
        }
    }
}
