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

    @Test func answersThatHadARowEachAreTheSameTogether() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("old.sqlite")
        do {
            let old = try DatabaseQueue(path: path)
            try Migrations.all.migrate(old, upTo: "new keys apart")
            try await old.write { database in
                try database.execute(
                    sql: """
                        INSERT INTO scope VALUES (1, 'w', 'api');
                        INSERT INTO identity VALUES (7, '', ''), (8, '', '');
                        INSERT INTO run (id, name, pipeline_key, pipeline, workspace, engine, status, started_at, inputs)
                          VALUES (1, 'r', 'k', 'p', 'w', 'api', 'done', 1, '');
                        INSERT INTO chunk (id, run, endpoint, channels, state, worst, sent_at, answered_at)
                          VALUES (3, 1, 'bulk', 15, 'answered', 0, 10, 11), (4, 1, 'bulk', 4, 'answered', 0, 20, 21);
                        INSERT INTO answer VALUES
                          (7, 0, 3, 'z@acme.example', 's', 0.5, 't', 2000, 'rec-7', NULL),
                          (7, 2, 4, NULL, NULL, NULL, NULL, NULL, 'rec-8', NULL),
                          (8, 3, 3, 'https://www.linkedin.com/in/z', 's', 1, 't', NULL, 'rec-9', 1500);
                        INSERT INTO answer_past VALUES (7, 2, 3, '+12125550142', 's', 1, 't', NULL, 'rec-7', 3000);
                        """)
            }
            try old.close()
        }
        let ledger = try Ledger(path: path)
        let known = try await ledger.recall([8, 7, 9])
        let email = ChannelValue(value: "z@acme.example", source: "s", confidence: 0.5, enrichedAt: "t")
        let profile = ChannelValue(
            value: "https://www.linkedin.com/in/z", source: "s", confidence: 1, enrichedAt: "t")
        #expect(
            known[1]?.answers == [
                KnownAnswer(
                    channel: .workEmail, value: email, chunk: 3, run: 1, answeredAt: 11,
                    credits: Credits(thousandths: 2000), share: nil, recordID: "rec-7"),
                KnownAnswer(
                    channel: .phone, value: nil, chunk: 4, run: 1, answeredAt: 21, credits: nil, share: nil,
                    recordID: "rec-8"),
            ])
        #expect(
            known[0]?.answers == [
                KnownAnswer(
                    channel: .linkedinURL, value: profile, chunk: 3, run: 1, answeredAt: 11, credits: nil,
                    share: Credits(thousandths: 1500), recordID: "rec-9")
            ])
        #expect(known[2]?.answers == [])
        #expect(try await ledger.check() == [])
    }
}
