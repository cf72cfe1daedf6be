import Foundation
import Input
import Records
import TestSupport
import Testing

/// What every reader has to do, whatever the format.
@Suite struct RecordSourceConformance {
    typealias Format = TableFormat

    /// Small batches, so that there are many boundaries.
    static var limits: RecordLimits {
        var limits = RecordLimits()
        limits.batchRows = 7
        limits.field = 5000
        return limits
    }

    static func rows(_ count: Int, seed: UInt64 = 1) -> [[String]] {
        var random = SeededRandom(seed)
        let pieces = [
            "", " ", "x", "ü", ",", "\"", "\n", "\r\n", ";", "日本", "long text that goes on ", "\\", "{", "'", "<&>",
        ]
        return (0..<count).map { row in
            ["r\(row)"]
                + (0..<2).map { _ in
                    (0..<Int.random(in: 0...4, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                        .joined()
                }
        }
    }

    /// What was read, of the three columns only.
    static func read(_ path: String, from position: Position? = nil) throws -> Reading {
        var read = try Reading(Export(path, limits: limits), from: position)
        read.rows = read.rows.map { Array($0.prefix(3)) }
        return read
    }

    @Test(arguments: Format.allCases)
    func everyRowComesOnceInOrderWithItsCells(_ format: Format) throws {
        let folder = try TemporaryFolder()
        let rows = Self.rows(500)
        let read = try Self.read(folder.write("in", try format.data(rows)))
        #expect(read.columns.prefix(3) == ["a", "b", "c"])
        #expect(read.rows == format.shown(rows))
        #expect(read.starts.map(\.record) == Array(1...500))
    }

    @Test(arguments: Format.allCases)
    func readingGoesOnAtTheEndOfAnyBatch(_ format: Format) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("in", try format.data(Self.rows(60)))
        let whole = try Self.read(path)
        for end in whole.ends {
            let rest = try Self.read(path, from: end.position)
            #expect(rest.rows == Array(whole.rows.dropFirst(end.rows)))
            #expect(rest.starts == Array(whole.starts.dropFirst(end.rows)))
        }
    }

    @Test(arguments: Format.allCases)
    func positionsNameTheLineOfARow(_ format: Format) throws {
        let folder = try TemporaryFolder()
        let rows = (1...60).map { ["r\($0)", "x", "y"] }
        let read = try Self.read(folder.write("in", try format.data(rows)))
        #expect(read.starts.map(\.line) == (1...60).map { format.line(ofRow: $0) })
    }

    @Test(arguments: Format.allCases.filter(\.isByBytes))
    func positionsNameTheByteWhereARowStarts(_ format: Format) throws {
        let folder = try TemporaryFolder()
        let data = try format.data(Self.rows(60))
        let bytes = Array(data)
        for position in try Self.read(folder.write("in", data)).starts {
            #expect(bytes[..<position.byte].count { $0 == 10 } + 1 == position.line)
            #expect(position.byte == 0 || bytes[position.byte - 1] == 10)
        }
    }

    @Test(arguments: Format.allCases)
    func aRowBeyondTheLimitIsRejectedAndItsNeighboursSurvive(_ format: Format) throws {
        let folder = try TemporaryFolder()
        let rows = [["1", "x", ""], ["2", String(repeating: "x", count: 6000), ""], ["3", "y", "z"]]
        let read = try Self.read(folder.write("in", try format.data(rows)))
        #expect(read.rows == [rows[0], rows[2]])
        #expect(read.rejects.count == 1)
        #expect(read.rejects.first?.record == 2)
        #expect(read.rejects.first?.line == format.line(ofRow: 2))
        #expect((read.rejects.first?.raw.utf8.count ?? 0) <= Reject.rawLimit + 3)
    }

    @Test(arguments: Format.allCases.filter(\.isByBytes))
    func aMissingFinalLineEndLosesNothing(_ format: Format) throws {
        let folder = try TemporaryFolder()
        let rows = Self.rows(10)
        #expect(try Self.read(folder.write("in", try format.data(rows).dropLast())).rows == rows)
    }

    @Test(arguments: [Format.csv, .jsonl, .jsonArray, .xml, .html])
    func aByteOrderMarkIsNoPartOfTheFirstCell(_ format: Format) throws {
        let folder = try TemporaryFolder()
        let rows = Self.rows(5)
        let path = try folder.write("in", Data([0xEF, 0xBB, 0xBF]) + format.data(rows))
        #expect(try Export(path).hasByteOrderMark)
        let read = try Self.read(path)
        #expect(read.columns.first == "a")
        #expect(read.rows == format.shown(rows))
        for end in read.ends.prefix(2) {
            #expect(try Self.read(path, from: end.position).rows == Array(read.rows.dropFirst(end.rows)))
        }
    }

    /// What is held at once is a batch, and a batch has the same size in a file of any length.
    @Test(arguments: Format.allCases)
    func whatIsHeldDoesNotGrowWithTheFile(_ format: Format) throws {
        let folder = try TemporaryFolder()
        let rows = (0..<60_000).map { ["row \($0)", "some text that makes it longer \($0)", "and more of it"] }
        let path = try folder.write("in", try format.data(rows))
        let export = try Export(path)
        let records = try export.records()
        var count = 0
        var largest = 0
        while let batch = try records.next() {
            count += batch.rowCount
            largest = max(largest, batch.byteCount)
        }
        #expect(count == 60_000)
        // One batch at a time, of a size that does not depend on the file's.
        #expect(largest < 2 * RecordLimits().batchBytes)
    }
}
