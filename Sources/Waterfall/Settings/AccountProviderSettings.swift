import Connect
package import EnrichmentAPI
import Settings

/// Somebody who knows companies: a table, or a vendor's API, found by domain.
package struct AccountProviderSettings: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case table, http
    }

    package var name = ""
    package var kind = Kind.table
    package var path = ""
    package var table = ""
    /// Of a table: the column with the company's domain, where its name does not tell.
    package var domainColumn = ""
    package var http = HTTPProviderSettings()
    /// Column or JSON pointer of each field; a table's columns are found by the fields' own names.
    package var fields: [String: String] = [:]
    package var price = Credits.zero

    package init() {}

    static var table: SettingsTable<AccountProviderSettings> {
        SettingsTable([
            .text("name", \.name, "Its name."),
            .choice("kind", \.kind, "What it is."),
            .text("path", \.path, "A file with a domain column and columns named as the account fields."),
            .text("table", \.table, "Which table or view of a SQLite file."),
            .text("domain_column", \.domainColumn, "A table's column with the domain, where its name does not tell."),
            .section("http", \.http, "How a vendor's API is asked.") { HTTPProviderSettings.settingsTable },
            .value("fields", \.fields, takes: "field: column or JSON pointer", "Where the fields stand.") { value in
                value.textsByKey.flatMap { $0.keys.allSatisfy(AccountResult.knownFields.contains) ? $0 : nil }
            },
            .value("price", \.price, takes: "a number of credits", "Credits for a company that is found.") {
                $0.credits
            },
        ])
    }

    func check(_ lint: inout Lint, key: String) {
        switch kind {
        case .table: if path.isEmpty { lint.note("account provider '\(name)' is a table and has no path", key: key) }
        case .http:
            http.check("account provider '\(name)'", &lint, key: key + ".http")
            if fields.isEmpty {
                lint.note(
                    "account provider '\(name)' names no fields", key: key,
                    hint: "such as fields: {industry: /industry}")
            }
        }
    }
}
