import Identity
import Records
import Testing

@Suite struct HeaderMappingTests {
    private func fields(_ header: [String], empty: Set<Int> = []) throws -> [String: String] {
        let mapping = try HeaderMapping(header: header, empty: empty, file: "in.csv")
        return Dictionary(
            uniqueKeysWithValues: mapping.columns.map { ($0.key.rawValue, header[$0.value]) })
    }

    @Test(arguments: [
        // Salesforce's API names, with fields that a company added.
        (
            ["Id", "FirstName", "LastName", "Email", "Account.Name", "MobilePhone", "LinkedIn_URL__c", "OwnerId"],
            [
                "record_id": "Id", "first_name": "FirstName", "last_name": "LastName", "email": "Email",
                "company_name": "Account.Name", "phone": "MobilePhone", "linkedin_url": "LinkedIn_URL__c",
            ]
        ),
        // HubSpot's API.
        (
            [
                "id", "properties.firstname", "properties.lastname", "properties.email", "properties.jobtitle",
                "properties.hubspot_owner_id",
            ],
            [
                "record_id": "id", "first_name": "properties.firstname", "last_name": "properties.lastname",
                "email": "properties.email", "title": "properties.jobtitle",
            ]
        ),
        (
            ["profileUrl", "fullName", "companyName", "companyUrl", "linkedInProfileUrl"],
            [
                "full_name": "fullName", "company_name": "companyName", "website": "companyUrl",
                "linkedin_url": "linkedInProfileUrl",
            ]
        ),
        (
            ["Person Linkedin Url", "Company Linkedin Url", "Company Phone", "Email"],
            ["linkedin_url": "Person Linkedin Url", "email": "Email"]
        ),
        // LinkedIn's export in German, and other languages.
        (
            ["Vorname", "Nachname", "URL", "E-Mail-Adresse", "Unternehmen", "Position", "Verbunden am"],
            [
                "first_name": "Vorname", "last_name": "Nachname", "linkedin_url": "URL", "email": "E-Mail-Adresse",
                "company_name": "Unternehmen", "title": "Position",
            ]
        ),
        (
            ["Vorname", "Name", "E-Mail", "Firma"],
            ["first_name": "Vorname", "last_name": "Name", "email": "E-Mail", "company_name": "Firma"]
        ),
        (
            ["Prénom", "Nom", "Adresse e-mail"],
            ["first_name": "Prénom", "last_name": "Nom", "email": "Adresse e-mail"]
        ),
        (["Nombre", "Apellidos", "Correo"], ["first_name": "Nombre", "last_name": "Apellidos", "email": "Correo"]),
        (["Nombre", "Correo", "Empresa"], ["full_name": "Nombre", "email": "Correo", "company_name": "Empresa"]),
        (["氏名", "メールアドレス", "会社名"], ["full_name": "氏名", "email": "メールアドレス", "company_name": "会社名"]),
        (["姓", "名", "邮箱"], ["last_name": "姓", "first_name": "名", "email": "邮箱"]),
        (
            ["Ad", "Soyad", "E-posta", "Şirket", "Telefon"],
            [
                "first_name": "Ad", "last_name": "Soyad", "email": "E-posta", "company_name": "Şirket",
                "phone": "Telefon",
            ]
        ),
        (
            ["Prenume", "Nume de familie", "Adresă de e-mail", "Companie", "Țară"],
            [
                "first_name": "Prenume", "last_name": "Nume de familie", "email": "Adresă de e-mail",
                "company_name": "Companie",
                "country": "Țară",
            ]
        ),
        (
            ["Keresztnév", "Vezetéknév", "Cég", "Email"],
            ["first_name": "Keresztnév", "last_name": "Vezetéknév", "company_name": "Cég", "email": "Email"]
        ),
        (["Jméno", "Příjmení", "Email"], ["first_name": "Jméno", "last_name": "Příjmení", "email": "Email"]),
        (["名字", "姓氏", "邮箱"], ["first_name": "名字", "last_name": "姓氏", "email": "邮箱"]),
        (
            ["Ansprechpartner", "E-Mail geschäftlich", "Tel."],
            ["full_name": "Ansprechpartner", "email": "E-Mail geschäftlich", "phone": "Tel."]
        ),
        (["E-Mail 1", "E-Mail 2"], ["email": "E-Mail 1"]),
        // A salutation is no job.
        (["Title", "First Name", "Email"], ["first_name": "First Name", "email": "Email"]),
        (
            ["Title", "First Name", "Job Title", "Email"],
            ["first_name": "First Name", "title": "Job Title", "email": "Email"]
        ),
        (
            ["First Name", "Last Name", "Title", "Email"],
            ["first_name": "First Name", "last_name": "Last Name", "title": "Title", "email": "Email"]
        ),
        // Owners, assistants and companies are not the person.
        (
            [
                "Owner Email", "Contact Owner", "Lead Owner", "Assistant's Phone", "Company Main Phone", "Email",
                "Company Fax",
            ],
            ["email": "Email"]
        ),
    ])
    func columnsAreMappedAndNothingElse(_ header: [String], _ expected: [String: String]) throws {
        #expect(try fields(header) == expected)
    }

    @Test func aColumnWithoutValuesLosesAgainstOneThatHasSome() throws {
        let header = ["Work Direct Phone", "Mobile Phone", "Email"]
        #expect(try fields(header)["phone"] == "Work Direct Phone")
        #expect(try fields(header, empty: [0])["phone"] == "Mobile Phone")
        #expect(try fields(header, empty: [0, 1])["phone"] == "Work Direct Phone")
    }

    @Test func whatLostIsKnown() throws {
        let mapping = try HeaderMapping(header: ["Email", "Work Email", "E-mail", "Phone"], file: "in.csv")
        #expect(mapping[.email] == 1)
        #expect(mapping.rivals == [.email: [0, 2]])
    }

    @Test func namesThatMayBeSomebodysAreNotShownInAnError() {
        let error = #expect(throws: Diagnostic.self) {
            try HeaderMapping(header: ["Zelda Quux", "+1 212 555 0142"], file: "in.csv")
        }
        #expect(error?.hint?.contains("Zelda") == false)
    }
}
