import Connect
import EnrichmentAPI
import Ledger
import Records

/// A fact that a run adds to each row (contract, section 5).
enum EnrichmentFact: Sendable, Equatable {
    case status, reason, origin, recordID, credits
    case value(Channel)
    case source(Channel)
    case confidence(Channel)
    case time(Channel)
    case verified(Channel)
    /// Of the row's own email.
    case inputVerified
    case accountID
    /// By its place among ``AccountResult/knownFields``: a text would have to be counted for every cell.
    case account(Int)

    /// The channel that it is about; nil for the row as a whole.
    var channel: Channel? {
        switch self {
        case .value(let channel), .source(let channel), .confidence(let channel), .time(let channel),
            .verified(let channel):
            channel
        case .status, .reason, .origin, .recordID, .credits, .inputVerified, .accountID, .account: nil
        }
    }

    /// As Table Schema names types.
    var type: String {
        switch self {
        case .credits, .confidence: "number"
        case .time: "datetime"
        case .verified, .inputVerified: "boolean"
        default: "string"
        }
    }
}

/// The columns that enrichment adds to CSV files.
struct EnrichmentColumns: Sendable {
    let facts: [EnrichmentFact]
    /// As the templates say, before names that the file has already get a number.
    private let wanted: [String]
    private let csv: CSVText

    init(_ settings: PipelineSettings, _ templates: ColumnTemplates = ColumnTemplates(), csv: CSVText = CSVText()) {
        func channel(_ template: String, _ channel: Channel) -> String {
            ColumnTemplates.filled(template, "channel", channel.rawValue)
        }
        var columns: [(fact: EnrichmentFact, name: String)] = [
            (.status, templates.status), (.reason, templates.reason), (.origin, templates.origin),
            (.recordID, templates.recordID), (.credits, templates.credits),
        ]
        for name in settings.enrich.channels {
            columns += [
                (.value(name), channel(templates.value, name)), (.source(name), channel(templates.source, name)),
                (.confidence(name), channel(templates.confidence, name)), (.time(name), channel(templates.time, name)),
            ]
            if name.isEmail { columns.append((.verified(name), channel(templates.verified, name))) }
        }
        if settings.verify?.inputEmail == true { columns.append((.inputVerified, templates.inputVerified)) }
        if settings.enrich.account {
            columns.append((.accountID, templates.accountID))
            columns += AccountResult.knownFields.enumerated().map {
                (.account($0.offset), ColumnTemplates.filled(templates.account, "field", $0.element))
            }
        }
        columns.removeAll { $0.name.isEmpty }
        facts = columns.map(\.fact)
        wanted = columns.map(\.name)
        self.csv = csv
    }

    /// Names in order; a name that the file has already gets a number.
    func names(besides columns: [String]) -> [String] {
        Array(ColumnNames.distinct(columns + wanted).suffix(wanted.count))
    }

    /// Appends a cell for each column, with a delimiter before each.
    ///
    /// Takes the row where it lies: handed over by itself it would be copied.
    func append(_ rows: UnsafeBufferPointer<RowFacts>, _ row: Int, _ verdicts: Verdicts, to out: inout [UInt8]) {
        // The columns of a channel stand together, so what was found is looked up once for all of them.
        var channel: Channel?
        var value: ChannelValue?
        for fact in facts {
            out.append(csv.delimiter)
            if let next = fact.channel, next != channel {
                channel = next
                value = rows[row].found[next]?.value
            }
            switch fact {
            case .status: add(rows[row].status.rawValue, to: &out)
            case .reason: add(rows[row].reason, to: &out)
            case .origin: add(rows[row].origin.rawValue, to: &out)
            case .recordID: add(rows[row].recordID, to: &out)
            case .credits: add((rows[row].channelCredits + rows[row].accountCredits).description, to: &out)
            case .value: if let value { add(value.value, to: &out) }
            case .source: if let value { add(value.source, to: &out) }
            case .confidence: if let value { add(JSONText.number(value.confidence), to: &out) }
            case .time: if let value { add(value.enrichedAt, to: &out) }
            case .verified: if let value { add(verdicts.isValid(value.value), to: &out) }
            case .inputVerified: add(verdicts.isValid(rows[row].ownEmail), to: &out)
            case .accountID: add(rows[row].accountID, to: &out)
            case .account(let field): add(rows[row].account?[AccountResult.knownFields[field]] ?? "", to: &out)
            }
        }
    }

    @inline(__always)
    private func add(_ cell: String, to out: inout [UInt8]) {
        if !cell.isEmpty { csv.append(cell: cell.utf8, to: &out) }
    }

    private func add(_ flag: Bool?, to out: inout [UInt8]) {
        if let flag { out.append(contentsOf: (flag ? "true" : "false").utf8) }
    }
}

/// Verdicts on the emails of a batch.
typealias Verdicts = [String: VerificationDesk.Answer]

extension Verdicts {
    /// Nil where that is not known.
    func isValid(_ email: String) -> Bool? {
        switch self[email]?.verdict {
        case .valid: true
        case .invalid: false
        case .catchAll, .unknown, nil: nil
        }
    }
}

extension JSONText {
    /// Shortest form: `1`, `0.85`.
    static func number(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 1e15 ? String(Int(value)) : String(value)
    }
}
