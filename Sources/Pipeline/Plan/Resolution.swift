import Identity
import Ledger

/// Says who the rows of a batch are: those whom earlier runs know, and the others from their first row on.
///
/// Batch after batch in the order of the rows: whoever asks waits for one before asking for the next.
actor Resolution {
    private let settings: EnrichSettings
    private let register: any PeopleRegister
    private let scope: Scope
    private let aliases: RowAliases
    private let freshness: Freshness
    private let book: RequestBook
    /// Who the groups of rows are, as far as that is known.
    private var identities: [Int: Int64]

    init(
        settings: PipelineSettings, register: any PeopleRegister, scope: Scope, run: Run, people: KnownPeople,
        book: RequestBook
    ) {
        self.settings = settings.enrich
        self.register = register
        self.scope = scope
        self.book = book
        aliases = RowAliases(dedupe: settings.identity.dedupe, groups: people.groups, run: run.id)
        freshness = Freshness(settings.enrich, run: run)
        identities = people.identities
    }

    func resolved(_ leads: IdentifiedBatch) async throws -> ResolvedBatch {
        let settled = book.settlements.count
        let needs = (0..<leads.people.rowCount).map { RowNeeds(leads.people, $0, settings) }
        let lookups = Lookups(leads, needs, settings, aliases, freshness, identities)
        let known = lookups.answered(by: try await register.resolve(lookups.open, in: scope))
        for (lookup, found) in zip(lookups.open, known.resolved) {
            if let group = lookup.group { identities[group] = found.identity }
        }
        return ResolvedBatch(leads: leads, needs: needs, lookups: lookups, known: known, settled: settled)
    }
}

/// A batch whose rows are somebody, with what is known of them.
struct ResolvedBatch: Sendable {
    let leads: IdentifiedBatch
    let needs: [RowNeeds]
    let lookups: Lookups
    let known: Lookups.Answered
    /// As many requests had been settled when it was looked up: what they brought is among what is known.
    let settled: Int
}
