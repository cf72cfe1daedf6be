import EnrichmentAPI
import Identity

/// What the import pages of CRMs expect: their own headers, and how many rows they take in one file.
extension AudienceSettings.Preset {
    var columns: [ImportColumn] {
        switch self {
        // The names of HubSpot's own contact properties, as its import page matches them.
        case .hubspot:
            [
                ImportColumn(name: "First Name", value: .hint(.firstName)),
                ImportColumn(name: "Last Name", value: .hint(.lastName)), ImportColumn(name: "Email", value: .email),
                ImportColumn(name: "Phone Number", value: .contact(.phone)),
                ImportColumn(name: "Job Title", value: .field(.title)),
                ImportColumn(name: "Company Name", value: .hint(.companyName)),
                ImportColumn(name: "Website URL", value: .hint(.companyDomain)),
                ImportColumn(name: "LinkedIn URL", value: .contact(.linkedinURL)),
                ImportColumn(name: "Country/Region", value: .field(.country)),
            ]
        // API names of the lead object, which Data Loader maps by itself; a lead must have a last name and a company.
        case .salesforce:
            [
                ImportColumn(name: "FirstName", value: .hint(.firstName)),
                ImportColumn(name: "LastName", value: .hint(.lastName), isRequired: true),
                ImportColumn(name: "Email", value: .email), ImportColumn(name: "Phone", value: .contact(.phone)),
                ImportColumn(name: "Title", value: .field(.title)),
                ImportColumn(name: "Company", value: .hint(.companyName), isRequired: true),
                ImportColumn(name: "Website", value: .hint(.companyDomain)),
                ImportColumn(name: "Country", value: .field(.country)),
            ]
        // As Apollo names them in its own exports.
        case .apollo:
            [
                ImportColumn(name: "First Name", value: .hint(.firstName)),
                ImportColumn(name: "Last Name", value: .hint(.lastName)),
                ImportColumn(name: "Title", value: .field(.title)),
                ImportColumn(name: "Company", value: .hint(.companyName)), ImportColumn(name: "Email", value: .email),
                ImportColumn(name: "Mobile Phone", value: .contact(.phone)),
                ImportColumn(name: "Person Linkedin Url", value: .contact(.linkedinURL)),
                ImportColumn(name: "Website", value: .hint(.companyDomain)),
                ImportColumn(name: "Country", value: .field(.country)),
            ]
        }
    }

    /// Rows in one file, without the header.
    var rowsPerFile: Int {
        switch self {
        // 1,048,576 rows with the header (HubSpot's knowledge base, "Set up your import file").
        case .hubspot: 1_048_575
        // Loads of up to five million records (Data Loader's guide).
        case .salesforce: 5_000_000
        // "Avoid uploading CSV files with more than 10,000 rows" (Apollo's knowledge base, "Import a CSV of Contacts").
        case .apollo: 10_000
        }
    }
}
