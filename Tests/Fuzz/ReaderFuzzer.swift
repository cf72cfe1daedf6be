import Foundation
import Records

/// Bytes from a fuzzer, through one reader: what must hold for any input whatever.
///
/// Compiled into the `Input` module by `scripts/fuzz.sh`, so that readers are reached without files in between.
/// - Nothing crashes; a broken file is a ``Diagnostic``.
/// - Every cell is UTF-8, records are numbered without gaps, and lines never go backwards.
/// - The same bytes in pieces of another size come to the same rows.
enum ReaderFuzzer: String {
    case csv, json, xml, html, sheet, encoding, archive

    static let chosen =
        ReaderFuzzer(
            rawValue: ProcessInfo.processInfo.environment["FUZZ_READER"] ?? "csv") ?? .csv

    static var limits: RecordLimits {
        var limits = RecordLimits()
        limits.field = 512
        limits.columns = 64
        limits.depth = 16
        limits.batchRows = 3
        limits.block = 1 << 10
        limits.harmless = 1 << 16
        limits.unpacked = 1 << 20
        return limits
    }

    /// Runs the reader once with whole pieces and once with small ones.
    func run(_ bytes: [UInt8]) {
        let whole = outcome(bytes, piece: .max)
        let small = outcome(bytes, piece: 1 + (bytes.count % 7))
        precondition(whole == small, "pieces of another size come to other rows")
    }

    private func outcome(_ bytes: [UInt8], piece: Int) -> [String] {
        do {
            return try read(bytes, piece: piece)
        } catch let error as Diagnostic {
            return ["error: \(error.code)"]
        } catch {
            preconditionFailure("an error of no kind that a person can read")
        }
    }

    private func read(_ bytes: [UInt8], piece: Int) throws -> [String] {
        let stream = PiecedBytes(bytes, piece: piece)
        let utf8 = { try Transcoder(stream, from: .utf8, file: "in") }
        switch self {
        case .csv:
            let found = try DialectDetector(
                bytes, isWhole: true, settings: CSVSettings(), limits: Self.limits, file: "in")
            guard found.columns.count <= Self.limits.columns else { return [] }
            return try rows(
                CSVSource(
                    stream, name: "in", columns: found.columns, dialect: found.dialect, rules: ReadingRules(),
                    limits: Self.limits, from: found.dataStart))
        case .json:
            let layout = try JSONLayout(bytes, isWhole: true, limits: Self.limits, file: "in")
            return try rows(
                JSONSource(
                    stream, name: "in", layout: layout, rules: ReadingRules(), limits: Self.limits, from: .start))
        case .xml:
            let layout = try XMLLayout(bytes, isWhole: true, settings: XMLSettings(), limits: Self.limits, file: "in")
            let source = try XMLSource(
                utf8(), name: "in", layout: layout, rules: ReadingRules(), limits: Self.limits, from: .start)
            return try rows(source)
        case .html:
            let table = { (stream: any ByteStream) in
                HTMLTable(stream, number: 1, limits: Self.limits, file: "in")
            }
            let header = try TableHeader(
                table(Transcoder(SampleBytes(bytes), from: .utf8, file: "in")), setting: .auto, file: "in")
            return try rows(table(utf8()), header)
        case .sheet:
            let book = try Workbook(file: "in", limits: Self.limits) {
                Self.parts[$0].map { SampleBytes(Array($0.utf8)) }
            }
            let strings = try SharedStrings(nil, limits: Self.limits, file: "in")
            let sheet = { (stream: any ByteStream, width: Int?) in
                SheetRows(stream, workbook: book, strings: strings, width: width, limits: Self.limits, file: "in")
            }
            let header = try TableHeader(sheet(SampleBytes(bytes), nil), setting: .auto, file: "in")
            return try rows(sheet(stream, header.columns.count), header)
        case .encoding:
            let encoding = EncodingDetector(bytes).encoding
            return [try text(Transcoder(stream, from: encoding, file: "in"))]
        case .archive:
            return [try text(Compression.unpacked(PeekedBytes(stream), limits: Self.limits, name: "in").0)]
        }
    }

    private func text(_ stream: any ByteStream) throws -> String {
        var all: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 97)
        while true {
            let count = try block.withUnsafeMutableBytes { try stream.read(into: $0) }
            guard count > 0 else { return "\(all)" }
            all += block[..<count]
        }
    }

    private func rows(_ table: any TableRows, _ header: TableHeader) throws -> [String] {
        guard header.columns.count <= Self.limits.columns else { return [] }
        return try rows(
            TableSource(
                table, name: "in", columns: header.columns, rules: ReadingRules(), limits: Self.limits,
                from: Position(byte: header.rowsAbove, line: 1, record: 1)))
    }

    private func rows(_ source: any RecordSource) throws -> [String] {
        var rows: [String] = []
        var line = 0
        do {
            while let batch = try source.next() {
                precondition(batch.columnCount == source.columns.count)
                var records = batch.positions.map(\.record) + batch.rejects.map(\.record)
                records.sort()
                precondition(Set(records).count == records.count, "a record's number stands twice")
                for row in 0..<batch.rowCount {
                    precondition(batch.positions[row].line >= line, "lines go backwards")
                    line = batch.positions[row].line
                    var text = "\(batch.positions[row].record)@\(line):"
                    for column in 0..<batch.columnCount {
                        let cell = Array(batch[row, column])
                        precondition(String(validating: cell, as: UTF8.self) != nil, "a cell is no UTF-8")
                        text += "|" + String(decoding: cell, as: UTF8.self)
                    }
                    rows.append(text)
                }
                rows += batch.rejects.map { "\($0.record)@\($0.line): \($0.reason)" }
            }
        } catch let error as Diagnostic {
            rows.append("error: \(error.code)")
        }
        return rows.sorted()
    }

    private static let parts = [
        "xl/workbook.xml": "<workbook><sheets><sheet name=\"S\" id=\"r1\"/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels":
            "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"s.xml\"/><Relationship Id=\"r2\" Type=\"x/styles\" Target=\"styles.xml\"/></Relationships>",
        "xl/styles.xml":
            "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"22\"/><xf numFmtId=\"46\"/></cellXfs></styleSheet>",
    ]
}

/// Bytes that arrive in pieces of a size.
final class PiecedBytes: ByteStream {
    private let bytes: [UInt8]
    private let piece: Int
    private(set) var taken = 0

    init(_ bytes: [UInt8], piece: Int) {
        self.bytes = bytes
        self.piece = piece
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, piece, bytes.count - taken)
        buffer.copyBytes(from: bytes[taken..<(taken + count)])
        taken += count
        return count
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    ReaderFuzzer.chosen.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
