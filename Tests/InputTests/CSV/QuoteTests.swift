import Foundation
import Input
import Records
import Testing

/// What quotes mean where they do not stand as RFC 4180 has them.
@Suite struct QuoteTests {
    private func rows(_ text: String, _ settings: ExportSettings = ExportSettings()) throws -> [[String]] {
        let read = try Reading.of("a,b\n" + text, settings)
        #expect(read.rejects.isEmpty, "\(read.rejects)")
        return read.rows
    }

    @Test func quotesInsideAnUnquotedCellAreText() throws {
        #expect(try rows("5\" disk,x\n6\"\",\"y\"\n") == [["5\" disk", "x"], ["6\"\"", "y"]])
    }

    @Test func textBehindAClosingQuoteBelongsToTheCell() throws {
        #expect(try rows("\"Acme\" Inc,x\n1,\"y\" z\n3,4\n") == [["Acme Inc", "x"], ["1", "y z"], ["3", "4"]])
        #expect(try rows("\"Acme\" Inc,\"x\"\n") == [["Acme Inc", "x"]])
    }

    @Test func quotesThatNobodyDoubledAreText() throws {
        #expect(try rows("\"Acme \"Best\" Inc\",x\n") == [["Acme \"Best\" Inc", "x"]])
        #expect(try rows("1,\"say \"hi\" and \"bye\" now\"\n") == [["1", "say \"hi\" and \"bye\" now"]])
    }

    @Test func backslashesEscapeWhereTheFileUsesThem() throws {
        #expect(
            try rows("1,\"say \\\"hi\\\", ok\"\n2,\"back\\\\slash\"\n") == [
                ["1", "say \"hi\", ok"], ["2", "back\\slash"],
            ])
        // A path that ends with a backslash is none of these.
        #expect(try rows("1,\"C:\\temp\\\"\n2,x\n") == [["1", "C:\\temp\\"], ["2", "x"]])
    }

    @Test func apostrophesAroundCellsAreQuotesAndAloneAreText() throws {
        #expect(try rows("'1','x, y'\n'2','it''s'\n'3','z'\n") == [["1", "x, y"], ["2", "it's"], ["3", "z"]])
        #expect(try rows("'+44 20 7946 0123,x\nO'Neill,y\n") == [["'+44 20 7946 0123", "x"], ["O'Neill", "y"]])
    }

    @Test func quotesMeanNothingWhereThatIsSet() throws {
        #expect(try rows("\"x,y\"\n", .with { $0.csv.quote = .none }) == [["\"x", "y\""]])
    }

    @Test func anUnclosedQuoteCostsOnlyItsOwnLine() throws {
        var limits = RecordLimits()
        limits.field = 200
        let tail = (1...50).map { "row\($0),x" }.joined(separator: "\n")
        let read = try Reading.of("a,b\n1,2\n\"open,3\n\(tail)\n", limits: limits)
        #expect(read.rejects.map(\.reason) == ["unclosed_quote"])
        #expect(read.rejects.map(\.line) == [3])
        #expect(read.rows.count == 51)
    }

    @Test func anUnclosedQuoteAtTheEndCostsOnlyItsOwnLine() throws {
        let read = try Reading.of("a,b\n\"open,3\n5,6\n")
        #expect(read.rejects.map(\.line) == [2])
        #expect(read.rows == [["5", "6"]])
    }

    @Test func aQuoteThatOpensInALaterLineShowsThatTheOneBeforeWasNeverClosed() throws {
        let read = try Reading.of("a,b\n1,\"open\n2,\"fine\"\n\"3\",x\n\"4,y\n\"5\",z\n")
        #expect(read.rows == [["2", "fine"], ["3", "x"], ["5", "z"]])
        #expect(read.rejects.map(\.line) == [2, 5])
        #expect(read.rejects.map(\.raw) == ["1,\"open", "\"4,y"])
    }

    @Test func aLongLineInsideQuotesCostsOnlyItself() throws {
        var limits = RecordLimits()
        limits.field = 1000
        let endless = String(repeating: "x", count: 40_000)
        let read = try Reading.of("a,b\n1,\"open\n\(endless)\n3,4\n5,6\n", limits: limits)
        #expect(read.rejects.map(\.reason) == ["unclosed_quote", "cell_too_long"])
        #expect(read.rows == [["3", "4"], ["5", "6"]])
    }

    @Test func aLineWithoutEndIsPassedOver() throws {
        var limits = RecordLimits()
        limits.field = 1 << 16
        let endless = String(repeating: "x", count: 3 << 20)
        let read = try Reading.of("a,b\n1,2\n\(endless)\r\n3,4\n", limits: limits)
        #expect(read.rejects.map(\.reason) == ["record_too_long"])
        #expect(read.rejects.first?.raw.count == Reject.rawLimit)
        #expect(read.rows == [["1", "2"], ["3", "4"]])
        #expect(read.starts.map(\.line) == [2, 4])
    }

    /// Every line opens a quote that nothing closes: each is rejected by itself, in time that grows with the file only.
    @Test func aFileOfOpenQuotesIsReadInLinearTime() throws {
        let lines = (0..<8000).map { $0 % 2 == 0 ? "\"open \($0),x\n" : "y,\"open \($0)\n" }
        let clock = ContinuousClock()
        var times: [Duration] = []
        for count in [2000, 8000] {
            let text = "a,b\n" + lines[..<count].joined()
            let start = clock.now
            let read = try Reading.of(text)
            times.append(clock.now - start)
            #expect(read.rejects.count == count)
        }
        #expect(times[1] < times[0] * 16)
    }
}
