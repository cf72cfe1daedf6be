import EnrichmentAPI
import Identity
import Records
import Settings

extension WaterfallSettings {
    /// What a waterfall is looked at for besides its own keys.
    package struct Checks: Sendable {
        /// Whether its tables are opened, as far as their headers.
        package var opensTables = false
        /// Whether somebody says which mailboxes are there, as far as is known.
        package var hasWebhook = true

        package init() {}
    }

    /// Notes what is wrong with the tables that it names, and which patterns have nobody to ask.
    func check(_ checks: Checks, _ lint: inout Lint) {
        for (number, provider) in providers.enumerated() {
            let key = "providers.\(number)"
            switch provider.kind {
            case .table where checks.opensTables && !provider.path.isEmpty:
                Self.check(provider.path, provider.table, provider.namedColumns, of: provider.name, key, &lint) {
                    try TableProvider.check(provider)
                }
            case .pattern where !checks.hasWebhook:
                let problem = Self.withoutWebhook(provider.name)
                lint.note(problem.message, key: key, hint: problem.hint)
            case .table, .pattern, .http: break
            }
        }
        for (number, account) in accounts.enumerated()
        where checks.opensTables && account.kind == .table && !account.path.isEmpty {
            Self.check(account.path, account.table, account.namedColumns, of: account.name, "accounts.\(number)", &lint)
            {
                try AccountTable.check(account)
            }
        }
    }

    /// - Parameters:
    ///   - columns: that the settings name, with the keys that name them.
    ///   - whole: looks at everything else, where all of these are there.
    private static func check(
        _ path: String, _ table: String, _ columns: [(key: String, name: String)], of provider: String, _ key: String,
        _ lint: inout Lint, whole: () throws -> Void
    ) {
        do {
            let file = try TableFile(path, table: table)
            var hasAll = true
            for column in columns {
                do {
                    _ = try file.column(column.name, of: provider)
                } catch let problem as Diagnostic {
                    hasAll = false
                    lint.note(problem.message, key: "\(key).\(column.key)", hint: problem.hint)
                }
            }
            if hasAll { try whole() }
        } catch let problem as Diagnostic {
            lint.note("\(path): \(problem.message)", key: key + ".path", hint: problem.hint)
        } catch {
            lint.note("\(path) cannot be read", key: key + ".path")
        }
    }

    static func withoutWebhook(_ provider: String) -> Diagnostic {
        Diagnostic(
            code: "invalid_settings",
            "provider '\(provider)' makes up addresses, and nobody says which of them are there",
            hint: "set verify.url to a service that knows mailboxes; the built-in one does not")
    }
}

extension ProviderSettings {
    /// Columns of a table that are named, with the keys that name them.
    fileprivate var namedColumns: [(key: String, name: String)] {
        columns.flatMap { field, names in names.map { ("columns.\(field.rawValue)", $0) } }
            + Channel.allCases.map { ("channels.\($0.rawValue)", channels[$0]) }
            + [("confidence_column", confidenceColumn), ("updated_at_column", updatedAtColumn)]
    }
}

extension AccountProviderSettings {
    fileprivate var namedColumns: [(key: String, name: String)] {
        fields.map { ("fields.\($0.key)", $0.value) } + [("domain_column", domainColumn)]
    }
}
