import Connect
import EnrichmentAPI
import Records

/// The member that enrichment adds to JSON objects (contract, section 5).
struct EnrichmentObject: Sendable {
    private let channels: ChannelSet
    private let hasAccount: Bool
    private let hasInputVerified: Bool

    init(_ settings: PipelineSettings) {
        channels = settings.enrich.channels
        hasAccount = settings.enrich.account
        hasInputVerified = settings.verify?.inputEmail == true
    }

    func append(_ facts: RowFacts, _ verdicts: Verdicts, to out: inout [UInt8]) {
        func text(_ name: String, _ value: String, first: Bool = false) {
            out.append(contentsOf: Array((first ? "\"\(name)\":" : ",\"\(name)\":").utf8))
            JSONText.append(string: value.utf8, to: &out)
        }
        func raw(_ text: String) { out.append(contentsOf: text.utf8) }
        func verified(_ name: String, _ email: String) {
            raw(",\"\(name)\":\(verdicts.isValid(email).map(String.init) ?? "null")")
            if verdicts[email]?.verdict == .catchAll { raw(",\"catch_all\":true") }
        }
        raw("{")
        text("status", facts.status.rawValue, first: true)
        text("reason", facts.reason)
        text("origin", facts.origin.rawValue)
        text("record_id", facts.recordID)
        raw(",\"credits_used\":\(facts.credits)")
        if hasInputVerified { verified("input_email_verified", facts.ownEmail) }
        raw(",\"channels\":{")
        for (index, channel) in channels.enumerated() {
            raw("\(index > 0 ? "," : "")\"\(channel.rawValue)\":")
            guard let value = facts.found[channel]?.value else {
                raw("null")
                continue
            }
            raw("{")
            text("value", value.value, first: true)
            text("source", value.source)
            raw(",\"confidence\":\(JSONText.number(value.confidence))")
            text("at", value.enrichedAt)
            if channel.isEmail { verified("verified", value.value) }
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
}
