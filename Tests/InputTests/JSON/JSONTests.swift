import Foundation
import Input
import Records
import TestSupport
import Testing

@Suite struct JSONTests {
    @Test func columnsAreTheMembersInTheirOrder() throws {
        let read = try Reading.of("{\"b\":1,\"a\":\"x\"}\n{\"c\":null,\"b\":2.50}\n")
        #expect(read.columns == ["b", "a", "c"])
        #expect(read.rows == [["1", "x", ""], ["2.50", "", ""]])
    }

    @Test func originalsStayByteForByte() throws {
        let line = "{ \"n\" : 1.0e5 , \"s\":\"\\u00fc\\n\",\"o\":{\"x\": [1, 2],\"e\":{}} }"
        let read = try Reading.of(line + "\n")
        #expect(read.originals == [line])
        #expect(read.columns == ["n", "s", "o.x", "o.e"])
        #expect(read.rows[0] == ["1.0e5", "ü\n", "[1, 2]", "{}"])
    }

    @Test func whatNoOtherTypeHoldsIsKept() throws {
        let lines = [
            "{\"a\":123456789012345678901234567890}", "{\"a\":1e400}", "{\"a\":\"x\\ud800y\\u00e9\"}",
            "{\"\\udfff\":1}",
            "{\"a\":1,\"a\":2}", "{\"a\":-0.000}",
        ]
        let read = try Reading.of(lines.joined(separator: "\n") + "\n")
        #expect(read.rejects.isEmpty, "\(read.rejects)")
        #expect(read.originals == lines)
        #expect(
            read.rows.map { $0[0] } == ["123456789012345678901234567890", "1e400", "x\\ud800yé", "", "2", "-0.000"])
        #expect(read.columns == ["a", "\\udfff"])
    }

    @Test func blankLinesAndAMarkAreTolerated() throws {
        let read = try Reading.of("\u{FEFF}\n  \n{\"a\":1}\r\n\r\n{\"a\":2}")
        #expect(read.rows.map { $0[0] } == ["1", "2"])
        #expect(read.starts.map(\.line) == [3, 5])
    }

    @Test func aBrokenLineIsRejectedAndItsNeighboursSurvive() throws {
        let read = try Reading.of("{\"a\":1}\n{\"a\":\n[1]\n\n{\"a\":2}\n")
        #expect(read.rows.count == 2)
        #expect(read.rejects.map(\.line) == [2, 3])
        #expect(read.rejects.allSatisfy { $0.reason.hasPrefix("invalid_json") })
    }

    @Test func membersThatTurnUpLateAreKept() throws {
        let many = String(repeating: "{\"a\":\"\(String(repeating: "x", count: 100))\"}\n", count: 4000)
        let read = try Reading.of(many + "{\"a\":\"y\",\"late\":\"z\",\"n\":[1],\"o\":{\"p\":null}}\n")
        #expect(read.rows.last == ["y", "{\"late\":\"z\",\"n\":[1],\"o.p\":null}"])
    }

    @Test(arguments: [
        "[{\"a\":1},{\"a\":{\"b\":2}}]", " [ \n {\"a\":1} ,\n {\"a\":\n {\"b\":2}\n}\n ] \n",
        "{\"a\":1}\n{\"a\":\n  {\"b\":2}\n}\n",
    ])
    func objectsMayStandInAnArrayOrOverSeveralLines(_ text: String) throws {
        // A sequence begins with an object that is broken by lines.
        let text = text.hasPrefix("{") ? text.replacingOccurrences(of: "{\"a\":1}", with: "{\n\"a\":1}") : text
        let read = try Reading.of(text)
        #expect(read.columns == ["a", "a.b"])
        #expect(read.rows == [["1", ""], ["", "2"]])
        #expect(read.originals.allSatisfy { !$0.contains("\n") })
    }

    @Test func aBrokenObjectInAnArrayCostsItselfOnly() throws {
        let read = try Reading.of("[\n{\"a\":1},\n{\"a\":tru},\n7,\n{\"a\":\"open},\n{\"a\":2},\n{\"a\":3}\n]")
        #expect(read.rows.map { $0[0] } == ["1", "2", "3"])
        #expect(read.rejects.map(\.line) == [3, 4, 5])
    }

    @Test func anArrayThatIsCutOffIsSaid() throws {
        let error = #expect(throws: Diagnostic.self) { try Reading.of("[{\"a\":1},\n{\"a\":2},\n") }
        #expect(error?.code == "cut_input" && error?.line == 3)
    }

    @Test func depthAndSizeHaveLimits() throws {
        var limits = RecordLimits()
        limits.depth = 5
        limits.field = 5000
        let deep = { (levels: Int) in
            String(repeating: "{\"a\":", count: levels) + "1" + String(repeating: "}", count: levels)
        }
        let array = { (levels: Int) in
            "{\"a\":" + String(repeating: "[", count: levels) + String(repeating: "]", count: levels) + "}"
        }
        let text = [
            deep(5), deep(6), array(4), array(5), "{\"a\":\"\(String(repeating: "x", count: 6000))\"}", "{\"a\":1}",
        ]
        let read = try Reading.of(text.joined(separator: "\n") + "\n", limits: limits)
        #expect(read.rejects.map(\.line) == [2, 4, 5])
        #expect(read.rows.count == 3)
    }

    @Test func bytesThatAreNoTextAreRejectedOrReplacedAsSet() throws {
        let data = Data("{\"a\":\"x\"}\n{\"a\":\"".utf8) + Data([0xFF]) + Data("\"}\n{\"a\":\"y\"}\n".utf8)
        let utf8 = TextEncoding.utf8
        let rejected = try Reading.of(data, .with { $0.encoding = utf8 })
        #expect(rejected.rejects.map(\.reason) == ["invalid_text"])
        let replaced = try Reading.of(
            data,
            .with {
                $0.encoding = utf8
                $0.rules.invalidText = .replace
            })
        #expect(replaced.rows.map { $0[0] } == ["x", "\u{FFFD}", "y"])
        #expect(replaced.notes[.replacedBytes]?.firstLine == 2)
    }
}

/// The public JSON test suite: each case between two good lines, as it is and as the value of a member.
@Suite struct JSONSuiteTests {
    static let cases: [String] = {
        let folder = Checkout.file("Tests/Fixtures/json")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted()
    }()

    static func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: Checkout.file("Tests/Fixtures/json/\(name)")))
    }

    static func between(_ line: Data) throws -> Reading {
        // Nobody says what it is: a line in another encoding must not turn the whole file into it.
        return try Reading.of(Data("{\"first\":1}\n".utf8) + line + Data("\n{\"last\":2}\n".utf8))
    }

    @Test func allCasesAreThere() { #expect(Self.cases.count == 318) }

    @Test(arguments: cases)
    func aLineIsReadOrRejectedAndItsNeighboursSurvive(_ name: String) throws {
        var line = try Self.bytes(name)
        while line.last == 10 { line.removeLast() }
        guard !line.contains(10) else { return }
        let wrapped = Data("{\"v\":".utf8) + line + Data("}".utf8)
        for (text, isWrapped) in [(line, false), (wrapped, true)] {
            let read = try Self.between(text)
            let rows = read.objects
            #expect(rows.first?["first"] == "1", "\(name)")
            #expect(rows.last?["last"] == "2", "\(name)")
            let isBlank = text.allSatisfy { $0 == 32 || $0 == 9 || $0 == 13 }
            #expect(read.rows.count + read.rejects.count == (isBlank ? 2 : 3), "\(name)")
            let isObject = text.first { $0 != 32 && $0 != 9 } == UInt8(ascii: "{")
            if name.hasPrefix("y_"), isObject { #expect(read.rejects.isEmpty, "\(name): \(read.rejects)") }
            // A mark at the beginning of the whole text is no part of a value.
            if name.hasPrefix("n_"), !isBlank { #expect(read.rejects.count == 1, "\(name) wrapped: \(isWrapped)") }
        }
    }

    @Test(arguments: ["", "{\"email\":\"c", "{\"ema"])
    func anArrayThatIsCutIsAnErrorBehindItsRows(_ end: String) throws {
        let folder = try TemporaryFolder()
        let export = try Export(
            folder.write("in.json", "[{\"email\":\"a\"},\n{\"email\":\"b\"},\n" + end))
        let records = try export.records()
        #expect(try records.next()?.rowCount == 2)
        #expect(#expect(throws: Diagnostic.self) { try records.next() }?.code == "cut_input")
    }
}
