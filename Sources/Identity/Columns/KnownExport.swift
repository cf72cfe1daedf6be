/// Which program an export comes from, by the columns that only it writes.
package enum KnownExport {
    /// - Returns: its name in lower case, nil where the columns do not tell.
    package static func crm(of columns: [String]) -> String? {
        let folded = Set(columns.map(ColumnName.folded))
        return marks.first { mark in mark.columns.allSatisfy { folded.contains(ColumnName.folded($0)) } }?.name
    }

    private static let marks: [(name: String, columns: [String])] = [
        ("apollo", ["Person Linkedin Url"]), ("zoominfo", ["ZoomInfo Contact ID"]), ("pipedrive", ["Person - Name"]),
        ("dynamics", ["(Do Not Modify) Row Checksum"]), ("zoho", ["Lead Owner.id"]), ("zoho", ["Contact Owner.id"]),
        ("linkedin", ["First Name", "URL", "Connected On"]), ("linkedin", ["Vorname", "URL", "Verbunden am"]),
        ("linkedin", ["Prénom", "URL", "Connexion le"]), ("mailchimp", ["MEMBER_RATING"]),
        ("brevo", ["EMAIL_BLACKLISTED"]), ("google", ["Given Name", "Family Name"]),
        ("outlook", ["Business Street", "Job Title"]),
        ("hubspot", ["Record ID", "Contact owner"]), ("hubspot", ["Record ID - Contact"]),
        ("salesforce", ["Lead Owner"]), ("salesforce", ["Company / Account"]),
        ("salesforce", ["Account Owner", "Account Name"]), ("salesforce", ["FirstName", "LastName", "LeadSource"]),
    ]
}
