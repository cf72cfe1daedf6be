import Connect
import EnrichmentAPI
import Foundation
import Ledger

/// Work emails made from name and company domain, as the company makes them; kept only where the verification says that
/// the mailbox is there.
struct PatternProvider: Provider {
    let name: String
    let channels: ChannelSet = [.workEmail]
    var askedAtOnce: Int? { Self.width }
    private let confidence: Double
    /// The tables that show how companies make addresses.
    private let tables: [WatchedTable]
    private let verifier: any EmailVerifier
    /// How often each pattern is right anywhere, the most frequent first.
    private let common: [EmailPattern]
    private let now: @Sendable () -> Date

    /// Candidates that are verified for one person.
    private static let mostTries = 4
    /// People looked at side by side.
    private static let width = 16

    init(
        _ settings: ProviderSettings, tables: [WatchedTable], verifier: any EmailVerifier,
        now: @escaping @Sendable () -> Date
    ) throws {
        name = settings.name
        confidence = settings.confidence
        self.tables = tables
        self.verifier = verifier
        self.now = now
        common = Self.ranked(
            try tables.flatMap { try $0.index.table.patterns(domain: nil) }, before: EmailPattern.allCases)
    }

    func find(_ queries: [PersonQuery], channels: ChannelSet) async -> [Finding] {
        await queries.mapSideBySide(width: Self.width) { await find($0) }
    }

    private func find(_ query: PersonQuery) async -> Finding {
        let hints = query.hints
        guard let first = hints.firstName, let last = hints.lastName, let domain = hints.companyDomain else {
            return .notAsked
        }
        guard let known = try? tables.flatMap({ try $0.index.table.patterns(domain: domain) }) else {
            return .failed(.unavailable)
        }
        var isSilent = false
        for pattern in Self.ranked(known, before: common).prefix(Self.mostTries) {
            guard let local = pattern.local(first: first, last: last) else { return .notAsked }
            let email = "\(local)@\(domain)"
            let question = EmailToCheck(email: email, channel: .workEmail, recordID: query.recordID)
            switch await verifier.replies(to: [question]).first {
            case .said(.valid): break
            case .said: continue
            case .silent, nil:
                isSilent = true
                continue
            }
            var values = ChannelMap<String>()
            values[.workEmail] = email
            return .person(
                Finding.Profile(values: values, confidence: confidence, updatedAt: now().formatted(.iso8601)))
        }
        // Whoever would have said that one is there did not say anything.
        return isSilent ? .failed(.unavailable) : .nothing
    }

    /// Patterns by how often they are right, and then in a given order.
    static func ranked(_ counts: [(pattern: String, people: Int)], before others: [EmailPattern]) -> [EmailPattern] {
        var people: [EmailPattern: Int] = [:]
        for count in counts {
            if let pattern = EmailPattern(rawValue: count.pattern) { people[pattern, default: 0] += count.people }
        }
        let known = others.enumerated().filter { people[$0.element] != nil }.sorted {
            (-(people[$0.element] ?? 0), $0.offset) < (-(people[$1.element] ?? 0), $1.offset)
        }.map(\.element)
        return known + others.filter { people[$0] == nil }
    }
}
