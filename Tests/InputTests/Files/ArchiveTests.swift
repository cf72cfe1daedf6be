import Foundation
import Input
import Records
import TestSupport
import Testing

@Suite struct ArchiveTests {
    static let text = "Name,Email\n" + (0..<5000).map { "Zelda \($0),z\($0)@acme.example\n" }.joined()

    @Test(arguments: ArchiveWriter.Filter.allCases)
    func compressedFilesAreReadByContent(_ filter: ArchiveWriter.Filter) throws {
        let folder = try TemporaryFolder()
        let data = ArchiveWriter.compressed(Data(Self.text.utf8), filter)
        let export = try Export(folder.write("leads.csv", data))
        #expect(export.compression.rawValue == filter.rawValue)
        let read = try Reading(export)
        #expect(read.rows.count == 5000)
        // A file of several members is all of them.
        let more = ArchiveWriter.compressed(Data("Yann,y@acme.example\n".utf8), filter)
        #expect(try Reading(folder.write("two.csv", data + more)).rows.count == 5001)
        for end in read.ends.prefix(1) {
            #expect(try Reading(export, from: end.position).rows.count == 5000 - end.rows)
        }
    }

    @Test(arguments: ArchiveWriter.Filter.allCases)
    func aCutArchiveIsAnErrorThatSaysHowFarItGot(_ filter: ArchiveWriter.Filter) throws {
        var random = SeededRandom(3)
        // Text that hardly compresses, so that half of the file is far from its beginning.
        let noise = (0..<50_000).map { _ in "\(UInt64.random(in: 0...UInt64.max, using: &random)),x\n" }.joined()
        let data = ArchiveWriter.compressed(Data(("a,b\n" + noise).utf8), filter)
        let folder = try TemporaryFolder()
        let path = try folder.write("cut.csv", data.prefix(data.count * 9 / 10))
        let error = #expect(throws: Diagnostic.self) { try Reading(path) }
        #expect(error?.code == "damaged_archive", "\(String(describing: error))")
        let bytes = try #require(error?.message.split(separator: " ").compactMap { Int($0) }.last)
        #expect(bytes > 0)
    }

    @Test func aDamagedChecksumIsSaid() throws {
        var data = ArchiveWriter.compressed(Data(Self.text.utf8), .gzip)
        #expect(try Reading.of(data).rows.count == 5000)
        data[data.count - 7] ^= 1
        let error = #expect(throws: Diagnostic.self) { try Reading.of(data) }
        #expect(error?.code == "damaged_archive" && error?.message.contains("data check") == true)
    }

    @Test func whatFollowsAGzipFileIsNoPartOfIt() throws {
        let data = ArchiveWriter.compressed(Data(Self.text.utf8), .gzip)
        #expect(try Reading.of(data + Data(count: 200_000)).rows.count == 5000)
        #expect(try Reading.of(data + Data("trailing".utf8)).rows.count == 5000)
    }

    /// A broken bit is an error or changes nothing, and is never a shorter or another table.
    ///
    /// Zstandard is left out: its checksum is optional, and the library that writes here leaves it away.
    @Test(arguments: ["gzip", "xz", "bzip2", "zip", "xlsx"])
    func aBrokenBitIsNeverReadAsAnotherTable(_ kind: String) throws {
        var random = SeededRandom(41)
        let noise = (0..<3000).map { "n\($0),\(UInt64.random(in: 0...UInt64.max, using: &random))" }
        let text = Data(("Name,Number\n" + noise.joined(separator: "\n") + "\n").utf8)
        let data =
            switch kind {
            case "zip": ArchiveWriter.zip([("leads.csv", text)])
            case "xlsx":
                WorkbookWriter(
                    texts: [["Name", "Number"]] + noise.map { $0.split(separator: ",").map(String.init) }
                ).data()
            default: ArchiveWriter.compressed(text, try #require(ArchiveWriter.Filter(rawValue: kind)))
            }
        let whole = try Reading.of(data)
        #expect(whole.rows.count == 3000)
        var errors = 0
        for _ in 0..<40 {
            var broken = data
            broken[Int.random(in: (data.count / 5)..<(data.count * 4 / 5), using: &random)] ^=
                1 << UInt8.random(in: 0...7, using: &random)
            do {
                #expect(try Reading.of(broken).rows == whole.rows)
            } catch is Diagnostic {
                errors += 1
            }
        }
        #expect(errors > 20)
    }

    @Test func whatLiesBesideTablesIsPassedOverAndSaid() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "weekly.zip",
            ArchiveWriter.zip([
                ("Lead.csv", Data("Email\nz@acme.example\n".utf8)), ("Empty.csv", Data()),
                ("logo.png", Data([0x89, 0x50])),
                ("Ünï.csv", Data("Email\ny@acme.example\n".utf8)), ("readme.txt", Data("hello there\nthis is\n".utf8)),
            ]))
        let exports = try ExportStream.open([path], settings: ExportSettings())
        #expect(exports.map { $0.member } == ["Lead.csv", "Ünï.csv"])
        #expect(exports[0].notes.map(\.code) == ["passed_over", "passed_over", "passed_over"])
    }

    @Test func aTarArchiveIsRefusedByItsName() throws {
        var tar = Data("leads.csv".utf8) + Data(count: 248) + Data("ustar".utf8)
        tar.append(Data(count: 1024 - tar.count))
        for data in [tar, ArchiveWriter.compressed(tar, .gzip)] {
            let error = #expect(throws: Diagnostic.self) { try Reading.of(data) }
            #expect(error?.code == "unknown_format" && error?.message.contains("tar") == true)
        }
    }

    @Test func anArchiveHoldsOneExportForEachFile() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "weekly.zip",
            ArchiveWriter.zip([
                ("Lead.csv", Data("Name,Email\nZelda,z@acme.example\n".utf8)),
                ("data/Contact.csv", Data("Email,Name\ny@acme.example,Yann\n".utf8)),
                ("__MACOSX/._Lead.csv", Data([0, 1, 2])),
                ("inner.csv.gz", ArchiveWriter.compressed(Data("Email\nx@acme.example\nw@acme.example\n".utf8), .gzip)),
            ]))
        let exports = try ExportStream.open([path], settings: ExportSettings())
        #expect(exports.map(\.name) == ["\(path)/Lead.csv", "\(path)/data/Contact.csv", "\(path)/inner.csv.gz"])
        #expect(exports.allSatisfy { $0.compression == .zip })
        #expect(try exports.map { try Reading($0).rows.count } == [1, 1, 2])
        let chosen = try ExportStream.open([path], settings: .with { $0.members = ["Contact.csv"] })
        #expect(chosen.map(\.member) == ["data/Contact.csv"])
        #expect(try ExportStream.open([path], settings: .with { $0.members = ["*.csv"] }).count == 2)
        let none = #expect(throws: Diagnostic.self) {
            try ExportStream.open([path], settings: .with { $0.members = ["Nobody.csv"] })
        }
        #expect(none?.code == "no_input" && none?.hint?.contains("Lead.csv") == true)
    }

    @Test func aCutZipIsSaid() throws {
        let data = ArchiveWriter.zip([("a.csv", Data(Self.text.utf8))])
        let error = #expect(throws: Diagnostic.self) { try Reading.of(data.prefix(data.count / 2)) }
        #expect(error?.code == "damaged_archive", "\(String(describing: error))")
    }

    @Test(arguments: [ArchiveWriter.Filter.zstd, .xz, .bzip2, .gzip])
    func aBombIsRefused(_ filter: ArchiveWriter.Filter) throws {
        let line = "a,b\n" + String(repeating: "x,\(String(repeating: "y", count: 60))\n", count: 30_000)
        let data = ArchiveWriter.compressed(Data(line.utf8), filter)
        var limits = RecordLimits()
        limits.ratio = 100
        limits.harmless = 1 << 20
        let error = #expect(throws: Diagnostic.self) { try Reading.of(data, limits: limits) }
        #expect(error?.code == "archive_too_large", "\(String(describing: error))")
        limits = RecordLimits()
        limits.unpacked = 1 << 20
        #expect(#expect(throws: Diagnostic.self) { try Reading.of(data, limits: limits) }?.code == "archive_too_large")
    }

    @Test func anEmptyFileInAnArchiveIsSaidByItsName() throws {
        let error = #expect(throws: Diagnostic.self) { try Reading.of(ArchiveWriter.zip([("a.csv", Data())])) }
        #expect(error?.code == "empty_input" && error?.file?.hasSuffix("in/a.csv") == true)
    }
}
