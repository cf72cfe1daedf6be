/// A way of writing text as bytes, by the name under which people and iconv know it.
package struct TextEncoding: Sendable, Equatable {
    /// As it is shown, in lower case, such as `utf-8` or `windows-1252`.
    package let name: String
    let iconvName: String

    package static let utf8 = TextEncoding(known: "utf-8", "UTF-8")

    private init(known name: String, _ iconvName: String) {
        self.name = name
        self.iconvName = iconvName
    }

    /// - Returns: nil for a name that neither we nor iconv know.
    package init?(_ name: String) {
        let lower = name.lowercased()
        let folded = lower.filter { $0.isLetter || $0.isNumber }
        if let known = Self.spellings[folded] {
            self.init(known: known.name, known.iconv)
        } else {
            let wanted = lower.uppercased()
            guard !lower.isEmpty,
                lower.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.:".contains($0)) }),
                let converter = Transcoder.open(wanted)
            else { return nil }
            Transcoder.close(converter)
            self.init(known: lower, wanted)
        }
    }

    package var isUTF8: Bool { iconvName == "UTF-8" }

    /// Bytes of one unit: what is passed over where it is no text.
    var unit: Int {
        if iconvName.hasPrefix("UTF-16") || iconvName.hasPrefix("UCS-2") { return 2 }
        return iconvName.hasPrefix("UTF-32") || iconvName.hasPrefix("UCS-4") ? 4 : 1
    }

    /// Names in use, without punctuation; Windows' supersets where files say the older name, as browsers do.
    private static let spellings: [String: (name: String, iconv: String)] = [
        "utf8": ("utf-8", "UTF-8"), "utf8bom": ("utf-8", "UTF-8"), "utf8sig": ("utf-8", "UTF-8"),
        "ascii": ("utf-8", "UTF-8"), "usascii": ("utf-8", "UTF-8"),
        "utf16le": ("utf-16le", "UTF-16LE"), "utf16be": ("utf-16be", "UTF-16BE"), "unicode": ("utf-16le", "UTF-16LE"),
        "utf32le": ("utf-32le", "UTF-32LE"), "utf32be": ("utf-32be", "UTF-32BE"),
        "latin1": ("windows-1252", "CP1252"), "iso88591": ("windows-1252", "CP1252"),
        "windows1252": ("windows-1252", "CP1252"), "cp1252": ("windows-1252", "CP1252"),
        "ansi": ("windows-1252", "CP1252"),
        "macroman": ("macroman", "MACINTOSH"), "macintosh": ("macroman", "MACINTOSH"), "mac": ("macroman", "MACINTOSH"),
        "xmacroman": ("macroman", "MACINTOSH"),
        "shiftjis": ("shift_jis", "CP932"), "sjis": ("shift_jis", "CP932"), "windows31j": ("shift_jis", "CP932"),
        "cp932": ("shift_jis", "CP932"),
        "gbk": ("gbk", "GB18030"), "gb2312": ("gbk", "GB18030"), "cp936": ("gbk", "GB18030"),
        "gb18030": ("gb18030", "GB18030"),
        "euckr": ("euc-kr", "CP949"), "ksc56011987": ("euc-kr", "CP949"), "cp949": ("euc-kr", "CP949"),
        "big5": ("big5", "BIG5-HKSCS"),
    ]
}
