import EnrichmentAPI
import Foundation
import Ledger
import Records

/// Writes answers as JSON, straight into bytes: a bulk answer holds thousands of values.
struct AnswerText {
    private(set) var bytes: [UInt8] = []

    /// One person, with what each channel was found to be and what it was charged.
    mutating func append(
        recordID: String, channels: ChannelMap<ServedChannel>, asked: ChannelSet, credits: Credits
    ) {
        append("{\"record_id\":")
        append(text: recordID)
        append(",\"channels\":{")
        var isFirst = true
        for channel in asked {
            if !isFirst { append(",") }
            isFirst = false
            append("\"\(channel.rawValue)\":")
            append(channels[channel], isEmail: channel.isEmail)
        }
        append("},\"credits_used\":\(credits)}")
    }

    private mutating func append(_ served: ServedChannel?, isEmail: Bool) {
        switch served?.result {
        case nil: append("null")
        case .missed(let tried):
            append("{\"value\":null,\"tried_providers\":[")
            for (index, name) in tried.enumerated() {
                if index > 0 { append(",") }
                append(text: name)
            }
            append("]}")
        case .found(let value):
            append("{\"value\":")
            append(text: value.value)
            append(",\"source\":")
            append(text: value.source)
            append(",\"confidence\":\(value.confidence),\"enriched_at\":")
            append(text: value.enrichedAt)
            if isEmail, let verdict = served?.verdict, verdict != .unknown {
                append(",\"verified\":\(verdict == .valid)")
            }
            append("}")
        }
    }

    /// A company; fields that are numbers or lists by contract are written as such.
    mutating func append(account: AccountResult, credits: Credits) {
        append("{\"account_id\":")
        append(text: account.accountID)
        append(",\"fields\":{")
        var isFirst = true
        for (field, value) in account.fields.sorted(by: { $0.key < $1.key }) {
            if !isFirst { append(",") }
            isFirst = false
            append(text: field)
            append(":")
            if Self.numbers.contains(field), let number = Int(value) {
                append("\(number)")
            } else if field == "tech_stack" {
                append("[")
                for (index, part) in value.split(separator: ";").enumerated() {
                    if index > 0 { append(",") }
                    append(text: String(part))
                }
                append("]")
            } else {
                append(text: value)
            }
        }
        append("},\"credits_used\":\(credits)}")
    }

    private static let numbers: Set<String> = ["employee_count", "founded_year", "total_raised_usd"]

    mutating func append(_ raw: String) { bytes.append(contentsOf: raw.utf8) }

    private mutating func append(text: String) { JSONText.append(string: text.utf8, to: &bytes) }
}
