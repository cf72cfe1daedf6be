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
}

/// The best that is known of a row's person: what the row came with where that is valid, else what was found.
struct Contact {
    let batch: FinishedBatch
    let row: Int

    /// What the row came with, in canonical form; empty where it has nothing that is valid, or an email that was found not
    /// to be.
    func own(_ channel: Channel) -> String {
        let value = batch.people.text(row, channel.hint)
        return channel.isEmail && batch.verdicts.isValid(value) == false ? "" : value
    }

    /// What was found, whatever the verification said.
    func found(_ channel: Channel) -> String { batch.facts[row].found[channel]?.value.value ?? "" }

    /// Why what was found may not be used, such as an email that is not valid.
    ///
    /// - Parameter rules: what has to be known of an email.
    func objection(_ channel: Channel, _ rules: EmailRules) -> String? {
        let value = found(channel)
        guard channel.isEmail, !value.isEmpty else { return nil }
        switch batch.verdicts[value]?.verdict {
        case .valid: return nil
        case .invalid: return "invalid_email"
        case .catchAll: return rules.takesCatchAll ? nil : "catch_all_email"
        case .unknown, nil: return rules.mustBeVerified.contains(channel) ? "unverified_email" : nil
        }
    }

    /// Empty where there is nothing that may be used.
    func best(_ channel: Channel, _ rules: EmailRules) -> String {
        let own = own(channel)
        if !own.isEmpty { return own }
        return objection(channel, rules) == nil ? found(channel) : ""
    }
}

/// What has to be known of an email that was found before it goes into an import.
struct EmailRules: Sendable {
    /// Channels whose emails a webhook is configured for.
    var mustBeVerified: ChannelSet = []
    var takesCatchAll = false

    init(_ settings: PipelineSettings, takesCatchAll: Bool = false) {
        mustBeVerified = settings.verify?.channels ?? []
        self.takesCatchAll = takesCatchAll
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
