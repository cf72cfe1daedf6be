package import Records

extension WaterfallSettings {
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
