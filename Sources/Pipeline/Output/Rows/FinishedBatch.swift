import Connect
import EnrichmentAPI
import Identity
import Records

/// A batch when everything is known of its rows: what all writers are given.
struct FinishedBatch: Sendable {
    let leads: IdentifiedBatch
    let facts: [RowFacts]
    let verdicts: Verdicts
    /// Which rows of the run are one person.
    let groups: IdentityGroups

    var batch: RecordBatch { leads.batch }
    var people: IdentityBatch { leads.people }
    var rowCount: Int { facts.count }

    /// Facts and cells where they lie, for loops that go over all of them.
    func withRows(_ body: (UnsafeBufferPointer<RowFacts>, RecordBatch.CellView) -> Void) {
        facts.withUnsafeBufferPointer { facts in batch.withCells { body(facts, $0) } }
    }
}

/// The best that is known of a row's person: what the row came with where that is valid, else what was found.
struct Contact {
    let batch: FinishedBatch
    let row: Int

    /// Whether the person is on a suppression list, by a hint of the row or by what was found.
    var isSuppressed: Bool {
        batch.facts[row].reason == SkipReason.suppressed.rawValue || batch.facts[row].isFoundSuppressed
    }

    /// What the row came with, in canonical form; empty where it has nothing that is valid, or an email that may not be used.
    func own(_ channel: Channel, _ rules: EmailRules) -> String {
        let value = batch.people.text(row, channel.hint)
        return rules.checksOwn && channel.isEmail && objection(to: value, true, rules) != nil ? "" : value
    }

    /// What was found, whatever the verification said.
    func found(_ channel: Channel) -> String { batch.facts[row].found[channel]?.value.value ?? "" }

    /// Why what was found may not be used, such as an email that is not valid.
    ///
    /// - Parameter rules: what has to be known of an email.
    func objection(_ channel: Channel, _ rules: EmailRules) -> String? {
        channel.isEmail ? objection(to: found(channel), rules.mustBeVerified.contains(channel), rules) : nil
    }

    private func objection(to email: String, _ mustBeVerified: Bool, _ rules: EmailRules) -> String? {
        guard !email.isEmpty else { return nil }
        switch batch.verdicts[email]?.verdict {
        case .valid: return nil
        case .invalid: return "invalid_email"
        case .catchAll: return rules.takesCatchAll ? nil : "catch_all_email"
        case .unknown, nil: return mustBeVerified ? "unverified_email" : nil
        }
    }

    /// Why the row's own value may not be used; nil where it may, or there is none.
    func objectionToOwn(_ channel: Channel, _ rules: EmailRules) -> String? {
        rules.checksOwn && channel.isEmail ? objection(to: batch.people.text(row, channel.hint), true, rules) : nil
    }

    /// Empty where there is nothing that may be used.
    func best(_ channel: Channel, _ rules: EmailRules) -> String {
        let own = own(channel, rules)
        if !own.isEmpty { return own }
        return objection(channel, rules) == nil ? found(channel) : ""
    }
}

/// What has to be known of an email that was found before it goes into an import.
struct EmailRules: Sendable {
    /// Channels whose emails a webhook is configured for.
    var mustBeVerified: ChannelSet = []
    var takesCatchAll = false
    /// Whether emails that rows came with are checked as well.
    var checksOwn = false

    init(_ settings: PipelineSettings, takesCatchAll: Bool = false) {
        mustBeVerified = settings.verify?.channels ?? []
        self.takesCatchAll = takesCatchAll
        checksOwn = settings.verify?.inputEmail ?? false
    }
}

extension Channel {
    /// The hint that says the same of a person.
    var hint: Hint {
        switch self {
        case .workEmail: .email
        case .personalEmail: .personalEmail
        case .phone: .phone
        case .linkedinURL: .linkedinURL
        }
    }

    /// The field whose column in an export holds it.
    var field: Field {
        switch self {
        case .workEmail: .email
        case .personalEmail: .personalEmail
        case .phone: .phone
        case .linkedinURL: .linkedinURL
        }
    }
}
