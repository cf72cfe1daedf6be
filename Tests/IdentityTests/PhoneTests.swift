@testable import Identity
import TestSupport
import Testing

@Suite struct PhoneTests {
    @Test(arguments: [
        ("(212) 555-0142", "US", "+12125550142"), ("1-212-555-0142", "US", "+12125550142"),
        ("212.555.0142 ext. 12", "US", "+12125550142"),
        ("030 23125 042", "DE", "+493023125042"), ("'+44 20 7946 0123", "US", "+442079460123"),
        ("+44 (0)20 7946 0123", "US", "+442079460123"),
        ("020 7946 0123", "GB", "+442079460123"), ("01 99 00 12 34", "FR", "+33199001234"),
        ("=\"+493023125042\"", "US", "+493023125042"),
        ("0049 30 23125042", "DE", "+493023125042"), ("2125550142x7", "US", "+12125550142"),
        ("tel:+1-212-555-0142", "US", "+12125550142"), ("＋４９ ３０ ２３１２５０４２", "US", "+493023125042"),
        ("+1 212 555 0142; +1 212 555 0143", "US", "+12125550142"), ("+1 212 555 0142 / 0143", "US", "+12125550142"),
        ("+1 212 555 0142, +1 212 555 0143", "US", "+12125550142"), ("T: +49 30 23125042", "US", "+493023125042"),
        ("+49 30 23125042 (office)", "US", "+493023125042"), ("\u{202A}+49 30 23125042\u{202C}", "US", "+493023125042"),
        ("+49\u{A0}30\u{A0}23125042", "US", "+493023125042"), ("+49–30–23125042", "US", "+493023125042"),
        ("14155550142.0", "US", "+14155550142"),
    ])
    func numbersBecomeE164(_ cell: String, _ region: String, _ number: String) {
        #expect(Canonical.phone(cell, region: Region(region)) == number)
    }

    @Test(arguments: ["", "n/a", "555-0142", "1.41556E+10", "12", "+999 123", "call me", "+1 212"])
    func whatIsNoNumberIsNone(_ cell: String) {
        #expect(Canonical.phone(cell, region: Region("US")) == nil)
    }

    @Test(arguments: [
        ("Germany", "DE"), ("deutschland", "DE"), ("UK", "GB"), ("U.S.A.", "US"), ("us", "US"), ("Österreich", "AT"),
        ("日本", "JP"), ("Côte d’Ivoire", "CI"), ("cote d'ivoire", "CI"), ("Südkorea", "KR"), ("Corée du Sud", "KR"),
        ("Reino Unido", "GB"),
        ("Wielka Brytania", "GB"), ("Соединенные Штаты", "US"), ("Storbritannien", "GB"), ("英国", "GB"), ("대한민국", "KR"),
        ("Ελλάδα", "GR"),
        ("AUT", "AT"), ("che", "CH"), ("KAZ", "KZ"), ("The Netherlands", "NL"), ("Republic of Korea", "KR"),
        ("Trinidad & Tobago", "TT"),
        ("Việt Nam", "VN"), ("Sri Lanka", "LK"), ("Pays-Bas", "NL"), ("Czechia", "CZ"),
        ("Estados Unidos de América", "US"),
    ])
    func countriesAreKnownByTheirSpellings(_ text: String, _ code: String) {
        #expect(Region(text)?.code == code)
    }

    @Test func unknownCountriesAreNone() {
        #expect(Region("Ruritania") == nil)
        #expect(Region("XX") == nil)
    }

    /// The quick way must say what libphonenumber says, wherever it says anything.
    @Test(arguments: [
        "US", "CA", "GB", "DE", "FR", "NL", "BE", "CH", "AT", "SE", "IE", "ES", "PT", "DK", "NO", "PL", "CZ", "IN",
    ])
    func plainDiallingPlansAgreeWithTheLibrary(_ region: String) throws {
        var random = SeededRandom(UInt64(region.utf8.reduce(0) { $0 * 31 + Int($1) }))
        let plan = try #require(DiallingPlan.of(region))
        var compared = 0
        for _ in 0..<4000 {
            let digits = (0..<Int.random(in: 3...13, using: &random)).map { _ in
                UInt8(0x30 + Int.random(in: 0...9, using: &random))
            }
            let forms: [(digits: [UInt8], isInternational: Bool)] = [
                (digits, false), (Array("0".utf8) + digits, false),
                (Array(String(plan.callingCode).utf8) + digits, true),
            ]
            for form in forms {
                var quick: [UInt8] = []
                guard plan.append(digits: form.digits[...], isInternational: form.isInternational, to: &quick) else {
                    continue
                }
                var slow: [UInt8] = []
                let text = (form.isInternational ? Array("+".utf8) : []) + form.digits
                let problem = PhoneLibrary.append(text[...], region: region, to: &slow)
                compared += 1
                #expect(
                    problem == nil && quick == slow,
                    "\(region) \(String(decoding: text, as: UTF8.self)): \(String(decoding: quick, as: UTF8.self)) / \(String(decoding: slow, as: UTF8.self))"
                )
            }
        }
        #expect(compared > 500)
    }
}
