/// What a row says about who it is, in canonical form.
package enum Hint: Int, Sendable, Codable, CaseIterable {
    case email, firstName, lastName, companyName, companyDomain, linkedinURL, phone, personalEmail

    /// The column of `millrace normalize` (contract, section 4); the personal email has none.
    package var column: String? {
        switch self {
        case .email: "normalized_email"
        case .firstName: "normalized_first_name"
        case .lastName: "normalized_last_name"
        case .companyName: "normalized_company_name"
        case .companyDomain: "normalized_company_domain"
        case .linkedinURL: "normalized_linkedin_url"
        case .phone: "normalized_phone"
        case .personalEmail: nil
        }
    }

    /// Those that can stand for a person alone, the strongest first.
    package static let own = [Hint.email, .linkedinURL, .personalEmail]

    /// In the order of the contract.
    package static let columns = Hint.allCases.compactMap(\.column) + ["identity_key"]
}
