import TestSupport
import Testing

@testable import Identity

@Suite struct LinkedInAndDomainTests {
    @Test(arguments: [
        "https://www.linkedin.com/in/zelda-quux-1/", "http://linkedin.com/in/zelda-quux-1",
        "linkedin.com/in/Zelda-Quux-1",
        "https://de.linkedin.com/in/zelda-quux-1?trk=x", "https://m.linkedin.com/in/zelda-quux-1/#about",
        "in/zelda-quux-1", "/in/zelda-quux-1",
        "https://www.linkedin.com/in/zelda-quux-1/details/experience/", "https://www.linkedin.com/in/zelda-quux-1/de",
        "https://www.linkedin.com/pub/zelda-quux-1", "https://www.linkedin.com/en/in/zelda-quux-1",
        "  linkedin.com/in/zelda-quux-1 ", "https://www.linkedin.com/in/zelda-quux-1?originalSubdomain=uk",
        "HTTPS://WWW.LINKEDIN.COM/IN/ZELDA-QUUX-1/", "http://www.linkedin.com:80/in/zelda-quux-1",
        "//linkedin.com/in/zelda-quux-1",
        "https://www.linkedin.com/mwlite/in/zelda-quux-1", "https://linkedin.cn/in/zelda-quux-1",
        "https://www.linkedin.com/in/zelda-quux-1/overlay/contact-info/",
        "https://www.linkedin.com/in/zelda%2Dquux%2D1/",
        "https://www.linkedin.com/in/zelda-quux-1/recent-activity/all/?x=1#y", "in/Zelda-Quux-1/en-us",
        "https://www.linkedin.com/authwall?trk=x&sessionRedirect=https%3A%2F%2Fwww.linkedin.com%2Fin%2Fzelda-quux-1%2F",
        "https://www.linkedin.com/uas/login?session_redirect=https%3A%2F%2Fuk.linkedin.com%2Fin%2Fzelda-quux-1",
        "ｌｉｎｋｅｄｉｎ．ｃｏｍ／in/zelda-quux-1", "linkedin.com/in/zelda-quux-1\u{200B}", "https:/linkedin.com/in/zelda-quux-1",
    ])
    func everySpellingOfAProfileHasOneForm(_ url: String) {
        #expect(Canonical.linkedinURL(url) == "https://www.linkedin.com/in/zelda-quux-1")
    }

    @Test(arguments: [
        ("https://www.linkedin.com/company/acme/", HintProblem.companyPage),
        ("linkedin.com/showcase/acme", .companyPage),
        ("https://www.linkedin.com/school/acme", .schoolPage),
        ("https://www.linkedin.com/sales/lead/ACwAA,NAME_SEARCH", .salesNavigator),
        ("https://www.linkedin.com/sales/people/ACwAA", .salesNavigator),
        ("https://www.linkedin.com/talent/profile/AEM", .recruiterPage),
        ("https://www.linkedin.com/search/results/people/?keywords=x", .otherPage),
        ("https://www.linkedin.com/feed/update/urn:li:1/", .otherPage),
        ("https://www.linkedin.com/posts/zelda-1", .otherPage),
        ("https://www.linkedin.com/pub/dir/zelda/quux", .otherPage),
        ("https://www.linkedin.com/in/", .notAProfile), ("https://www.linkedin.com/", .notAProfile),
        ("https://xing.com/in/zelda", .badURL),
        ("https://www.linkedin.com/pub/zelda-quux/1/2/3", .notAProfile),
        ("https://linkedin.com.evil.example/in/zelda", .badURL),
    ])
    func otherPagesAreKnownForWhatTheyAre(_ url: String, _ problem: HintProblem) {
        var out: [UInt8] = []
        #expect(LinkedInProfile.append(Array(url.utf8)[...], to: &out) == problem)
        #expect(out.isEmpty)
    }

    @Test func oldAddressesAreThoseTheyAreForwardedTo() {
        #expect(
            Canonical.linkedinURL("https://sy.linkedin.com/pub/zelda-quux/a7/576/b50?trk=biz_employee_pub")
                == "https://www.linkedin.com/in/zelda-quux-b50576a7")
    }

    @Test func memberIDsKeepTheirCase() {
        let url = "https://www.linkedin.com/in/ACoAABxYzAbCdEfGhIjKlMnOpQrStUvWxYz012345"
        #expect(Canonical.linkedinURL(url) == url)
        #expect(
            Canonical.linkedinURL("https://www.linkedin.com/in/ACorn-Quux/") == "https://www.linkedin.com/in/acorn-quux"
        )
    }

    @Test func theCanonicalProfileIsItsOwnCanonicalProfile() {
        var random = SeededRandom(5)
        let pieces = [
            "https://", "www.", "linkedin.com", "/", "in", "pub", "Zelda", "é", "%C3%A9", "-1", "?x", "#", "de", "%2F",
            "ACoAA", "’", ".", "İ",
        ]
        for _ in 0..<20_000 {
            let cell =
                ["linkedin.com/in/", "in/", ""].randomElement(using: &random).map {
                    $0
                        + (0..<Int.random(in: 0...7, using: &random)).compactMap { _ in
                            pieces.randomElement(using: &random)
                        }.joined()
                } ?? ""
            for canonical in [Canonical.linkedinURL(cell)].compactMap({ $0 }) {
                #expect(Canonical.linkedinURL(canonical) == canonical, "\(cell)")
            }
            for canonical in [Canonical.companyDomain(cell)].compactMap({ $0 }) {
                #expect(Canonical.companyDomain(canonical) == canonical, "\(cell)")
            }
        }
    }

    @Test func otherLettersAreOneForm() {
        #expect(Canonical.linkedinURL("linkedin.com/in/J%C3%B6rg") == Canonical.linkedinURL("linkedin.com/in/jörg"))
    }

    @Test(arguments: [
        "https://www.linkedin.com/company/acme/", "https://www.linkedin.com/school/acme",
        "https://www.linkedin.com/feed/", "zelda",
        "https://notlinkedin.com/in/zelda", "https://www.linkedin.com/sales/lead/ACwAA", "https://www.linkedin.com/in/",
        "https://www.linkedin.com/pub/zelda-quux/1/2/3",
        "",
    ])
    func whatIsNoPersonsProfileIsNone(_ url: String) {
        #expect(Canonical.linkedinURL(url) == nil)
    }

    @Test(arguments: [
        ("acme.example", "acme.example"), ("https://www.acme.example/about?x=1", "acme.example"),
        ("shop.acme.co.uk", "acme.co.uk"),
        ("http://user:pw@acme.example:8080/", "acme.example"), ("ACME.Example.", "acme.example"),
        ("//acme.example/x", "acme.example"),
        ("https://bücher.example", "xn--bcher-kva.example"), ("info@acme.example", "acme.example"),
        ("me.github.io", "me.github.io"), ("acme.example, acme.test", "acme.example"),
        ("n/a | www.acme.example", "acme.example"),
        ("mailto:info@acme.example", "acme.example"), ("https://facebook.com", "facebook.com"),
        ("ａｃｍｅ．ｅｘａｍｐｌｅ", "acme.example"),
        ("https://www.acme.example:443/#x", "acme.example"), ("食狮.公司.cn", "xn--85x722f.xn--55qx5d.cn"),
        ("http://acme.example\\x", "acme.example"),
    ])
    func companyDomainsAreRegistrable(_ cell: String, _ domain: String) {
        #expect(Canonical.companyDomain(cell) == domain)
    }

    @Test(arguments: [
        "", "acme", "http://10.0.0.1/", "[::1]", "co.uk", "github.io", "not a domain", "http://",
        "https://www.freemail.example/", "https://disposable.example", "https://www.facebook.com/acme",
        "https://sharedsite.example/acme",
        "http://127.0.0.1:8080/x", "::1", "acme .example@", "http://2130706433/", "localhost",
    ])
    func whatIsNoCompanyDomainIsNone(_ cell: String) {
        #expect(Canonical.companyDomain(cell) == nil)
    }
}
