/// The headers under which exports carry each field, best first.
///
/// Names are compared without case, blanks and punctuation. From the export and import headers of HubSpot, Salesforce,
/// Apollo, ZoomInfo, Zoho, Pipedrive, Dynamics, Outlook, Google Contacts, LinkedIn, Mailchimp and Brevo.
enum HeaderNames {
    static let known: [(field: Field, names: [String])] = [
        (
            .recordID,
            [
                "record id", "record id - contact", "contact id", "lead id", "person id", "zoominfo contact id",
                "(do not modify) lead",
                "(do not modify) contact", "person - id", "id", "external id", "crm id",
            ]
        ),
        (
            .email,
            [
                "work email", "business email", "email", "email address", "e-mail address", "person - email - work",
                "primary email",
                "e-mail 1 - value", "email 1", "email1", "emailaddress1", "contact email", "mail", "e-mail-adresse",
                "e-mail adresse",
                "adresse e-mail", "adresse email", "correo electronico", "correo", "correo electrónico",
                "posta elettronica",
            ]
        ),
        (
            .personalEmail,
            [
                "personal email", "home email", "private email", "person - email - home", "email (personal)",
                "personal email address",
                "emailaddress2",
            ]
        ),
        (
            .firstName,
            [
                "first name", "given name", "forename", "first", "fname", "person - first name", "contact first name",
                "vorname",
                "prénom", "prenom", "nombre", "nome", "voornaam",
            ]
        ),
        (
            .lastName,
            [
                "last name", "family name", "surname", "last", "lname", "person - last name", "contact last name",
                "nachname",
                "familienname", "nom de famille", "apellido", "apellidos", "cognome", "achternaam",
            ]
        ),
        (
            .fullName,
            [
                "full name", "contact name", "person - name", "lead name", "display name", "name", "contact full name",
                "vollständiger name", "nom complet", "nombre completo",
            ]
        ),
        (
            .companyName,
            [
                "company name", "company", "company / account", "account name", "associated company",
                "primary associated company", "person - organization", "organization", "organisation",
                "organization name",
                "organization 1 - name", "employer", "account", "firma", "unternehmen", "société", "empresa", "azienda",
            ]
        ),
        (
            .companyDomain,
            [
                "company domain", "company domain name", "domain", "domain name", "account domain",
                "organization domain",
            ]
        ),
        (
            .website,
            [
                "company website", "website", "website url", "company url", "web page", "webpage", "web site",
                "homepage",
                "website 1 - value", "account website", "webseite", "site web", "sitio web",
            ]
        ),
        (
            .linkedinURL,
            [
                "person linkedin url", "linkedin url", "linkedin profile url", "linkedin profile", "linkedin",
                "person linkedin",
                "contact linkedin url", "contact linkedin profile url", "person - linkedin page",
                "linkedin contact profile url",
                "linkedin link", "linkedin public url", "hs_linkedin_url", "li url",
            ]
        ),
        (
            .phone,
            [
                "phone", "phone number", "work direct phone", "direct phone number", "direct phone", "primary phone",
                "business phone", "work phone", "person - phone - work", "phone 1 - value", "mobile phone",
                "mobile phone number",
                "mobile", "mobile number", "cell phone", "cell", "person - phone - mobile", "telephone", "telephone1",
                "sms", "telefon",
                "telefonnummer", "téléphone", "teléfono", "telefono",
            ]
        ),
        (
            .title,
            [
                "job title", "position", "person - title", "organization 1 - title", "occupation", "title", "role",
                "berufsbezeichnung",
                "poste", "cargo",
            ]
        ),
        (
            .country,
            [
                "country", "country/region", "country region", "person country", "contact country", "mailing country",
                "business country/region", "country code", "company country", "land", "pays", "país", "paese",
            ]
        ),
    ]

    /// LinkedIn's own export calls the profile's address just "URL"; this column beside it tells the export.
    static let linkedinExportMark = "connected on"
    static let linkedinExportURL = "url"

    /// Lower case, letters and digits only.
    static func folded(_ name: String) -> String {
        String(
            String.UnicodeScalarView(
                name.lowercased().unicodeScalars.filter {
                    $0.properties.isAlphabetic || $0.properties.numericType != nil
                }))
    }
}
