import AsyncHTTPClient
package import Connect
import EnrichmentAPI
package import Foundation
package import Ledger
import Records

/// Opens a waterfall with everybody in it.
package struct WaterfallOpening: Sendable {
    package var settings: WaterfallSettings
    /// Beside which tables are indexed.
    package var ledger: String
    package var environment: [String: String]
    /// Says which addresses are there; patterns need it.
    package var verifier: (any EmailVerifier)?
    package var evidence: [Evidence]
    package var now: @Sendable () -> Date
    /// Whether vendors may be asked yet; those who wait for one are let go where they may not.
    package var goesOn: @Sendable () -> Bool

    package init(
        settings: WaterfallSettings, ledger: String, environment: [String: String],
        verifier: (any EmailVerifier)? = nil, evidence: [Evidence] = [],
        now: @escaping @Sendable () -> Date = { Date() }, goesOn: @escaping @Sendable () -> Bool = { true }
    ) {
        self.settings = settings
        self.ledger = ledger
        self.environment = environment
        self.verifier = verifier
        self.evidence = evidence
        self.now = now
        self.goesOn = goesOn
    }

    /// A waterfall for as long as the work lasts.
    ///
    /// - Throws: ``Diagnostic`` for a provider whose file cannot be read, or that lacks what it needs.
    package func with<Value: Sendable>(_ work: (Waterfall) async throws -> Value) async throws -> Value {
        let vendors =
            settings.providers.filter { $0.kind == .http }.map(\.http)
            + settings.accounts.filter { $0.kind == .http }.map(\.http)
        return try await withClients(for: vendors[...], []) { clients in try await work(await waterfall(clients)) }
    }

    /// One client for each vendor: proxies and certificates may differ.
    private func withClients<Value: Sendable>(
        for vendors: ArraySlice<HTTPProviderSettings>, _ clients: [HTTPClient],
        _ work: ([HTTPClient]) async throws -> Value
    ) async throws -> Value {
        guard let vendor = vendors.first else { return try await work(clients) }
        let connection = HTTPConnection(
            address: vendor.url, timeout: vendor.timeout, connectTimeout: vendor.timeout,
            concurrency: vendor.concurrency, caFile: vendor.caFile)
        return try await connection.with(environment: environment) { client in
            try await withClients(for: vendors.dropFirst(), clients + [client], work)
        }
    }

    private func waterfall(_ clients: [HTTPClient]) async throws -> Waterfall {
        var clients = clients[...]
        let ledger = ledger
        async let people = Self.opened(settings.providers.filter { $0.kind == .table }) {
            try TableProvider($0, ledger: ledger)
        }
        async let companies = Self.opened(settings.accounts.filter { $0.kind == .table }) {
            try AccountTable($0, ledger: ledger)
        }
        var (tables, accountTables) = (try await people[...], try await companies[...])
        let shelves = tables.map(\.people), watched = shelves + accountTables.map(\.companies)
        let providers = try settings.providers.map { provider -> any Provider in
            switch provider.kind {
            case .table: tables.removeFirst()
            case .http: HTTPProvider(provider, client: clients.removeFirst(), now: now, goesOn: goesOn)
            case .pattern: try pattern(provider, shelves)
            }
        }
        let accounts = settings.accounts.map { account -> any AccountProvider in
            switch account.kind {
            case .table: accountTables.removeFirst()
            case .http: AccountVendor(account, client: clients.removeFirst(), goesOn: goesOn)
            }
        }
        return Waterfall(settings, providers: providers, accounts: accounts, tables: watched, evidence: evidence)
    }

    /// Tables in their order, opened side by side: those that are new or have changed are indexed now, which takes a while.
    ///
    /// - Throws: what is wrong with the first of them that has a mistake.
    private static func opened<Settings: Sendable, Table: Sendable>(
        _ all: [Settings], _ open: @escaping @Sendable (Settings) throws -> Table
    ) async throws -> [Table] {
        let opened = await withTaskGroup { group in
            for (index, settings) in all.enumerated() {
                group.addTask { (index, Result { try open(settings) }) }
            }
            return await group.reduce(into: [Int: Result<Table, any Error>]()) { $0[$1.0] = $1.1 }
        }
        return try opened.sorted { $0.key < $1.key }.map { try $0.value.get() }
    }

    private func pattern(_ provider: ProviderSettings, _ tables: [WatchedTable]) throws -> PatternProvider {
        guard let verifier else { throw WaterfallSettings.withoutWebhook(provider.name) }
        return try PatternProvider(provider, tables: tables, verifier: verifier, now: now)
    }
}
