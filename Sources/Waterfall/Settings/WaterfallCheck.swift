package import Records

extension WaterfallSettings {
    /// What is wrong where no webhook is set.
    ///
    /// - Parameter file: the waterfall's.
    package func patternProblems(_ file: String) -> [Diagnostic] {
        providers.filter { $0.kind == .pattern }.map { Self.withoutWebhook($0.name, file: file) }
    }

    static func withoutWebhook(_ provider: String, file: String? = nil) -> Diagnostic {
        Diagnostic(
            code: "invalid_settings",
            "provider '\(provider)' makes up addresses, and nobody says which of them are there", file: file,
            hint: "set verify.url to a service that knows mailboxes; the built-in one does not")
    }

    /// What is wrong with the tables that it names: files that are not there, columns that they lack.
    ///
    /// Opens each file as far as its header.
    package func tableProblems() -> [Diagnostic] {
        func problem(_ look: () throws -> Void) -> Diagnostic? {
            do {
                try look()
                return nil
            } catch {
                return error as? Diagnostic
            }
        }
        return providers.filter { $0.kind == .table }.compactMap { provider in
            problem { try TableProvider.check(provider) }
        } + accounts.filter { $0.kind == .table }.compactMap { account in problem { try AccountTable.check(account) } }
    }
}
