import Foundation
import Identity
import Input
import Records
import TestSupport
import Testing

@Suite struct NormalizerTests {
    /// Reads a CSV text and says who its rows are.
    private func identify(_ text: String, _ settings: Normalizer.Settings = Normalizer.Settings()) throws
        -> IdentityBatch
    {
        let folder = try TemporaryFolder()
        let export = try Export(folder.write("in.csv", text))
        let batch = try #require(try export.records().next())
        return Normalizer(try HeaderMapping(header: export.columns, file: "in.csv"), settings: settings).identify(batch)
    }

    @Test func aRowGivesItsHints() throws {
        let people = try identify(
            "First Name,Last Name,Email,Phone,Company,Website,LinkedIn URL,Country\n Zelda ,Quux,Z@ACME.example,020 7946 0123,\"Acme, Inc.\",https://www.acme.example/x,in/zelda,UK\n"
        )
        #expect(people.text(0, .firstName) == "Zelda")
        #expect(people.text(0, .email) == "z@acme.example")
        #expect(people.text(0, .phone) == "+442079460123")
        #expect(people.text(0, .companyName) == "Acme, Inc.")
        #expect(people.text(0, .companyDomain) == "acme.example")
        #expect(people.text(0, .linkedinURL) == "https://www.linkedin.com/in/zelda")
        #expect(people.key(0) == "email:z@acme.example")
    }

    @Test func theMailDomainStandsForTheCompanyUnlessItIsForEverybody() throws {
        let people = try identify(
            "Email,Website\nz@mail.acme.example,\nz@freemail.example,\nz@freemail.example,acme.example\n")
        #expect(people.text(0, .companyDomain) == "acme.example")
        #expect(people.text(1, .companyDomain) == "")
        #expect(people.text(2, .companyDomain) == "acme.example")
    }

    @Test func fullNamesAreSplit() throws {
        let people = try identify(
            "Name,Email\nZelda Quux,\nLudwig van der Rohe,\n\"Quux, Zelda\",\nMary Ann Smith,\nCher,\n")
        let names = (0..<5).map { [people.text($0, .firstName), people.text($0, .lastName)] }
        #expect(
            names == [
                ["Zelda", "Quux"], ["Ludwig", "van der Rohe"], ["Zelda", "Quux"], ["Mary Ann", "Smith"], ["Cher", ""],
            ])
    }

    @Test func rowsWithoutAnythingValidHaveNoKey() throws {
        let people = try identify(
            "Email,First Name,Last Name,Website\nnot an email,Zelda,Quux,\n,,,acme.example\n,Zelda,Quux,acme.example\n")
        #expect((0..<3).map { people.key($0) } == ["", "", "name:zelda|quux|acme.example"])
        #expect(people.problem(0, .email) == .noAt)
    }

    @Test func theGraphSeesTheAliasesOfARow() throws {
        let people = try identify(
            "Email,LinkedIn URL,First Name,Last Name,Website\nz@acme.example,in/zelda,,,\ninfo@acme.example,,Zelda,Quux,\ninfo@acme.example,,,,\n,,Zelda,Quux,acme.example\n,,,,\n"
        )
        // What it held before leaves nothing behind.
        var seen = IdentityGraph.Row(aliases: [1, 2, 3], name: 4, domain: 5)
        for row in 0..<people.rowCount {
            people.look(row, joinsAll: false, into: &seen)
            #expect(seen.aliases == people.aliases(row).map(IdentityGraph.hash))
            let name =
                people.text(row, .firstName).isEmpty
                ? 0 : IdentityGraph.hash(AliasKey.folded(first: "Zelda", last: "Quux"))
            #expect(seen.name == name)
            #expect(seen.domain == (people.text(row, .companyDomain).isEmpty ? 0 : IdentityGraph.hash("acme.example")))
        }
    }

    @Test func spellingsOfOnePersonShareAnAlias() throws {
        let people = try identify(
            "Email,LinkedIn URL\nz@acme.example,linkedin.com/in/Zelda\nZ+x@ACME.example,\n,https://uk.linkedin.com/in/zelda/\n"
        )
        #expect(people.aliases(0) == ["email:z@acme.example", "linkedin:zelda"])
        #expect(people.aliases(1) == ["email:z@acme.example"])
        #expect(people.aliases(2) == ["linkedin:zelda"])
    }

    @Test(arguments: [
        (
            "apollo_contacts_2024",
            [
                "email": "Email", "linkedin_url": "Person Linkedin Url", "company_name": "Company",
                "website": "Website", "title": "Title",
            ]
        ),
        (
            "brevo_contacts_SEMICOLON",
            ["email": "EMAIL", "first_name": "FIRSTNAME", "last_name": "LASTNAME", "phone": "SMS"]
        ),
        (
            "dynamics_leads",
            [
                "record_id": "(Do Not Modify) Lead", "email": "Email", "phone": "Business Phone", "title": "Job Title",
                "linkedin_url": "LinkedIn",
            ]
        ),
        (
            "hubspot_contacts",
            ["record_id": "Record ID", "email": "Email", "phone": "Phone Number", "company_name": "Associated Company"]
        ),
        (
            "linkedin_connections",
            ["linkedin_url": "URL", "email": "Email Address", "company_name": "Company", "title": "Position"]
        ),
        ("mailchimp_audience_2015", ["email": "Email Address", "first_name": "First Name"]),
        (
            "pipedrive_people",
            [
                "email": "Person - Email - Work", "personal_email": "Person - Email - Home",
                "full_name": "Person - Name", "linkedin_url": "Person - LinkedIn Page",
            ]
        ),
        ("zoho_leads", ["record_id": "Record Id", "email": "Email", "phone": "Phone", "company_name": "Company"]),
        (
            "zoominfo_contacts",
            [
                "record_id": "ZoomInfo Contact ID", "phone": "Direct Phone Number", "website": "Website",
                "company_name": "Company Name",
            ]
        ),
    ])
    func columnsOfRealExportsAreMapped(_ name: String, _ expected: [String: String]) throws {
        let export = try Export(Checkout.file("Tests/Fixtures/exports/\(name).csv"))
        let mapping = try HeaderMapping(header: export.columns, file: export.name)
        for (field, column) in expected {
            let field = try #require(Field(rawValue: field))
            #expect(mapping[field].map { export.columns[$0] } == column, "\(field)")
        }
        for column in [
            "Company Linkedin Url", "Company Phone", "Corporate Phone", "Contact Owner", "Lead Owner", "Contact owner",
        ] {
            if let place = export.columns.firstIndex(of: column) {
                #expect(mapping.field(of: place) == nil, "\(column)")
            }
        }
    }

    @Test func aFileWithoutHintsIsRefusedWithItsColumns() {
        let error = #expect(throws: Diagnostic.self) { try HeaderMapping(header: ["Colour", "Size"], file: "in.csv") }
        #expect(error?.code == "no_hint_column")
        #expect(error?.hint?.contains("Colour, Size") == true)
    }

    @Test func aColumnCanBeNamedByNameOrNumber() throws {
        let mapping = try HeaderMapping(
            header: ["x", "y", "Email"], chosen: [.email: "x", .phone: "#2"], file: "in.csv")
        #expect(mapping[.email] == 0)
        #expect(mapping[.phone] == 1)
        #expect(
            #expect(throws: Diagnostic.self) { try HeaderMapping(header: ["x"], chosen: [.email: "#9"], file: "f") }?
                .code == "no_column")
    }
}
