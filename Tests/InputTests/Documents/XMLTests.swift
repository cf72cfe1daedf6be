import Foundation
@testable import Input
import Records
import TestSupport
import Testing

@Suite struct XMLTests {
    @Test func attributesAndElementsAreColumns() throws {
        let read = try Reading.of(
            """
            <?xml version="1.0"?>
            <leads source="crm">
              <lead id="1"><name>Zelda</name><company size="10"><name>Acme &amp; Co</name></company></lead>
              <lead id="2"><name><![CDATA[<Yann>]]></name><company><name/></company><late>x</late></lead>
            </leads>
            """)
        #expect(read.format == "xml")
        #expect(read.columns == ["id", "name", "company.size", "company.name", "late"])
        #expect(read.rows == [["1", "Zelda", "10", "Acme & Co", ""], ["2", "<Yann>", "", "", "x"]])
        #expect(read.starts.map(\.line) == [3, 4])
    }

    @Test func repeatedElementsGetANumberEachOrAreJoined() throws {
        let text = """
            <x><p><mail>a</mail><mail>b</mail><tel><type>w</type><no>1</no></tel><tel><no>2</no></tel></p>
            <p><mail>c</mail></p></x>
            """
        let indexed = try Reading.of(text)
        #expect(indexed.columns == ["mail", "mail.2", "tel.type", "tel.no", "tel.2.no"])
        #expect(indexed.rows == [["a", "b", "w", "1", "2"], ["c", "", "", "", ""]])
        let joined = try Reading.of(text, .with { $0.xml.repeated = .join })
        #expect(joined.columns == ["mail", "tel.type", "tel.no"])
        #expect(joined.rows[0] == ["a; b", "w", "1; 2"])
    }

    @Test func anAttributeBesideAnElementOfItsNameIsToldApart() throws {
        let read = try Reading.of("<x><p id=\"1\"><id>2</id></p><p id=\"3\"><id>4</id></p></x>")
        #expect(read.columns == ["@id", "id"])
        #expect(read.rows == [["1", "2"], ["3", "4"]])
    }

    @Test func namespacesDoNotCount() throws {
        let read = try Reading.of(
            "<s:Envelope xmlns:s=\"urn:s\"><s:Body><c:rec xmlns:c=\"urn:c\"><c:Email>z</c:Email></c:rec>"
                + "<c:rec xmlns:c=\"urn:c\"><c:Email>y</c:Email></c:rec></s:Body></s:Envelope>")
        #expect(read.columns.first == "Email")
        #expect(read.rows.map { $0[0] } == ["z", "y"])
    }

    @Test(arguments: [
        // Nested lists: the outer record, not what repeats in it.
        (
            "<r><lead><n>1</n><e>x</e><tags><tag k=\"1\">a</tag><tag k=\"2\">b</tag></tags></lead></r>",
            "lead", 1
        ),
        ("<r><meta><a>1</a></meta><list><c><e>x</e></c><c><e>y</e></c></list></r>", "c", 2),
        ("<lead><name>Zelda</name><mail>z</mail></lead>", "lead", 1),
        ("<r><e>x</e><e>y</e></r>", "e", 2),
    ])
    func theRecordIsFound(_ text: String, _ record: String, _ count: Int) throws {
        let folder = try TemporaryFolder()
        let export = try Export(folder.write("in", text))
        guard case .xml(let layout) = export.format else { return #expect(Bool(false)) }
        #expect(layout.record.last == record)
        #expect(try Reading(export).rows.count == count)
    }

    @Test func theRecordCanBeSet() throws {
        let text = "<r><a><b><n>1</n></b></a><c><b><n>2</n></b><b><n>3</n></b></c></r>"
        #expect(try Reading.of(text, .with { $0.xml.record = "b" }).rows.count == 3)
        #expect(try Reading.of(text, .with { $0.xml.record = "c/b" }).rows.count == 2)
        #expect(
            #expect(throws: Diagnostic.self) { try Reading.of(text, .with { $0.xml.record = "nobody" }) }?.code
                == "no_record")
    }

    @Test func theDeclaredEncodingCounts() throws {
        let text =
            Data("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><r><p><n>J".utf8) + Data([0xF6])
            + Data("rg</n></p><p><n>x</n></p></r>".utf8)
        #expect(try Reading.of(text).rows.map { $0[0] } == ["Jörg", "x"])
    }

    @Test func charactersThatXMLForbidsCostTheirRecordOnly() throws {
        let text =
            Data("<r><p><n>a</n></p><p><n>b".utf8) + Data([0x0B, 0xFF]) + Data("</n></p><p><n>c</n></p></r>".utf8)
        let utf8 = TextEncoding.utf8
        let rejected = try Reading.of(text, .with { $0.encoding = utf8 })
        #expect(rejected.rows.map { $0[0] } == ["a", "c"])
        #expect(rejected.rejects.map(\.reason) == ["invalid_text"])
        #expect(rejected.rejects.map(\.record) == [2])
        let replaced = try Reading.of(
            text,
            .with {
                $0.encoding = utf8
                $0.rules.invalidText = .replace
            })
        #expect(replaced.rows.map { $0[0] } == ["a", "b\u{FFFD}\u{FFFD}", "c"])
    }

    @Test func aLookAtASampleIsFreedWithAllItsElements() throws {
        weak var census: XMLCensus?
        do {
            let counted = XMLCensus()
            let parser = MarkupParser(.xml, handler: counted, limits: RecordLimits(), file: "in")
            try Array("<r><p><n>x</n></p><p><n>y</n></p></r>".utf8).withUnsafeBytes { try parser.feed($0) }
            census = counted
            #expect(census?.record == ["r", "p"])
        }
        #expect(census == nil)
    }

    @Test func declarationsOfEntitiesAreFreedWithTheirParser() throws {
        // libxml2 makes a document of its own for them: kept, these would be 400 MB.
        let declared = Array("<!DOCTYPE r [<!ENTITY a \"\(String(repeating: "a", count: 1 << 20))\">]><r/>".utf8)
        let before = try Self.heap()
        for _ in 0..<400 {
            let parser = MarkupParser(.xml, handler: XMLCensus(), limits: RecordLimits(), file: "in")
            #expect(throws: Diagnostic.self) { try declared.withUnsafeBytes { try parser.feed($0) } }
        }
        let grown = try Self.heap() - before
        #expect(grown < 250 << 20, "\(grown >> 20) MiB")
    }

    /// Memory of this process that is not a file's, in bytes; other tests have some of it too.
    private static func heap() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
        return try #require(Int(line.filter(\.isNumber))) << 10
    }

    @Test func entitiesAreRefusedBeforeTheyGrow() throws {
        let bomb = """
            <!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
            <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><r><p><n>&c;</n></p><p><n>x</n></p></r>
            """
        #expect(#expect(throws: Diagnostic.self) { try Reading.of(bomb) }?.code == "entities_refused")
        let file = try TemporaryFolder()
        let secret = try file.write("secret", "secret")
        let outside = "<!DOCTYPE r [<!ENTITY x SYSTEM \"file://\(secret)\">]><r><p><n>&x;</n></p><p><n>y</n></p></r>"
        #expect(#expect(throws: Diagnostic.self) { try Reading.of(outside) }?.code == "entities_refused")
        // A document type alone is nothing bad, and what it names is not loaded.
        let named = "<!DOCTYPE r SYSTEM \"http://127.0.0.1:9/x.dtd\"><r><p><n>x</n></p><p><n>y</n></p></r>"
        #expect(try Reading.of(named).rows.count == 2)
    }

    @Test func depthHasALimit() throws {
        let deep = String(repeating: "<a>", count: 100_000)
        let error = #expect(throws: Diagnostic.self) { try Reading.of("<r><p><n>x</n></p>" + deep) }
        #expect(error?.code == "too_deep")
    }

    @Test func whatComesBeforeABreakIsReadAndTheBreakIsSaidWithItsLine() throws {
        let text = "<r>\n<p><n>1</n></p>\n<p><n>2</n></p>\n<p><n>3</m></p>\n</r>"
        let folder = try TemporaryFolder()
        let records = try Export(folder.write("in", text)).records()
        let batch = try #require(try records.next())
        #expect(batch.rowCount == 2)
        let error = #expect(throws: Diagnostic.self) { try records.next() }
        #expect(error?.code == "broken_markup" && error?.line == 4, "\(String(describing: error))")
        // A file that ends too early is no whole file.
        let cut = #expect(throws: Diagnostic.self) { try Reading.of("<r><p><n>1</n></p><p><n>2</n></p>") }
        #expect(cut?.code == "broken_markup")
    }
}
