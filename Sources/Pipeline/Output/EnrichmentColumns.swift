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
        var cells = [
            facts.status.rawValue, facts.reason, facts.origin.rawValue, facts.recordID, facts.credits.description,
        ]
        for channel in channels {
            let value = facts.found[channel]?.value
            cells += [
                value?.value ?? "", value?.source ?? "", value.map { Self.number($0.confidence) } ?? "",
                value?.enrichedAt ?? "",
            ]
            if channel.isEmail {
                cells.append(value.flatMap { Self.verified(verdicts[$0.value]) }.map(String.init) ?? "")
            }
        }
        if hasAccount {
            cells.append(facts.accountID)
            cells += AccountResult.knownFields.map { facts.account?[$0] ?? "" }
        }
        for cell in cells {
            out.append(csv.delimiter)
            csv.append(cell: cell.utf8, to: &out)
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
