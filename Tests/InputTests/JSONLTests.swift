import Foundation
import Input
import Records
import TestSupport
import Testing

@Suite struct JSONLTests {
    private func read(_ text: String) throws -> (columns: [String], batch: RecordBatch) {
        let folder = try TemporaryFolder()
        let export = try Export(folder.write("in.jsonl", text))
        return (export.columns, try #require(try export.records().next()))
    }

    @Test func columnsAreTheMembersInTheirOrder() throws {
        let read = try read("{\"b\":1,\"a\":\"x\"}\n{\"c\":null,\"b\":2.50}\n")
        #expect(read.columns == ["b", "a", "c", "other_fields"])
        #expect((0..<4).map { read.batch.text(0, $0) } == ["1", "x", "", ""])
        #expect((0..<4).map { read.batch.text(1, $0) } == ["2.50", "", "", ""])
    }

    @Test func originalsStayByteForByte() throws {
        let line = "{ \"n\" : 1.0e5 , \"s\":\"\\u00fc\\n\",\"o\":{\"x\": [1, 2]} }"
        let batch = try read(line + "\n").batch
        #expect(batch.original(0).map { String(decoding: $0, as: UTF8.self) } == line)
        #expect(batch.text(0, 1) == "ü\n")
        #expect(batch.text(0, 2) == "{\"x\": [1, 2]}")
    }

    @Test func aBrokenLineIsRejectedAndItsNeighboursSurvive() throws {
        let batch = try read("{\"a\":1}\n{\"a\":\n[1]\n\n{\"a\":2}\n").batch
        #expect(batch.rowCount == 2)
        #expect(batch.rejects.map(\.line) == [2, 3])
        #expect(batch.rejects.allSatisfy { $0.reason.hasPrefix("invalid_json") })
    }

    @Test func membersThatTurnUpLateAreKept() throws {
        let many = String(repeating: "{\"a\":\"\(String(repeating: "x", count: 100))\"}\n", count: 4000)
        let folder = try TemporaryFolder()
        let export = try Export(folder.write("in.jsonl", many + "{\"a\":\"y\",\"late\":\"z\",\"n\":[1]}\n"))
        let records = try export.records()
        var last = ""
        while let batch = try records.next() { last = batch.text(batch.rowCount - 1, 1) }
        #expect(last == "{\"late\":\"z\",\"n\":[1]}")
    }
}
