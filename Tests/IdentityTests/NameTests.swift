import TestSupport
import Testing

@testable import Identity

@Suite struct NameTests {
    @Test(arguments: [
        ("Zelda Quux", "Zelda", "Quux"), ("  Zelda   Quux ", "Zelda", "Quux"), ("Zelda\u{3000}Quux", "Zelda", "Quux"),
        ("Mary Ann Smith", "Mary Ann", "Smith"), ("Cher", "Cher", ""), ("", "", ""),
        // Particles
        ("Ludwig van der Rohe", "Ludwig", "van der Rohe"), ("Juan Carlos de la Vega", "Juan Carlos", "de la Vega"),
        ("Ahmed bin Salman", "Ahmed", "bin Salman"), ("Mary De Luca", "Mary", "De Luca"),
        ("Van Morris", "Van", "Morris"),
        ("José Ortega y Gasset", "José", "Ortega y Gasset"), ("Joost 't Hooft", "Joost", "'t Hooft"),
        ("Anna von und zu Stein", "Anna", "von und zu Stein"), ("John Ben Smith", "John Ben", "Smith"),
        ("David ben Gur", "David", "ben Gur"), ("Omar al-Bashir", "Omar", "al-Bashir"),
        // Titles, suffixes, degrees
        ("Dr. Zelda Quux", "Zelda", "Quux"), ("Prof. Dr. Zelda Quux", "Zelda", "Quux"), ("Mr Quux", "", "Quux"),
        ("Dr. med. Zelda Quux", "Zelda", "Quux"), ("Herr Hans Quux", "Hans", "Quux"), ("M. Jean Quux", "Jean", "Quux"),
        ("M Jean Quux", "M Jean", "Quux"), ("Zelda Quux, PhD", "Zelda", "Quux"),
        ("Zelda Quux, MBA, CFA", "Zelda", "Quux"),
        ("Zelda Quux MBA", "Zelda", "Quux"), ("Zelda Quux M.D.", "Zelda", "Quux"), ("Jack Ma", "Jack", "Ma"),
        ("Hank Quux Jr.", "Hank", "Quux Jr."), ("Hank Quux, Jr.", "Hank", "Quux Jr."),
        ("Hank Quux III", "Hank", "Quux III"), ("Quux Jr.", "Quux Jr.", ""),
        // Last, First
        ("Quux, Zelda", "Zelda", "Quux"), ("Quux, Zelda M.", "Zelda M.", "Quux"),
        ("van der Rohe, Ludwig", "Ludwig", "van der Rohe"),
        ("Quux, Dr. Zelda", "Zelda", "Quux"), ("Quux, Zelda, PhD", "Zelda", "Quux"),
        ("Quux Jr., Hank", "Hank", "Quux Jr."),
        // Initials, hyphens, apostrophes
        ("J. R. R. Quux", "J. R. R.", "Quux"), ("J.R. Quux", "J.R.", "Quux"),
        ("Anne-Marie Quux-Smith", "Anne-Marie", "Quux-Smith"),
        ("Sinéad O’Brien", "Sinéad", "O’Brien"),
        // What is no part of a name
        ("Robert \"Bob\" Smith", "Robert", "Smith"), ("Robert (Bob) Smith", "Robert", "Smith"),
        ("Zelda Quux 🚀", "Zelda", "Quux"),
        ("✨ Zelda Quux ✨", "Zelda", "Quux"),
        // Other scripts
        ("山田 太郎", "太郎", "山田"), ("山田太郎", "山田太郎", ""), ("김민수", "민수", "김"), ("남궁민수", "민수", "남궁"),
        ("ジョン・スミス", "ジョン", "スミス"), ("Иван Петров", "Иван", "Петров"), ("Γιώργος Παππάς", "Γιώργος", "Παππάς"),
    ])
    func namesInOneColumnAreParted(_ full: String, _ given: String, _ family: String) {
        #expect(PersonName(full: full) == PersonName(given: given, family: family))
        #expect(Canonical.name(full) == (given, family))
    }

    @Test(arguments: [
        ("Zelda", "Quux", "Zelda", "Quux"), ("Dr. Zelda", "Quux", "Zelda", "Quux"),
        ("Zelda", "Quux, PhD", "Zelda", "Quux"),
        ("Zelda Quux", "Quux", "Zelda", "Quux"), ("Quux, Zelda", "", "Zelda", "Quux"), ("Mary Ann", "", "Mary Ann", ""),
        ("", "Quux", "", "Quux"), ("Mr.", "Quux", "", "Quux"), ("Jack", "Ma", "Jack", "Ma"),
        ("Md", "Rahman", "Md", "Rahman"),
        ("Long", "Do", "Long", "Do"), ("Will", "Quux II", "Will", "Quux II"),
    ])
    func namesInTwoColumnsAreTidied(_ first: String, _ last: String, _ given: String, _ family: String) {
        #expect(Canonical.name(given: first, family: last) == (given, family))
    }

    @Test(arguments: [
        ("ZELDA", "QUUX", "Zelda", "Quux"), ("zelda", "quux", "Zelda", "Quux"),
        ("LUDWIG", "VAN DER ROHE", "Ludwig", "van der Rohe"),
        ("sinéad", "o'brien", "Sinéad", "O'Brien"), ("RONALD", "MCDONALD", "Ronald", "McDonald"),
        ("ANNE-MARIE", "QUUX-SMITH", "Anne-Marie", "Quux-Smith"), ("JP", "QUUX", "JP", "Quux"),
        ("J.R.", "QUUX", "J.R.", "Quux"),
        ("HANK", "QUUX III", "Hank", "Quux III"), ("ИВАН", "ПЕТРОВ", "Иван", "Петров"),
        ("ÉLODIE", "LEFÈVRE", "Élodie", "Lefèvre"),
        // Not the whole name is in one case, so somebody meant it.
        ("ZELDA", "Quux", "ZELDA", "Quux"), ("danah", "Boyd", "danah", "Boyd"),
        ("DeShawn", "McCoy", "DeShawn", "McCoy"),
        ("Zelda", "van Dyke", "Zelda", "van Dyke"), ("太郎", "山田", "太郎", "山田"),
    ])
    func capitalsAreSetOnlyWhereTheWholeNameIsInOneCase(
        _ first: String, _ last: String, _ given: String, _ family: String
    ) {
        #expect(Canonical.name(given: first, family: last) == (given, family))
    }

    @Test func theCanonicalNameIsItsOwnCanonicalName() {
        var random = SeededRandom(11)
        let pieces = [
            "Zelda", "QUUX", "van", "der", "de", "la", "Dr.", "PhD", "Jr.", ",", "O'Brien", "mcdonald", "J.", "III",
            "(Bob)",
            "山田", "김민수", "y", "Ma", "MD", "\"", "Élodie", "ben", "-", "’t", "MBA", "ßen", "İnci", "Mr",
        ]
        for _ in 0..<20_000 {
            func text() -> String {
                (0..<Int.random(in: 0...5, using: &random)).compactMap { _ in pieces.randomElement(using: &random) }
                    .joined(separator: " ")
            }
            let name = PersonName(given: text(), family: text())
            #expect(PersonName(given: name.given, family: name.family) == name)
            let full = PersonName(full: text())
            #expect(PersonName(given: full.given, family: full.family) == full)
        }
    }

    /// The quick way must leave alone what the long way leaves alone, and nothing else.
    @Test func aPlainNameIsWhatTheLongWayMakesOfIt() {
        var random = SeededRandom(13)
        let pieces = [
            "Zelda", "Quux", "zelda", "QUUX", "ZELDA", "KIM", "Lee", "LEE", "ÅSA", "élan", "straße", "MCNAB", "mcnab",
            "BCD", "III", "quux-zelda", "van", "der", "Dr", "dr", "Phd", "MBA", "Jr", "O'Brien", "Anne-Marie",
            "É", "é", "ß", "Éric",
            "professor", "Ma", "Do", "Herr", "J", " ", "-", "'", "×", "Øystein", "II", "Monsieur",
        ]
        var plain = 0, capitalized = 0
        for _ in 0..<30_000 {
            func text() -> String {
                (0..<Int.random(in: 1...3, using: &random)).compactMap { _ in pieces.randomElement(using: &random) }
                    .joined(separator: Bool.random(using: &random) ? " " : "")
            }
            let given = text(), family = text()
            switch PlainName.form(given: Array(given.utf8)[...], family: Array(family.utf8)[...]) {
            case .tidy:
                plain += 1
                #expect(Canonical.name(given: given, family: family) == (given, family))
            case .oneCase:
                capitalized += 1
                #expect(
                    Canonical.name(given: given, family: family) == (Self.capitalized(given), Self.capitalized(family)))
            case .other: continue
            }
        }
        #expect(plain > 1000)
        #expect(capitalized > 100)
    }

    private static func capitalized(_ name: String) -> String {
        var out: [UInt8] = []
        PlainName.appendCapitalized(Array(name.utf8)[...], to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// The quick way through Latin letters must fold as Unicode does.
    @Test func namesAreFoldedAsUnicodeDoes() {
        for value in (0x20...0x17F) as ClosedRange<UInt32> {
            guard let scalar = Unicode.Scalar(value), scalar.properties.isAlphabetic else { continue }
            let name = "x\(scalar)É"
            #expect(AliasKey.folded(first: name, last: "y") == name.lowercased() + "|y")
        }
    }

    @Test(arguments: [
        ("Acme GmbH & Co. KG", "acme"), ("Acme, Inc.", "acme"), ("ACME S.A. de C.V.", "acme"),
        ("Acme S. A. de C. V.", "acme"),
        ("株式会社アクメ", "アクメ"), ("㈱アクメ", "アクメ"), ("アクメ株式会社", "アクメ"), ("Acme Pty. Ltd.", "acme"),
        ("The Acme Company", "acme"),
        ("Acme Sp. z o.o.", "acme"), ("ООО «Акме»", "акме"), ("PT Acme Tbk", "acme"), ("Acme B.V.", "acme"),
        ("Acme AB (publ)", "acme"),
        ("Acme Société Anonyme", "acme"), ("L'Acme SARL", "lacme"), ("Acme & Söhne OHG", "acme söhne"),
        ("Acme", "acme"), ("GmbH", "gmbh"),
        ("Acme Co., Ltd.", "acme"), ("Acme s.r.o.", "acme"), ("Acme d.o.o.", "acme"), ("Acme A/S", "acme"),
        ("3M Company", "3m"),
        ("北京某某有限公司", "北京某某"), ("주식회사 아크메", "아크메"),
    ])
    func legalFormsDoNotCountWhereCompaniesAreCompared(_ name: String, _ compared: String) {
        #expect(Canonical.comparedCompany(name) == compared)
        #expect(Canonical.comparedCompany(compared) == compared)
    }
}
