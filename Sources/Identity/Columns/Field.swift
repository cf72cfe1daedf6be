/// What a column of an export can be to us (contract, section 4).
package enum Field: String, Sendable, CaseIterable {
    case recordID = "record_id"
    case email
    case personalEmail = "personal_email"
    case firstName = "first_name"
    case lastName = "last_name"
    case fullName = "full_name"
    case companyName = "company_name"
    case companyDomain = "company_domain"
    case website
    case linkedinURL = "linkedin_url"
    case phone
    case title
    case country

    /// Columns out of which a person can be asked for; without any of them a file is of no use.
    package static let hints: Set<Field> = [
        .email, .personalEmail, .firstName, .lastName, .fullName, .companyDomain, .website, .linkedinURL,
    ]
}
