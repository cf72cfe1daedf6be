import Identity
import Testing

@Suite struct LinkedInAndDomainTests {
    @Test(arguments: [
        "https://www.linkedin.com/in/zelda-quux-1/", "http://linkedin.com/in/zelda-quux-1",
        "linkedin.com/in/Zelda-Quux-1",
        "https://de.linkedin.com/in/zelda-quux-1?trk=x", "https://m.linkedin.com/in/zelda-quux-1/#about",
        "in/zelda-quux-1", "/in/zelda-quux-1",
        "https://www.linkedin.com/in/zelda-quux-1/details/experience/", "https://www.linkedin.com/in/zelda-quux-1/de",
        "https://www.linkedin.com/pub/zelda-quux-1", "https://www.linkedin.com/en/in/zelda-quux-1",
        "  linkedin.com/in/zelda-quux-1 ",
    ])
    func everySpellingOfAProfileHasOneForm(_ url: String) {
        #expect(Canonical.linkedinURL(url) == "https://www.linkedin.com/in/zelda-quux-1")
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
        ("me.github.io", "me.github.io"),
    ])
    func companyDomainsAreRegistrable(_ cell: String, _ domain: String) {
        #expect(Canonical.companyDomain(cell) == domain)
    }

    @Test(arguments: [
        "", "acme", "http://10.0.0.1/", "[::1]", "co.uk", "github.io", "not a domain", "http://",
        "https://www.freemail.example/",
    ])
    func whatIsNoCompanyDomainIsNone(_ cell: String) {
        #expect(Canonical.companyDomain(cell) == nil)
    }
}
