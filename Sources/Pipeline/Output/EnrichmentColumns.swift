import EnrichmentAPI
import Ledger
import Records

/// The columns that enrichment adds, as CSV cells and as a JSON object (contract, section 5).
struct EnrichmentColumns: Sendable {
    private let channels: ChannelSet
    private let hasAccount: Bool
    private let csv = CSVText()

    init(_ settings: EnrichSettings) {
        channels = settings.channels
        hasAccount = settings.account
    }

    /// Names in order; a name that the file has already gets a number.
    func names(besides columns: [String]) -> [String] {
        Array(ColumnNames.distinct(columns + names).suffix(names.count))
    }

    private var names: [String] {
        var names = [
            "enrichment_status", "enrichment_reason", "enrichment_origin", "enrichment_record_id", "credits_used",
        ]
        for channel in channels {
            let name = "enriched_\(channel.rawValue)"
            names += [name, "\(name)_source", "\(name)_confidence", "\(name)_at"]
            if channel.isEmail { names.append("\(name)_verified") }
        }
        if hasAccount { names += ["account_id"] + AccountResult.knownFields.map { "account_\($0)" } }
        return names
    }

    func appendCSV(_ facts: RowFacts, _ verdicts: [String: VerificationDesk.Answer], to out: inout [UInt8]) {
        func add(_ cell: String) {
            out.append(csv.delimiter)
            if !cell.isEmpty { csv.append(cell: cell.utf8, to: &out) }
        }
        add(facts.status.rawValue)
        add(facts.reason)
        add(facts.origin.rawValue)
        add(facts.recordID)
        add(facts.credits.description)
        for channel in channels {
            let columns = channel.isEmail ? 5 : 4
            guard let value = facts.found[channel]?.value else {
                for _ in 0..<columns { out.append(csv.delimiter) }
                continue
            }
            add(value.value)
            add(value.source)
            add(Self.number(value.confidence))
            add(value.enrichedAt)
            if channel.isEmail { add(Self.verified(verdicts[value.value]).map(String.init) ?? "") }
        }
        if hasAccount {
            add(facts.accountID)
            for field in AccountResult.knownFields { add(facts.account?[field] ?? "") }
        }
    }

    func appendJSON(_ facts: RowFacts, _ verdicts: [String: VerificationDesk.Answer], to out: inout [UInt8]) {
        func text(_ name: String, _ value: String, first: Bool = false) {
            out.append(contentsOf: Array((first ? "\"\(name)\":" : ",\"\(name)\":").utf8))
            JSONText.append(string: value.utf8, to: &out)
        }
        func raw(_ text: String) { out.append(contentsOf: text.utf8) }
        raw("{")
        text("status", facts.status.rawValue, first: true)
        text("reason", facts.reason)
        text("origin", facts.origin.rawValue)
        text("record_id", facts.recordID)
        raw(",\"credits_used\":\(facts.credits),\"channels\":{")
        for (index, channel) in channels.enumerated() {
            raw("\(index > 0 ? "," : "")\"\(channel.rawValue)\":")
            guard let value = facts.found[channel]?.value else {
                raw("null")
                continue
            }
            raw("{")
            text("value", value.value, first: true)
            text("source", value.source)
            raw(",\"confidence\":\(Self.number(value.confidence))")
            text("at", value.enrichedAt)
            if channel.isEmail {
                raw(",\"verified\":\(Self.verified(verdicts[value.value]).map(String.init) ?? "null")")
            }
            raw("}")
        }
        raw("}")
        if hasAccount {
            raw(",\"account\":")
            if let account = facts.account {
                raw("{")
                text("id", facts.accountID, first: true)
                for field in AccountResult.knownFields { if let value = account[field] { text(field, value) } }
                raw("}")
            } else {
                raw("null")
            }
        }
        raw("}")
    }

    /// Empty where it is not known.
    private static func verified(_ answer: VerificationDesk.Answer?) -> Bool? {
        switch answer?.verdict {
        case .valid: true
        case .invalid: false
        case .unknown, nil: nil
        }
    }

    /// Shortest form: `1`, `0.85`.
    static func number(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 1e15 ? String(Int(value)) : String(value)
    }
}
