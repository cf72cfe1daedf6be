import Foundation
import Input
import Records
import TestSupport
import Testing

@Suite struct InputFilesTests {
    private func names(_ paths: [String], in folder: TemporaryFolder) throws -> [String] {
        try ExportStream.open(paths.map { folder.file($0) }, settings: ExportSettings()).map {
            String($0.name.dropFirst(folder.path.count + 1))
        }
    }

    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in ["b.csv", "a.csv", "sub/c.csv", "sub/deep/d.csv", "notes.md", ".hidden.csv", "e.csv.partial"] {
            try folder.write(name, "Email\nz@acme.example\ny@acme.example\n")
        }
        return folder
    }

    @Test func patternsAndFoldersComeSorted() throws {
        let folder = try folder()
        #expect(try names(["*.csv"], in: folder) == ["a.csv", "b.csv"])
        #expect(try names(["*.csv*"], in: folder) == ["a.csv", "b.csv"])
        #expect(try names(["sub"], in: folder) == ["sub/c.csv"])
        #expect(try names(["."], in: folder).map { $0.replacingOccurrences(of: "./", with: "") } == ["a.csv", "b.csv"])
        #expect(
            try names(["**/*.csv"], in: folder) == ["a.csv", "b.csv", "sub/c.csv", "sub/deep/d.csv"])
        #expect(try names(["sub/**/*.csv"], in: folder) == ["sub/c.csv", "sub/deep/d.csv"])
        #expect(try names(["b.csv", "a.csv"], in: folder) == ["b.csv", "a.csv"])
    }

    @Test(arguments: ["nothing-*.csv", "none.csv", "empty"])
    func whatIsNotThereIsSaid(_ path: String) throws {
        let folder = try folder()
        try folder.write("empty/readme.md", "x")
        #expect(#expect(throws: Diagnostic.self) { try names([path], in: folder) }?.code == "no_input")
    }

    @Test func aFolderThatIsReadAsAFileIsSaidClearly() throws {
        let folder = try TemporaryFolder()
        #expect(#expect(throws: Diagnostic.self) { try Export(folder.path) }?.code == "input_is_directory")
    }

    @Test func thousandsOfFilesTakeNoDescriptors() throws {
        let folder = try TemporaryFolder()
        for number in 0..<1500 { try folder.write("\(number).csv", "Email\nz\(number)@acme.example\ny@acme.example\n") }
        let stream = ExportStream(try ExportStream.open([folder.path + "/*.csv"], settings: ExportSettings()))
        var rows = 0
        while let (_, batch) = try stream.next() { rows += batch.rowCount }
        #expect(rows == 3000)
    }

    @Test func filesWithOtherColumnsShareOneTable() throws {
        let folder = try TemporaryFolder()
        let exports = [
            try Export(folder.write("1.csv", "a,b\n1,2\n")), try Export(folder.write("2.csv", "b,c,b\n3,4,5\n")),
        ]
        let stream = ExportStream(exports)
        #expect(stream.columns == ["a", "b", "c", "b"])
        #expect(stream.places == [[0, 1, nil, nil], [nil, 0, 1, 2]])
        let named = ExportStream(exports, namesSource: true)
        #expect(named.columns == ["a", "b", "c", "b", "source_file"])
        #expect(named.places.map(\.last) == [.some(nil), .some(nil)])
    }

    @Test func aFileThatGrowsWhileItIsReadIsNoticed() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("in.csv", "a,b\n1,2\n")
        let stream = ExportStream([try Export(path)])
        _ = try stream.next()
        try folder.write("in.csv", "a,b\n1,2\n3,4\n")
        #expect(#expect(throws: Diagnostic.self) { try stream.next() }?.code == "input_changed")
    }

    @Test(arguments: [
        ("%PDF-1.4", "PDF"), ("PAR1....", "Parquet"), ("MIME-Version: 1.0\n", "web archive"), ("Rar!\u{1A}", "RAR"),
    ])
    func whatIsNoExportIsRefusedByItsName(_ text: String, _ word: String) throws {
        let error = #expect(throws: Diagnostic.self) { try Reading.of(text) }
        #expect(error?.code == "unknown_format" && error?.message.contains(word) == true)
        #expect(error?.hint != nil)
    }

    @Test func bytesThatAreNoTextAreRefused() throws {
        var random = SeededRandom(5)
        let noise = Data((0..<2000).map { _ in UInt8.random(in: 0...255, using: &random) })
        let error = #expect(throws: Diagnostic.self) { try Reading.of(Data([0, 1, 2]) + noise) }
        #expect(error?.code == "unknown_format" && error?.message.contains("no text") == true)
    }

    /// What every export of a real program comes to: three people, or two with the lines under them left out.
    @Test(
        arguments: try FileManager.default.contentsOfDirectory(atPath: Checkout.file("Tests/Fixtures/exports")).sorted()
    )
    func exportsOfRealProgramsAreRead(_ name: String) throws {
        let read = try Reading(Checkout.file("Tests/Fixtures/exports/\(name)"))
        #expect(read.rejects.isEmpty)
        #expect(read.rows.count == (name.hasPrefix("salesforce") ? 2 : 3))
        #expect(read.rows.joined().contains { $0.contains("Jörg") }, "\(read.encoding)")
        #expect(read.rows.joined().contains { $0.contains("d'Éxample") })
        #expect((read.notes[.footer]?.count ?? 0) == (name.hasPrefix("salesforce") ? 2 : 0))
    }
}
