import EnrichmentAPI
import Records
import Settings
import TestSupport
import Testing
import Waterfall

@Suite struct WaterfallTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(
            "a.csv",
            "Email,Full Name,Company Domain,Mail Found,Tel\nz@acme.example,Zelda Quux,acme.example,zelda@work.example,n/a\ny@acme.example,Yann Quux,acme.example,,+49 30 23125042\n"
        )
        try folder.write(
            "b.csv",
            "Email,LinkedIn URL,First Name,Last Name,Company Domain,Mail Found,Tel,Sure\nz@acme.example,linkedin.com/in/z,,,,other@work.example,(212) 555-0142,0.4\ny@acme.example,,,,,y2@work.example,,0.9\n,,Hank,Rutherglen,umbra.example,hank@work.example,,0.9\n"
        )
        try folder.write("c.csv", "domain,industry,founded_year\nwww.acme.example,Widgets,\n")
    }

    private func waterfall(_ more: String = "") throws -> Waterfall {
        let path = try folder.write(
            "waterfall.yaml",
            """
            providers:
              - {name: a, path: \(folder.file("a.csv")), channels: {work_email: Mail Found, phone: Tel}, prices: {work_email: 1, phone: 2}, confidence: 0.8}
              - {name: b, path: \(folder.file("b.csv")), channels: {work_email: Mail Found, phone: Tel}, prices: {work_email: 2, phone: 3}, confidence_column: Sure}
            order: {work_email: [a, b], phone: [a, b]}
            accounts: [{name: c, path: \(folder.file("c.csv")), price: 0.5}]
            \(more)
            """)
        return try Waterfall(path: path, environment: [:])
    }

    private func ask(
        _ waterfall: Waterfall, _ hints: PersonHints, _ channels: ChannelSet = [.workEmail, .phone],
        _ endpoint: Endpoint = .bulk, minConfidence: Double = 0
    ) -> PersonResult {
        waterfall.person(hints, channels: channels, endpoint: endpoint, minConfidence: minConfidence).result
    }

    @Test func theFirstProviderThatHasAUsableValueWins() throws {
        let result = ask(try waterfall(), PersonHints(email: "z@acme.example"))
        #expect(result.channels[.workEmail]?.value?.value == "zelda@work.example")
        #expect(result.channels[.workEmail]?.value?.source == "a")
        #expect(result.creditsUsed == Credits(thousandths: 1000))
    }

    @Test func everyTryOnTheWayToAHitIsCharged() throws {
        let hints = PersonHints(email: "y@acme.example")
        #expect(ask(try waterfall(), hints, [.workEmail]).creditsUsed == Credits(thousandths: 3000))
        #expect(ask(try waterfall("charge: winner"), hints, [.workEmail]).creditsUsed == Credits(thousandths: 2000))
    }

    @Test func nothingFoundCostsNothingAndNamesWhoWasTried() throws {
        let result = ask(try waterfall(), PersonHints(email: "nobody@acme.example"))
        #expect(result.creditsUsed == .zero)
        #expect(result.channels == [.workEmail: .missed(tried: ["a", "b"]), .phone: .missed(tried: ["a", "b"])])
    }

    @Test func aValueThatIsNotValidOrNotSureEnoughIsAMiss() throws {
        let hints = PersonHints(linkedinURL: "https://www.linkedin.com/in/z")
        #expect(ask(try waterfall(), hints, [.workEmail]).channels[.workEmail]?.value?.value == "other@work.example")
        #expect(ask(try waterfall(), hints, [.workEmail], minConfidence: 0.5).channels[.workEmail]?.value == nil)
        #expect(ask(try waterfall(), PersonHints(email: "z@acme.example"), [.phone]).channels[.phone]?.value == nil)
    }

    @Test func theHintItselfIsNoFind() throws {
        try folder.write("a.csv", "Email,Mail Found,Tel\nz@acme.example,Z@ACME.example,\n")
        #expect(
            ask(try waterfall(), PersonHints(email: "z@acme.example"), [.workEmail]).channels[.workEmail]?.value?.source
                == "b")
    }

    @Test func discoveryFindsByNameAndCompanyAndIsDearer() throws {
        let hints = PersonHints(companyDomain: "umbra.example", firstName: "HANK", lastName: "Rutherglen")
        let result = ask(try waterfall(), hints, [.workEmail], .discover)
        #expect(result.channels[.workEmail]?.value?.value == "hank@work.example")
        #expect(result.creditsUsed == Credits(thousandths: 6000))
    }

    @Test func accountsAreFoundByDomain() throws {
        let account = try waterfall().account(domain: "acme.example")
        #expect(account?.fields == ["industry": "Widgets"])
        #expect(try waterfall().account(domain: "nobody.example") == nil)
    }

    @Test func theWorstIsWhatTheLastProviderWouldCost() throws {
        #expect(try waterfall().worst([.workEmail, .phone], endpoint: .bulk) == Credits(thousandths: 8000))
        #expect(try waterfall("charge: winner").worst([.workEmail], endpoint: .discover) == Credits(thousandths: 4000))
    }

    @Test func mistakesInTheFileAreSaid() throws {
        let error = #expect(throws: InvalidSettings.self) { try waterfall("discover_facto: 2") }
        #expect(error?.found.first?.hint == "did you mean 'discover_factor'?")
        let path = try folder.write("w.yaml", "providers: []\norder: {phone: [x]}\n")
        #expect(#expect(throws: InvalidSettings.self) { try Waterfall(path: path, environment: [:]) } != nil)
    }
}
