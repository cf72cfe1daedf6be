import EnrichmentAPI

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
