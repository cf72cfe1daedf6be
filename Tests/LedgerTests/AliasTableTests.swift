import GRDB
@testable import Ledger
import TestSupport
import Testing

@Suite struct AliasTableTests {
    let folder: TemporaryFolder
    let ledger: Ledger

    init() throws {
        folder = try TemporaryFolder()
        ledger = try Ledger(path: folder.file("ledger.sqlite"))
    }

    private func count(_ table: String) async throws -> Int {
        try await ledger.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }

    private func lookup(_ aliases: String..., row: String? = nil, in scope: Scope) -> Lookup {
        var lookup = Lookup(aliases: aliases)
        lookup.row = row.map { ledger.hasher.row(Array($0.utf8), in: scope) }
        return lookup
    }

    @Test func peopleAreFoundBeforeAndAfterTheirKeysAreTakenIn() async throws {
        let scope = try await ledger.scope(workspace: "w", engine: "api")
        let early = try await ledger.resolve([lookup("email:a", row: "a", in: scope)], in: scope)[0].identity
        try await ledger.takeInNewKeys()
        let late = try await ledger.resolve([lookup("email:b", row: "b", in: scope)], in: scope)[0].identity
        for _ in 0..<2 {
            #expect(try await ledger.knowsAnybody())
            #expect(
                try await ledger.find(
                    ["email:a", "email:b", "email:c"].map { lookup($0, in: scope) }, in: scope) == [early, late, nil])
            let rows = ["a", "b", "c"].map { ledger.hasher.row(Array($0.utf8), in: scope) }
            #expect(try await ledger.owners(of: rows) == [early, late, 0])
            try await ledger.takeInNewKeys()
        }
        #expect(try await count("alias_log") == 0)
        #expect(try await count("alias") == 4)
    }

    @Test func aKeyNeverChangesHandsAlsoWhenItComesAgain() async throws {
        let scope = try await ledger.scope(workspace: "w", engine: "api")
        let first = try await ledger.resolve([lookup("email:a", row: "same", in: scope)], in: scope)[0].identity
        try await ledger.takeInNewKeys()
        let other = try await ledger.resolve([lookup("email:b", row: "same", in: scope)], in: scope)[0].identity
        #expect(other != first)
        let row = ledger.hasher.row(Array("same".utf8), in: scope)
        #expect(try await ledger.owners(of: [row]) == [first])
        try await ledger.takeInNewKeys()
        #expect(try await ledger.owners(of: [row]) == [first])
    }

    @Test func somebodyIsForgottenWhereverTheirKeysAre() async throws {
        let scope = try await ledger.scope(workspace: "w", engine: "api")
        _ = try await ledger.resolve(
            [lookup("email:a", in: scope), lookup("email:b", in: scope)], in: scope)
        try await ledger.takeInNewKeys()
        _ = try await ledger.resolve([lookup("email:a", "linkedin:a", in: scope)], in: scope)
        var person = Forgettable()
        person.aliases = ["linkedin:a"]
        #expect(try await ledger.forget(person).people == 1)
        #expect(
            try await ledger.find(["email:a", "linkedin:a"].map { lookup($0, in: scope) }, in: scope) == [nil, nil])
        #expect(try await ledger.find([lookup("email:b", in: scope)], in: scope)[0] != nil)
        #expect(try await ledger.check().isEmpty)
    }
}
