import AsyncHTTPClient
import Connect
import EnrichmentAPI
import Foundation
import Identity
import Ledger
import Records
import Settings

/// Somebody who may know companies, by domain.
protocol AccountProvider: Sendable {
    var name: String { get }
    /// Credits for a company that is found.
    var price: Credits { get }
    /// Companies that somebody outside is asked for at once; nil where it answers out of the process's own data.
    var askedAtOnce: Int? { get }

    /// What it knows of each company, in order; whatever goes wrong is a finding as well.
    func find(domains: [String]) async -> [AccountFinding]
}

/// What a provider knows of a company.
enum AccountFinding: Sendable {
    /// Fields by their names, at least one.
    case company([String: String])
    case nothing
    case failed(ProviderFailure.Why)

    /// - Parameter fields: those without a value are left out already.
    init(_ fields: [String: String]?) {
        self = fields.flatMap { $0.isEmpty ? nil : .company($0) } ?? .nothing
    }
}

/// A table of companies, indexed beside the ledger.
struct AccountTable: AccountProvider {
    let name: String
    let price: Credits
    let askedAtOnce: Int? = nil
    private let companies: ProviderTable

    private static let version = 1

    /// - Throws: ``Diagnostic`` where the file is missing or has no column for the domain.
    init(_ settings: AccountProviderSettings, ledger: String) throws {
        (name, price) = (settings.name, settings.price)
        let file = try TableFile(settings.path, table: settings.table)
        let columns = try Columns(file, settings)
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
        _ = try Columns(TableFile(settings.path, table: settings.table), settings)
    }

    /// Where the domain and each known field stand.
    private struct Columns {
        let domain: Int
        let fields: [(name: String, column: Int)]

        init(_ file: TableFile, _ settings: AccountProviderSettings) throws {
            let mapping = HeaderMapping(guessing: file.columns, empty: file.emptyColumns)
            let chosen = try file.column(settings.domainColumn, of: settings.name)
            guard let domain = chosen ?? mapping[.companyDomain] ?? mapping[.website] else {
                throw Diagnostic(
                    code: "no_column", "account provider '\(settings.name)' has no column with the company's domain",
                    file: settings.path, hint: "name it with domain_column, or call it 'domain'")
            }
            self.domain = domain
            fields = try AccountResult.knownFields.compactMap { field in
                try (file.column(settings.fields[field] ?? "", of: settings.name) ?? file.columns.firstIndex(of: field))
                    .map { (field, $0) }
            }
        }
    }

    func find(domains: [String]) async -> [AccountFinding] {
        do {
            return try companies.companies(domains.map(AliasKey.company)).map(AccountFinding.init)
        } catch {
            return domains.map { _ in .failed(.unavailable) }
        }
    }
}

/// A vendor's API for companies.
struct AccountVendor: AccountProvider {
    let name: String
    let price: Credits
    var askedAtOnce: Int? { settings.concurrency }
    private let calls: VendorCalls
    private let settings: HTTPProviderSettings
    private let fields: [(field: String, pointer: JSONPointer)]

    init(_ settings: AccountProviderSettings, client: HTTPClient) {
        (name, price) = (settings.name, settings.price)
        self.settings = settings.http
        calls = VendorCalls(client, settings.http)
        fields = settings.fields.sorted { $0.key < $1.key }.map { ($0.key, JSONPointer($0.value)) }
    }

    func find(domains: [String]) async -> [AccountFinding] {
        await withTaskGroup { group in
            for (index, domain) in domains.enumerated() { group.addTask { (index, await find(domain)) } }
            return await group.reduce(into: [AccountFinding](repeating: .nothing, count: domains.count)) {
                $0[$1.0] = $1.1
            }
        }
    }

    private func find(_ domain: String) async -> AccountFinding {
        let template = Template(hints: PersonHints(companyDomain: domain))
        let body =
            settings.body == .null
            ? nil : template.json(settings.body).flatMap { try? JSONSerialization.data(withJSONObject: $0) }
        switch await calls.call(template, body: body) {
        case nil, .miss: return .nothing
        case .failed(let why): return .failed(why)
        case .json(let data):
            guard let answer = try? JSONSerialization.jsonObject(with: data) else { return .failed(.unreadable) }
            return finding(in: answer)
        }
    }

    private func finding(in answer: Any) -> AccountFinding {
        if !settings.miss.pointer.isEmpty,
            let value = JSONPointer(settings.miss.pointer).value(in: answer),
            settings.miss.values.contains(JSONPointer.text(value))
        {
            return .nothing
        }
        let found = fields.compactMap { field, pointer -> (String, String)? in
            guard let value = pointer.value(in: answer) else { return nil }
            let text =
                (value as? [Any]).map { $0.map(JSONPointer.text).joined(separator: ";") } ?? JSONPointer.text(value)
            return text.isEmpty ? nil : (field, text)
        }
        return AccountFinding(Dictionary(found, uniquingKeysWith: { $1 }))
    }
}
