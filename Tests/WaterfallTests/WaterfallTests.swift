import EnrichmentAPI
import Foundation
import GRDB
import Ledger
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
            "Email,LinkedIn URL,First Name,Last Name,Company Domain,Mail Found,Tel,Sure\nz@acme.example,linkedin.com/in/z,,,,other@work.example,not a number,0.4\ny@acme.example,,,,,y2@work.example,,0.9\n,,Hank,Rutherglen,umbra.example,hank@work.example,,0.9\n"
        )
        try folder.write("c.csv", "domain,industry,founded_year\nwww.acme.example,Widgets,\n")
    }

    private func waterfall(_ more: String = "") async throws -> Waterfall {
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
        return try await WaterfallFile.open(path, in: folder)
    }

    private func ask(
        _ waterfall: Waterfall, _ hints: PersonHints, _ channels: ChannelSet = [.workEmail, .phone],
        _ endpoint: Endpoint = .bulk, minConfidence: Double = 0
    ) async -> PersonResult {
        await waterfall.persons([hints], channels: channels, endpoint: endpoint, minConfidence: minConfidence)[0].result
    }

    @Test func theFirstProviderThatHasAUsableValueWins() async throws {
        let result = await ask(try await waterfall(), PersonHints(email: "z@acme.example"))
        #expect(result.channels[.workEmail]?.value?.value == "zelda@work.example")
        #expect(result.channels[.workEmail]?.value?.source == "a")
        #expect(result.creditsUsed == Credits(thousandths: 1000))
    }

    @Test func everyTryOnTheWayToAHitIsCharged() async throws {
        let hints = PersonHints(email: "y@acme.example")
        #expect(await ask(try await waterfall(), hints, [.workEmail]).creditsUsed == Credits(thousandths: 3000))
        #expect(
            await ask(try await waterfall("charge: winner"), hints, [.workEmail]).creditsUsed
                == Credits(thousandths: 2000))
    }

    @Test func nothingFoundCostsNothingAndNamesWhoWasTried() async throws {
        let result = await ask(try await waterfall(), PersonHints(email: "nobody@acme.example"))
        #expect(result.creditsUsed == .zero)
        #expect(result.channels == [.workEmail: .missed(tried: ["a", "b"]), .phone: .missed(tried: ["a", "b"])])
    }

    /// Phone numbers of people whom a table knows, asked by one hint each.
    ///
    /// - Parameter more: settings of the table, each with a comma behind it.
    private func phones(_ table: String, _ people: [PersonHints], _ more: String = "") async throws -> [String?] {
        try folder.write("two.csv", table)
        let path = try folder.write(
            "two.yaml",
            """
            providers:
              - {name: two, path: \(folder.file("two.csv")), \(more) channels: {phone: Tel}, prices: {phone: 2}}
            order: {phone: [two]}
            """)
        let waterfall = try await WaterfallFile.open(path, in: folder)
        return await waterfall.persons(people, channels: [.phone], endpoint: .bulk, minConfidence: 0)
            .map { $0.result.channels[.phone]?.value?.value }
    }

    @Test func aPersonIsFoundByEachColumnOfEmailsOrProfiles() async throws {
        let found = try await phones(
            """
            Email,Work Email,LinkedIn URL,LinkedIn Profile,Tel
            z@old.example,zelda@acme.example,,linkedin.com/in/z,+49 30 23125042
            hank@acme.example,,linkedin.com/in/h,,+49 30 23125043

            """,
            ["z@old.example", "zelda@acme.example", "hank@acme.example", "nobody@acme.example"]
                .map { PersonHints(email: $0) }
                + ["z", "h"].map { PersonHints(linkedinURL: "https://www.linkedin.com/in/\($0)") })
        let (zelda, hank) = ("+493023125042", "+493023125043")
        #expect(found == [zelda, zelda, hank, nil, zelda, hank])
    }

    @Test func aPersonIsFoundByColumnsOfOtherAddressesToo() async throws {
        let found = try await phones(
            """
            Email,Secondary Email,E-mail 3 - Value,LinkedIn URL,Sales Navigator URL,Tel
            zelda@acme.example,z@old.example,zq@other.example,,,+49 30 23125042
            hank@acme.example,info@acme.example,zelda@acme.example,,linkedin.com/in/h,+49 30 23125043

            """,
            ["z@old.example", "zq@other.example", "zelda@acme.example", "info@acme.example"]
                .map { PersonHints(email: $0) } + [PersonHints(linkedinURL: "https://www.linkedin.com/in/h")])
        let (zelda, hank) = ("+493023125042", "+493023125043")
        #expect(found == [zelda, zelda, zelda, nil, hank])
    }

    @Test func columnsCanBeNamedWhereTheirNamesDoNotTell() async throws {
        let table = "Who,Also,Email,Tel\nzelda@acme.example,z@old.example,desk@acme.example,+49 30 23125042\n"
        let people = ["zelda@acme.example", "z@old.example", "desk@acme.example"].map { PersonHints(email: $0) }
        #expect(
            try await phones(table, people, "columns: {email: [Who, Also]},") == [
                "+493023125042", "+493023125042", nil,
            ])
        #expect(try await phones(table, people, "columns: {email: Who},") == ["+493023125042", nil, nil])
        #expect(throws: InvalidSettings.self) {
            try WaterfallSettings.read(
                folder.write("w.yaml", "providers: [{name: a, path: a.csv, columns: {mail: Who}}]"), environment: [:])
        }
        let error = await #expect(throws: Diagnostic.self) {
            try await phones(table, people, "columns: {email: [Who, Els]},")
        }
        #expect(error?.code == "no_column")
    }

    @Test(arguments: [
        ("", "0.4", 0.4), ("", "40", 0.4), ("", "", 0.6), ("confidence_scale: 100,", "0.4", 0.004),
        ("confidence_scale: 5,", "4", 0.8), ("", "40 %", 0.4), ("", "0,4", 0.4),
        ("confidence_scale: 100,", "0.4%", 0.004), ("confidence_scale: 5,", "9", 1), ("", "high", 0.6),
    ])
    func theConfidenceOfARowMayBeAPercentage(_ scale: String, _ cell: String, _ expected: Double) async throws {
        try folder.write("s.csv", "Email,Tel,Sure\nz@acme.example,+49 30 23125042,\"\(cell)\"\n")
        let path = try folder.write(
            "s.yaml",
            """
            providers:
              - {name: s, path: \(folder.file("s.csv")), channels: {phone: Tel}, confidence: 0.6, \(scale) confidence_column: Sure}
            order: {phone: [s]}
            """)
        let waterfall = try await WaterfallFile.open(path, in: folder)
        let outcome = await waterfall.persons(
            [PersonHints(email: "z@acme.example")], channels: [.phone], endpoint: .bulk, minConfidence: 0)[0]
        #expect(abs((outcome.result.channels[.phone]?.value?.confidence ?? -1) - expected) < 1e-9)
    }

    @Test func companiesAreReadAsExportsNameTheirColumns() async throws {
        try folder.write(
            "e.csv",
            "Company Domain,Industry,# Employees,Annual Revenue,Company Country\nacme.example,Widgets,30,1M,Germany\n")
        let path = try folder.write("e.yaml", "accounts: [{name: e, path: \(folder.file("e.csv")), price: 1}]\n")
        let answer = try await WaterfallFile.open(path, in: folder).accounts(domains: ["acme.example"])[0]
        #expect(
            answer.result?.fields == [
                "industry": "Widgets", "employee_count": "30", "revenue_band": "1M", "hq_country": "Germany",
            ])
        try folder.write("e.csv", "Company Domain,Notes\nacme.example,x\n")
        let error = await #expect(throws: Diagnostic.self) { try await WaterfallFile.open(path, in: folder) }
        #expect(error?.message.contains("no column with a field") == true)
    }

    @Test func theCompanysDomainMayStandInAColumnThatIsNamed() async throws {
        try folder.write("d.csv", "Where,industry\nacme.example,Widgets\n")
        func open(_ more: String) async throws -> Waterfall {
            let path = try folder.write(
                "d.yaml", "accounts: [{name: d, path: \(folder.file("d.csv")), price: 1\(more)}]\n")
            return try await WaterfallFile.open(path, in: folder)
        }
        let answer = try await open(", domain_column: Where").accounts(domains: ["acme.example"])[0]
        #expect(answer.result?.fields == ["industry": "Widgets"])
        let error = await #expect(throws: Diagnostic.self) { try await open("") }
        #expect(error?.hint?.contains("domain_column") == true)
    }

    @Test func aSecondAddressIsNobodysWhereItIsADesksOrAnotherPersonsFirst() async throws {
        let found = try await phones(
            """
            Work Email,Email,Tel
            zelda@acme.example,old@acme.example,+49 30 23125042
            hank@acme.example,info@acme.example,+49 30 23125043
            old@acme.example,,+49 30 23125044

            """, ["zelda", "hank", "old", "info"].map { PersonHints(email: "\($0)@acme.example") })
        #expect(found == ["+493023125042", "+493023125043", "+493023125044", nil])
    }

    @Test func aValueThatIsNotValidOrNotSureEnoughIsAMiss() async throws {
        let hints = PersonHints(linkedinURL: "https://www.linkedin.com/in/z")
        #expect(
            await ask(try await waterfall(), hints, [.workEmail]).channels[.workEmail]?.value?.value
                == "other@work.example")
        #expect(
            await ask(try await waterfall(), hints, [.workEmail], minConfidence: 0.5).channels[.workEmail]?.value == nil
        )
        #expect(
            await ask(try await waterfall(), PersonHints(email: "z@acme.example"), [.phone]).channels[.phone]?.value
                == nil)
    }

    @Test func theHintItselfIsNoFind() async throws {
        try folder.write("a.csv", "Email,Mail Found,Tel\nz@acme.example,Z@ACME.example,\n")
        #expect(
            await ask(try await waterfall(), PersonHints(email: "z@acme.example"), [.workEmail]).channels[.workEmail]?
                .value?.source
                == "b")
    }

    @Test func discoveryFindsByNameAndCompanyAndIsDearer() async throws {
        let hints = PersonHints(companyDomain: "umbra.example", firstName: "HANK", lastName: "Rutherglen")
        let result = await ask(try await waterfall(), hints, [.workEmail], .discover)
        #expect(result.channels[.workEmail]?.value?.value == "hank@work.example")
        #expect(result.creditsUsed == Credits(thousandths: 6000))
    }

    @Test func accountsAreFoundByDomain() async throws {
        let account = try await waterfall().accounts(domains: ["acme.example"])[0]
        #expect(account.result?.fields == ["industry": "Widgets"])
        #expect(try await waterfall().accounts(domains: ["nobody.example"]) == [AccountAnswer(nil)])
    }

    @Test func theWorstIsWhatTheLastProviderWouldCost() async throws {
        #expect(try await waterfall().worst([.workEmail, .phone], endpoint: .bulk) == Credits(thousandths: 8000))
        #expect(
            try await waterfall("charge: winner").worst([.workEmail], endpoint: .discover) == Credits(thousandths: 4000)
        )
    }

    @Test func mistakesInTheFileAreSaid() async throws {
        let error = await #expect(throws: InvalidSettings.self) { try await waterfall("discover_facto: 2") }
        #expect(error?.found.first?.hint == "did you mean 'discover_factor'?")
        let path = try folder.write("w.yaml", "providers: []\norder: {phone: [x]}\n")
        _ = await #expect(throws: InvalidSettings.self) { try await WaterfallFile.open(path, in: folder) }
    }

    @Test func everythingThatTablesLackIsSaidAtItsPlace() throws {
        try folder.write("l.csv", "Email,Score,Tel\n")
        let path = try folder.write(
            "l.yaml",
            """
            providers:
              - name: l
                path: \(folder.file("l.csv"))
                columns: {email: [Email, Mial]}
                channels: {phone: Tell}
                confidence_column: Scor
              - {name: gone, path: \(folder.file("gone.csv")), channels: {phone: Tel}}
              - {name: p, kind: pattern}
            order: {phone: [l, gone], work_email: [p]}
            accounts:
              - name: c
                path: \(folder.file("l.csv"))
                fields: {industry: Sector}
            """)
        #expect(throws: Never.self) { try WaterfallSettings.read(path, environment: [:]) }
        var checks = WaterfallSettings.Checks()
        (checks.opensTables, checks.hasWebhook) = (true, false)
        let error = try #require(
            #expect(throws: InvalidSettings.self) {
                try WaterfallSettings.read(path, environment: [:], checks: checks)
            })
        #expect(error.found.map(\.line) == [4, 5, 6, 7, 8, 13], "\(error)")
        #expect(error.found.allSatisfy { $0.file == path && $0.column != nil })
        #expect(error.found[1].hint?.contains("did you mean 'Tel'?") == true)
        #expect(error.description.contains("gone.csv"))
    }

    @Test func aTableIsIndexedAgainWhenItHasChanged() async throws {
        let hints = PersonHints(email: "new@acme.example")
        #expect(await ask(try await waterfall(), hints, [.workEmail]).channels[.workEmail]?.value == nil)
        try folder.write("a.csv", "Email,Mail Found,Tel\nnew@acme.example,found@work.example,\n")
        #expect(
            await ask(try await waterfall(), hints, [.workEmail]).channels[.workEmail]?.value?.value
                == "found@work.example")
        // The index of what the table was before is gone.
        let indexes = try FileManager.default.contentsOfDirectory(atPath: folder.file("ledger.sqlite.providers"))
        #expect(indexes.count { $0.hasPrefix("a-") } == 1, "\(indexes)")
    }

    @Test func aTableThatChangesWhileItIsUsedIsIndexedAnewOnceItIsWritten() async throws {
        let waterfall = try await waterfall()
        let hints = PersonHints(email: "new@acme.example")
        func found() async -> String? { await ask(waterfall, hints, [.workEmail]).channels[.workEmail]?.value?.value }
        #expect(waterfall.refreshTables().isEmpty)
        try folder.write("a.csv", "Email,Mail Found,Tel\nnew@acme.example,found@work.example,\n")
        // Somebody may be writing to it yet.
        #expect(waterfall.refreshTables().isEmpty)
        #expect(await found() == nil)
        #expect(
            waterfall.refreshTables().map(\.message) == [
                "the table of provider 'a' has changed and is indexed anew: 1 in it"
            ])
        #expect(await found() == "found@work.example")
        #expect(waterfall.refreshTables().isEmpty)
    }

    @Test func aTableThatChangesIntoSomethingElseIsUsedAsItWas() async throws {
        let waterfall = try await waterfall()
        func found() async -> String? {
            await ask(waterfall, PersonHints(email: "z@acme.example"), [.workEmail]).channels[.workEmail]?.value?.value
        }
        try folder.write("a.csv", "Email\nnew@acme.example\n")
        let notes = waterfall.refreshTables() + waterfall.refreshTables() + waterfall.refreshTables()
        // Said once.
        #expect(notes.map(\.severity) == [.warning])
        #expect(notes.first?.message.contains("'a' has changed and is used as it was") == true)
        #expect(await found() == "zelda@work.example")
        try FileManager.default.removeItem(atPath: folder.file("a.csv"))
        #expect((waterfall.refreshTables() + waterfall.refreshTables()).map(\.severity) == [.warning])
        #expect(await found() == "zelda@work.example")
    }

    @Test func aPersonIsFoundByNameAndCompanyWhereNoHintLeadsToThem() async throws {
        let hints = PersonHints(
            email: "unknown@umbra.example", companyDomain: "umbra.example", firstName: "Hank", lastName: "Rutherglen")
        let result = await ask(try await waterfall(), hints, [.workEmail])
        #expect(result.channels[.workEmail]?.value?.value == "hank@work.example")
    }

    @Test(arguments: [
        ("José", "García López", "1"), ("Jose", "Garcia Lopez", "1"), ("JOSÉ", "Garcia-López", "1"),
        ("Zoe", "OBrien Muller", "2"), ("Zoë", "O’Brien-Müller", "2"), ("Zoé", "O'Brien Müller", "2"),
        ("Łukasz", "Søren", "3"), ("Lukasz", "Soren", "3"), ("Anna", "Smith Jones", "4"), ("Anna", "Smith-Jones", "5"),
        ("Jose", "Garcia", nil), ("Zoe", "OBrien Mueller", nil),
    ])
    func namesAreFoundWithAndWithoutTheirAccents(_ first: String, _ last: String, _ expected: String?) async throws {
        let rows = [
            "José,García López,1", "Zoë,O'Brien-Müller,2", "Lukasz,Soren,3", "Anna,Smith Jones,4", "Anna,Smith-Jones,5",
        ]
        let lines = rows.map { row -> String in
            let cells = row.split(separator: ",")
            return "\(cells[0]),\(cells[1]),+1212555010\(cells[2]),acme.example\n"
        }
        let table = "First Name,Last Name,Tel,Company Domain\n" + lines.joined()
        let found = try await phones(
            table, [PersonHints(companyDomain: "acme.example", firstName: first, lastName: last)])
        #expect(found == [expected.map { "+1212555010" + $0 }])
    }

    @Test func whoIsWrittenLikeAnotherWithoutAccentsIsFoundWithThemAlone() async throws {
        let people = [("José", "García"), ("Jose", "García"), ("Jose", "Garcia"), ("Ana", "Nino")].map {
            PersonHints(companyDomain: "acme.example", firstName: $0, lastName: $1)
        }
        let found = try await phones(
            """
            First Name,Last Name,Tel,Company Domain
            José,García,+12125550101,acme.example
            Jose,García,+12125550102,acme.example
            Ana,Niño,+12125550103,acme.example
            Ana,Niño,+12125550104,acme.example

            """, people)
        #expect(found == ["+12125550101", "+12125550102", nil, "+12125550103"])
    }

    @Test func recordsComeOutInOrderWhateverIsKnownOfThem() async throws {
        let known = try await waterfall()
        let people = (0..<300).map { number in
            PersonHints(
                email: number % 3 == 0
                    ? "z@acme.example" : number % 3 == 1 ? "y@acme.example" : "n\(number)@acme.example")
        }
        let results = await known.persons(people, channels: [.workEmail, .phone], endpoint: .bulk, minConfidence: 0)
        let expected = ["zelda@work.example", "y2@work.example", nil]
        for (number, outcome) in results.enumerated() {
            #expect(outcome.result.channels[.workEmail]?.value?.value == expected[number % 3])
            #expect(outcome.costs.entries.map(\.value).reduce(.zero, +) == outcome.result.creditsUsed)
        }
        let use = known.use.take()
        let phones = use.filter { $0.channel == .phone }
        #expect(phones.first { $0.provider == "a" }?.asked == 300 && phones.first { $0.provider == "a" }?.found == 100)
        #expect(known.use.take().isEmpty)
    }

    @Test func aTableOfASQLiteFileIsAProviderToo() async throws {
        let path = folder.file("people.sqlite")
        let queue = try DatabaseQueue(path: path)
        try await queue.write { database in
            try database.execute(sql: "CREATE TABLE people (\"Email\" TEXT, \"Tel\" INTEGER, note BLOB)")
            try database.execute(sql: "CREATE TABLE other (x)")
            try database.execute(sql: "INSERT INTO people VALUES ('z@acme.example', 12125550142, x'00')")
        }
        let file = try folder.write(
            "w.yaml",
            """
            providers:
              - {name: s, path: \(path), table: people, channels: {phone: Tel}, prices: {phone: 2}}
            order: {phone: [s]}
            """)
        let result = await ask(
            try await WaterfallFile.open(file, in: folder), PersonHints(email: "z@acme.example"), [.phone])
        #expect(result.channels[.phone]?.value?.value == "+12125550142")
        try folder.write(
            "w.yaml", "providers: [{name: s, path: \(path), channels: {phone: Tel}}]\norder: {phone: [s]}\n")
        let error = await #expect(throws: Diagnostic.self) { try await WaterfallFile.open(file, in: folder) }
        #expect(error?.hint?.contains("other, people") == true)
    }
}
