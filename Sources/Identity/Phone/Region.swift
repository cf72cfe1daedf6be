import Foundation

/// A country as telephone numbering knows it: ISO 3166-1 alpha-2.
package struct Region: Hashable, Sendable {
    /// Two upper-case letters.
    package let code: String

    /// - Parameter text: a code of two letters, or a country's name in a common spelling.
    package init?(_ text: some StringProtocol) {
        let folded = Region.fold(Array(text.utf8)[...])
        guard let region = Region.named(folded) else { return nil }
        self = region
    }

    private init(code: String) { self.code = code }

    /// - Parameter cell: the cell of a country column.
    init?(cell: ArraySlice<UInt8>) {
        guard let region = Region.named(Region.fold(cell)) else { return nil }
        self = region
    }

    private static func fold(_ cell: ArraySlice<UInt8>) -> [UInt8] {
        let text = cell.trimmed
        let lower =
            text.isASCII ? text.map(\.asciiLowercased) : Array(String(decoding: text, as: UTF8.self).lowercased().utf8)
        return lower.filter { $0 != UInt8(ascii: ".") }
    }

    private static func named(_ folded: [UInt8]) -> Region? {
        if let known = names[folded] { return known }
        if folded.count == 2, folded.allSatisfy(\.isASCIILetter) {
            let code = String(decoding: folded, as: UTF8.self).uppercased()
            return PhoneLibrary.callingCode(of: code) == nil ? nil : Region(code: code)
        }
        return CountryNames.code(of: String(decoding: folded, as: UTF8.self)).flatMap { code in
            PhoneLibrary.callingCode(of: code) == nil ? nil : Region(code: code)
        }
    }

    /// Names in English and in the country's own language, three-letter codes, and what people write instead.
    private static let names: [[UInt8]: Region] = {
        let spellings: [(String, [String])] = [
            (
                "US",
                [
                    "united states", "united states of america", "usa", "u s a", "america", "vereinigte staaten",
                    "états-unis", "estados unidos", "estados unidos de américa", "états-unis d'amérique", "eeuu", "сша",
                    "соединенные штаты", "соединенные штаты америки", "美国", "アメリカ", "stati uniti d'america",
                ]
            ),
            ("CA", ["canada", "can", "kanada"]), ("MX", ["mexico", "méxico", "mex", "mexiko"]),
            ("BR", ["brazil", "brasil", "bra", "brasilien"]), ("AR", ["argentina", "arg"]), ("CL", ["chile", "chl"]),
            ("CO", ["colombia", "col"]), ("PE", ["peru", "perú", "per"]),
            (
                "GB",
                [
                    "united kingdom", "uk", "great britain", "england", "scotland", "wales", "gbr", "northern ireland",
                    "großbritannien", "royaume-uni", "reino unido",
                ]
            ),
            ("IE", ["ireland", "irl", "irland", "éire"]),
            ("DE", ["germany", "deutschland", "deu", "allemagne", "alemania"]),
            ("AT", ["austria", "österreich", "aut", "autriche"]),
            ("CH", ["switzerland", "schweiz", "suisse", "svizzera", "che"]),
            ("FR", ["france", "frankreich", "fra", "francia"]),
            ("BE", ["belgium", "belgië", "belgique", "belgien", "bel"]),
            ("NL", ["netherlands", "the netherlands", "nederland", "holland", "niederlande", "nld", "pays-bas"]),
            ("LU", ["luxembourg", "luxemburg", "lux"]), ("ES", ["spain", "españa", "spanien", "esp", "espagne"]),
            ("PT", ["portugal", "prt"]), ("IT", ["italy", "italia", "italien", "ita", "italie"]),
            ("GR", ["greece", "griechenland", "grc", "ελλάδα"]),
            ("DK", ["denmark", "danmark", "dänemark", "dnk"]), ("SE", ["sweden", "sverige", "schweden", "swe"]),
            ("NO", ["norway", "norge", "norwegen", "nor"]), ("FI", ["finland", "suomi", "finnland", "fin"]),
            ("IS", ["iceland", "ísland", "isl"]),
            ("PL", ["poland", "polska", "polen", "pol"]),
            ("CZ", ["czech republic", "czechia", "česko", "tschechien", "cze"]),
            ("SK", ["slovakia", "slovensko", "svk"]), ("HU", ["hungary", "magyarország", "ungarn", "hun"]),
            ("RO", ["romania", "românia", "rumänien", "rou"]), ("BG", ["bulgaria", "българия", "bgr"]),
            ("HR", ["croatia", "hrvatska", "kroatien", "hrv"]), ("SI", ["slovenia", "slovenija", "svn"]),
            ("EE", ["estonia", "eesti", "est"]), ("LV", ["latvia", "latvija", "lva"]),
            ("LT", ["lithuania", "lietuva", "ltu"]),
            ("UA", ["ukraine", "україна", "ukr"]), ("TR", ["turkey", "türkiye", "türkei", "tur"]),
            ("IL", ["israel", "isr"]), ("AE", ["united arab emirates", "uae", "are"]), ("SA", ["saudi arabia", "sau"]),
            ("EG", ["egypt", "egy"]),
            ("ZA", ["south africa", "südafrika", "zaf"]), ("NG", ["nigeria", "nga"]), ("KE", ["kenya", "ken"]),
            ("IN", ["india", "ind", "indien", "bharat"]), ("PK", ["pakistan", "pak"]), ("CN", ["china", "chn", "中国"]),
            ("HK", ["hong kong", "hkg", "香港"]),
            ("TW", ["taiwan", "twn", "台灣"]), ("JP", ["japan", "jpn", "日本"]),
            ("KR", ["south korea", "korea", "kor", "republic of korea", "대한민국"]),
            ("SG", ["singapore", "sgp", "singapur"]), ("MY", ["malaysia", "mys"]), ("TH", ["thailand", "tha"]),
            ("VN", ["vietnam", "viet nam", "vnm"]),
            ("PH", ["philippines", "phl"]), ("ID", ["indonesia", "idn"]), ("AU", ["australia", "aus", "australien"]),
            ("NZ", ["new zealand", "nzl", "neuseeland"]),
        ]
        var names: [[UInt8]: Region] = [:]
        for (code, spelled) in spellings {
            for name in spelled { names[Array(name.utf8)] = Region(code: code) }
        }
        return names
    }()
}
