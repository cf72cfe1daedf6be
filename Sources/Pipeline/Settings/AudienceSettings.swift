import Connect
package import EnrichmentAPI
package import Identity
import Settings

/// What stands in a column of a file that is imported somewhere.
package enum ImportValue: Sendable, Equatable {
    /// What the row came with where it is valid, else what was found.
    case contact(Channel)
    /// The best email: for work, else the personal one.
    case email
    /// What the row came with, in canonical form.
    case hint(Hint)
    /// A cell of the export as it stands.
    case field(Field)
    /// What is known of the company.
    case account(String)
    /// A column of the export by its name, as it stands.
    case column(String)

    /// - Parameter text: a channel, a field of the contract's section 4, `account.FIELD` or `column:NAME`.
    init?(_ text: String) {
        if let channel = Channel(rawValue: text) {
            self = .contact(channel)
        } else if text.hasPrefix("account."), AccountResult.knownFields.contains(String(text.dropFirst(8))) {
            self = .account(String(text.dropFirst(8)))
        } else if text.hasPrefix("column:"), text.count > 7 {
            self = .column(String(text.dropFirst(7)))
        } else {
            switch Field(rawValue: text) {
            case .email: self = .email
            case .firstName: self = .hint(.firstName)
            case .lastName: self = .hint(.lastName)
            case .companyName: self = .hint(.companyName)
            case .companyDomain, .website: self = .hint(.companyDomain)
            case .recordID: self = .field(.recordID)
            case .fullName: self = .field(.fullName)
            case .title: self = .field(.title)
            case .country: self = .field(.country)
            case .phone: self = .contact(.phone)
            case .personalEmail: self = .contact(.personalEmail)
            case .linkedinURL: self = .contact(.linkedinURL)
            case nil: return nil
            }
        }
    }

    static let takes = "COLUMN: a channel, a field such as first_name, account.FIELD, or column:NAME"
}

/// A column of a file that is imported somewhere.
package struct ImportColumn: Sendable, Equatable {
    package var name: String
    package var value: ImportValue
    /// Rows without it are refused where they are imported.
    package var isRequired = false
}

/// A file for an import into a CRM (contract, section 3, `audience`).
package struct AudienceSettings: Sendable {
    package enum Preset: String, Sendable, CaseIterable {
        case hubspot, salesforce, apollo
    }

    package var path = ""
    package var preset: Preset?
    package var ownColumns: [ImportColumn] = []
    package var require: ChannelSet = []
    /// Rows in one file; nil is the destination's own limit.
    package var rows: Int?
    /// Whether emails of domains that take mail for every address are in.
    package var catchAll = false

    package init() {}

    var columns: [ImportColumn] { ownColumns.isEmpty ? preset?.columns ?? [] : ownColumns }
    var rowsPerFile: Int { rows ?? preset?.rowsPerFile ?? .max }

    static var table: SettingsTable<AudienceSettings> {
        SettingsTable([
            .text("path", \.path, "Where it goes; further parts get a number: audience-2.csv."),
            .value("preset", \.preset, takes: "hubspot, salesforce or apollo", "Whose columns and limits.") {
                $0.text.flatMap(Preset.init).map { .some($0) }
            },
            .value("columns", \.ownColumns, takes: ImportValue.takes, "Columns of your own.") { value in
                value.importColumns
            },
            .value("require", \.require, takes: "a list of channels", "Channels without which a row is left out.") {
                $0.channels
            },
            .value("rows", \.rows, takes: "a whole number", "Rows in one file, where that is not the preset's limit.") {
                $0.text.flatMap { Int($0) }.flatMap { $0 > 0 ? .some($0) : nil }
            },
            .flag("catch_all", \.catchAll, "Whether emails of domains that take all mail are in."),
        ])
    }
}

extension SettingsValue {
    /// Names of columns with what stands in them, in order; nil where one is unknown.
    var importColumns: [ImportColumn]? {
        members.flatMap { members in
            let columns = members.compactMap { name, value in
                value.text.flatMap(ImportValue.init).map { ImportColumn(name: name.text, value: $0) }
            }
            return columns.count == members.count && !columns.isEmpty ? columns : nil
        }
    }
}

/// A file with only what is new since the last run of the pipeline, for an import (`changes`).
package struct ChangeSettings: Sendable {
    package var path = ""
    /// Under which it is remembered what was exported, where that is not the path; no key.
    var history: String?
    /// Empty: the record's number and the columns that the export has for channels.
    package var columns: [ImportColumn] = []

    package init(path: String) { self.path = path }

    /// A path, or a mapping with `path` and `columns`.
    init?(_ value: SettingsValue) {
        if let path = value.text {
            guard !path.isEmpty else { return nil }
            self.path = path
            return
        }
        guard let members = value.members else { return nil }
        for (key, member) in members {
            switch key.text {
            case "path": path = member.text ?? ""
            case "columns":
                guard let columns = member.importColumns else { return nil }
                self.columns = columns
            default: return nil
            }
        }
        if path.isEmpty { return nil }
    }
}

/// A warehouse whose statements are known.
package enum Warehouse: String, Sendable, CaseIterable {
    case postgres, duckdb, snowflake, bigquery
}
