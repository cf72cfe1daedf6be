import Foundation
import Input
import Records
import TestSupport
import Testing

@Suite struct EncodingTests {
    /// The text as iconv writes it.
    private func encoded(_ text: String, _ name: String) throws -> Data {
        let converter = iconv_open(name, "UTF-8")
        defer { iconv_close(converter) }
        var input = Array(text.utf8).map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: input.count * 4 + 16)
        let written = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                var from = input.baseAddress
                var fromLeft = input.count
                var to = output.baseAddress
                var toLeft = output.count
                _ = iconv(converter, &from, &fromLeft, &to, &toLeft)
                _ = iconv(converter, nil, nil, &to, &toLeft)
                return fromLeft == 0 ? output.count - toLeft : -1
            }
        }
        try #require(written >= 0)
        return Data(output[..<written].map { UInt8(bitPattern: $0) })
    }

    static let western = """
        Name,Email,Company
        Jörg d'Éxample,joerg@beispiel.example,Müller & Söhne
        Zoë Çelik,zoe@acme.example,Crème brûlée SA
        Núria Peña,nuria@acme.example,Año Nuevo – “España”

        """
    static let japanese = "氏名,メールアドレス,会社名\n山田 太郎,taro@acme.example,株式会社サンプル\n佐藤 花子,hanako@acme.example,テスト商事\n"
    static let chinese = "姓名,邮箱,公司\n王小明,wang@acme.example,示例科技有限公司\n李华,li@acme.example,北京测试公司\n"
    static let russian =
        "имя,фамилия,Email,компания\nИван,Петров,ivan@acme.example,ООО Пример\nАнна,Смирнова,anna@acme.example,Тест\n"
    static let korean = "이름,이메일,회사\n김철수,kim@acme.example,예시 주식회사\n이영희,lee@acme.example,테스트 회사\n"

    @Test(arguments: [
        ("UTF-8", western, "utf-8"), ("UTF-16LE", western, "utf-16le"), ("UTF-16BE", western, "utf-16be"),
        ("CP1252", western, "windows-1252"), ("MACINTOSH", western, "macroman"), ("CP932", japanese, "shift_jis"),
        ("GBK", chinese, "gbk"), ("CP1251", russian, "windows-1251"), ("EUC-KR", korean, "euc-kr"),
        ("ISO-2022-JP", japanese, "iso-2022-jp"), ("UTF-8", japanese, "utf-8"), ("EUC-JP", japanese, "euc-jp"),
        ("KOI8-R", russian, "koi8-r"),
        ("CP1252", "Email,Größe\nz@acme.example,Süß\ny@acme.example,Müßig\n", "windows-1252"),
        ("CP932", "氏名,メール\n山田,t@acme.example\n佐藤,h@acme.example\n", "shift_jis"),
    ])
    func theEncodingIsFound(_ name: String, _ text: String, _ expected: String) throws {
        let read = try Reading.of(encoded(text, name))
        #expect(read.encoding == expected)
        let plain = try Reading.of(text)
        #expect(read.columns == plain.columns)
        #expect(read.rows == plain.rows)
        let isGuess = !expected.hasPrefix("utf-") && expected != "iso-2022-jp"
        #expect(read.diagnostics.contains { $0.code == "guessed_encoding" } == isGuess)
    }

    @Test(
        arguments: [
            ("utf-8", [0xEF, 0xBB, 0xBF]), ("utf-16le", [0xFF, 0xFE]), ("utf-16be", [0xFE, 0xFF]),
            ("utf-32le", [0xFF, 0xFE, 0, 0]),
        ] as [(String, [UInt8])])
    func aByteOrderMarkSettlesIt(_ name: String, _ mark: [UInt8]) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("in", Data(mark) + encoded(Self.western, name.uppercased()))
        let export = try Export(path)
        #expect(export.hasByteOrderMark && export.encoding.name == name)
        #expect(export.columns.first == "Name")
        #expect(try Reading(export).rows == Reading.of(Self.western).rows)
    }

    @Test(arguments: ["ISO-8859-2", "ISO-8859-15", "WINDOWS-1250", "KOI8-R", "BIG5", "IBM850", "EUC-JP"])
    func whatIconvKnowsByNameIsRead(_ name: String) throws {
        let text =
            ["KOI8-R": Self.russian, "BIG5": "姓名,Email\n王小明,wang@acme.example\n", "EUC-JP": Self.japanese][name]
            ?? "Name,Email\nJörg Müller,joerg@acme.example\n"
        let encoding = try #require(TextEncoding(name.lowercased()))
        let read = try Reading.of(encoded(text, name), .with { $0.encoding = encoding })
        #expect(try read.rows == Reading.of(text).rows)
    }

    @Test func namesThatNobodyKnowsAreNoEncodings() {
        #expect(TextEncoding("utf-9") == nil)
        #expect(TextEncoding("") == nil)
        #expect(TextEncoding("windows-1252; rm") == nil)
        #expect(TextEncoding("Latin1")?.name == "windows-1252")
        #expect(TextEncoding("UTF-8-SIG")?.isUTF8 == true)
    }

    @Test func bytesThatTheEncodingLacksAreFoundAtTheirLine() throws {
        // 0x81 stands for nothing in windows-1252.
        let data =
            Data("Name,Email\nJ".utf8) + Data([0xF6]) + Data("rg,j@acme.example\nx".utf8) + Data([0x81])
            + Data("y,x@acme.example\nz,z@acme.example\n".utf8)
        let windows = TextEncoding("windows-1252")
        let rejected = try Reading.of(data, .with { $0.encoding = windows })
        #expect(rejected.rows.map { $0[0] } == ["Jörg", "z"])
        #expect(rejected.rejects.map(\.line) == [3])
        #expect(rejected.rejects.map(\.reason) == ["invalid_text"])
        let replaced = try Reading.of(
            data,
            .with {
                $0.encoding = windows
                $0.rules.invalidText = .replace
            })
        #expect(replaced.rows.map { $0[0] } == ["Jörg", "x\u{FFFD}y", "z"])
    }

    @Test func halfACharacterAtTheEndIsFound() throws {
        let data = try encoded("Name,Email\nZelda,z@acme.example\nYann,y", "UTF-16LE").dropLast()
        let read = try Reading.of(Data(data), .with { $0.encoding = TextEncoding("utf-16le") })
        #expect(read.rows.count == 1)
        #expect(read.rejects.map(\.reason) == ["invalid_text"])
    }

    @Test func readingGoesOnWithinAnotherEncoding() throws {
        var limits = RecordLimits()
        limits.batchRows = 5
        let text = "Name,Email\n" + (0..<40).map { "Jörg \($0),j\($0)@acme.example\n" }.joined()
        let folder = try TemporaryFolder()
        let path = try folder.write("in", encoded(text, "UTF-16LE"))
        let whole = try Reading(path, limits: limits)
        for end in whole.ends {
            #expect(try Reading(path, limits: limits, from: end.position).rows == Array(whole.rows.dropFirst(end.rows)))
        }
    }

    @Test(arguments: ["Jörg Müller", "Łukasz Żółć", "山田太郎"])
    func oneBrokenByteMakesNoOtherEncodingOfUTF8(_ name: String) throws {
        let rows = (0..<200).map { "a\($0)@acme.example,\(name)\n" }.joined()
        let data = Data("email,name\n\(rows)".utf8) + Data("b@acme.example,B".utf8) + Data([0xFC]) + Data("rgi\n".utf8)
        let read = try Reading.of(data)
        #expect(read.rows.count == 200 && read.rows[0][1] == name)
        #expect(read.rejects.map(\.reason) == ["invalid_text"])
    }

    @Test func jsonIsUTF8AlsoWhereAByteIsBroken() throws {
        let data = Data("{\"email\":\"a\"}\n{\"email\":\"b".utf8) + Data([0xFF]) + Data("\"}\n{\"email\":\"c\"}\n".utf8)
        let read = try Reading.of(data)
        #expect(read.rows.map { $0[0] } == ["a", "c"])
        #expect(read.rejects.map(\.line) == [2])
    }
}
