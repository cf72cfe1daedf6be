import EnrichmentAPI
import GRDB
@testable import Ledger
import TestSupport
import Testing

/// Ledgers of earlier versions.
@Suite struct MigrationTests {
    @Test func hintsThatWereTextsAreFoundByTheirKeys() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("old.sqlite")
        do {
            let old = try DatabaseQueue(path: path)
            try Migrations.all.migrate(old, upTo: "run ledger")
            try await old.write { database in
                try database.execute(
                    sql: """
                        INSERT INTO scope VALUES (1, 'w', 'api');
                        INSERT INTO identity VALUES (7, 'zelda|quux', 'acme.example');
                        INSERT INTO alias VALUES (1, 'email:z@acme.example', 7), (1, 'linkedin:zelda', 7), (1, 'group:1:1', 7);
                        INSERT INTO chunk (id, run, endpoint, channels, state, worst, sent_at, answered_at)
                          VALUES (3, 1, 'bulk', 4, 'answered', 0, 10, 11);
                        INSERT INTO ask VALUES (3, 7, 1, 5000, 'rec-7');
                        INSERT INTO answer VALUES (7, 2, 3, '+12125550142', 's', 1, 't', NULL);
                        """)
            }
            try old.close()
        }
        let ledger = try Ledger(path: path)
        let scope = try await ledger.scope(workspace: "w", engine: "api")
        #expect(scope.id == 1)
        let known = try await ledger.resolve([Lookup(aliases: ["linkedin:zelda"])], in: scope)
        #expect(known[0].identity == 7)
        #expect(known[0].answers.map(\.recordID) == ["rec-7"] && known[0].answers.first?.channel == .phone)
        #expect(try await ledger.find([Lookup(aliases: ["email:other"])], in: scope) == [nil])
    }
}
