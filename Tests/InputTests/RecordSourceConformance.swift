import Foundation
import Input
import Records
import TestSupport
import Testing

/// What every reader has to do, whatever the format.
@Suite struct RecordSourceConformance {
    enum Format: String, CaseIterable, Sendable {
        case csv, jsonl

        func text(_ rows: [[String]]) throws -> String {
            switch self {
            case .csv:
                return "a,b,c\n"
                    + rows.map {
                        $0.map { "\"\($0.replacingOccurrences(of: "\"", with: "\"\""))\"" }.joined(separator: ",")
                    }
                    .joined(separator: "\n") + "\n"
            case .jsonl:
                let encoder = JSONEncoder()
                return try rows.map { row in
                    let texts = try row.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
                    return "{\"a\":\(texts[0]),\"b\":\(texts[1]),\"c\":\(texts[2])}"
                }.joined(separator: "\n") + "\n"
            }
        }
    }

    /// Small batches, so that there are many boundaries.
    static var limits: RecordLimits {
        var limits = RecordLimits()
        limits.batchRows = 7
        limits.field = 5000
        return limits
    }

    static func rows(_ count: Int, seed: UInt64 = 1) -> [[String]] {
        var random = SeededRandom(seed)
        let pieces = ["", " ", "x", "ü", ",", "\"", "\n", "\r\n", ";", "日本", "long text that goes on ", "\\", "{", "'"]
        return (0..<count).map { row in
            ["r\(row)"]
                + (0..<2).map { _ in
                    (0..<Int.random(in: 0...4, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                        .joined()
                }
        }
    }

    static func read(_ source: any RecordSource) throws -> (
        rows: [[String]], rejects: [Reject], ends: [Position], starts: [Position]
    ) {
        var read: (rows: [[String]], rejects: [Reject], ends: [Position], starts: [Position]) = ([], [], [], [])
        while let batch = try source.next() {
            for row in 0..<batch.rowCount {
                read.rows.append((0..<3).map { batch.text(row, $0) })
                read.starts.append(batch.positions[row])
            }
            read.rejects += batch.rejects
            read.ends.append(batch.end)
        }
        return read
    }

    @Test(arguments: Format.allCases)
    func everyRowComesOnceInOrderWithItsCells(_ format: Format) throws {
        let folder = try TemporaryFolder()
        let rows = Self.rows(500)
        let export = try Export(try folder.write("in", try format.text(rows)), limits: Self.limits)
        #expect(try Self.read(export.records()).rows == rows)
    }

    @Test(arguments: Format.allCases)
    func readingGoesOnAtTheEndOfAnyBatch(_ format: Format) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("in", try format.text(Self.rows(60)))
        let whole = try Self.read(Export(path, limits: Self.limits).records())
        for (batch, end) in whole.ends.enumerated() {
            let rest = try Self.read(Export(path, limits: Self.limits).records(from: end))
            let skipped = min((batch + 1) * 7, 60)
            #expect(rest.rows == Array(whole.rows.dropFirst(skipped)))
            #expect(rest.starts == Array(whole.starts.dropFirst(skipped)))
        }
    }

    @Test(arguments: Format.allCases)
    func positionsNameTheLineAndTheByteWhereARowStarts(_ format: Format) throws {
        let folder = try TemporaryFolder()
        let text = try format.text(Self.rows(60))
        let bytes = Array(text.utf8)
        for position in try Self.read(Export(folder.write("in", text), limits: Self.limits).records()).starts {
            #expect(bytes[..<position.byte].count { $0 == 10 } + 1 == position.line)
            #expect(position.byte == 0 || bytes[position.byte - 1] == 10)
        }
    }

    @Test(arguments: Format.allCases)
    func aRowBeyondTheLimitIsRejectedAndItsNeighboursSurvive(_ format: Format) throws {
        let folder = try TemporaryFolder()
        let rows = [["1", "", ""], ["2", String(repeating: "x", count: 6000), ""], ["3", "", ""]]
        let read = try Self.read(Export(folder.write("in", try format.text(rows)), limits: Self.limits).records())
        #expect(read.rows == [rows[0], rows[2]])
        #expect(read.rejects.count == 1)
        #expect(read.rejects.first?.record == 2)
        #expect(read.rejects.first?.line == (format == .csv ? 3 : 2))
    }

    @Test(arguments: Format.allCases)
    func bytesThatAreNoUTF8AreRejectedWithTheirLine(_ format: Format) throws {
        let folder = try TemporaryFolder()
        var data = Data(try format.text([["1", "", ""], ["2", "", ""], ["3", "", ""]] + Self.rows(20000)).utf8)
        // Beyond the sample that decides about the encoding, a single bad byte is a matter of its row.
        let late = try #require(data.range(of: Data("r19000".utf8)))
        data[late.lowerBound] = 0xFF
        let read = try Self.read(Export(folder.write("in", data), limits: Self.limits).records())
        #expect(read.rows.count == 20002)
        #expect(read.rejects.count == 1)
    }

    @Test(arguments: Format.allCases)
    func aMissingFinalLineEndLosesNothing(_ format: Format) throws {
        let folder = try TemporaryFolder()
        let rows = Self.rows(10)
        let text = String(try format.text(rows).dropLast())
        #expect(try Self.read(Export(folder.write("in", text)).records()).rows == rows)
    }

    @Test(arguments: Format.allCases)
    func aByteOrderMarkIsNoPartOfTheFirstCell(_ format: Format) throws {
        let folder = try TemporaryFolder()
        let rows = Self.rows(5)
        let export = try Export(folder.write("in", "\u{FEFF}" + format.text(rows)))
        #expect(export.columns.first == "a")
        #expect(export.hasByteOrderMark)
        #expect(try Self.read(export.records()).rows == rows)
    }
}
