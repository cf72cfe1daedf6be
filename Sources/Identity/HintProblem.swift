/// Why a cell is no identity hint.
///
/// An empty cell is no problem, it is just absent.
package enum HintProblem: UInt8, Sendable, Codable, CaseIterable {
    case noAt = 1
    case badLocalPart
    case badDomain
    case tooLong
    case notAProfile
    case badURL
    case ipAddress
    case publicSuffix
    case notANumber
    case impossibleNumber
    case unknownCountry
    case destroyedBySpreadsheet
    case freeMail
    case disposable
    case sharedSite
    case companyPage
    case schoolPage
    case salesNavigator
    case recruiterPage
    case otherPage

    /// A stable word, for reports.
    package var code: String {
        switch self {
        case .noAt: "no_at"
        case .badLocalPart: "bad_local_part"
        case .badDomain: "bad_domain"
        case .tooLong: "too_long"
        case .notAProfile: "not_a_profile"
        case .badURL: "bad_url"
        case .ipAddress: "ip_address"
        case .publicSuffix: "public_suffix"
        case .notANumber: "not_a_number"
        case .impossibleNumber: "impossible_number"
        case .unknownCountry: "unknown_country"
        case .destroyedBySpreadsheet: "destroyed_by_spreadsheet"
        case .freeMail: "free_mail"
        case .disposable: "disposable"
        case .sharedSite: "shared_site"
        case .companyPage: "company_page"
        case .schoolPage: "school_page"
        case .salesNavigator: "sales_navigator"
        case .recruiterPage: "recruiter_page"
        case .otherPage: "other_page"
        }
    }

    /// What it is, for a person who asks why a cell did not count.
    package var sentence: String {
        switch self {
        case .noAt: "have no @"
        case .badLocalPart: "have something before the @ that no address has"
        case .badDomain: "have no domain name in them"
        case .tooLong: "are longer than is allowed"
        case .notAProfile: "are no profile of a person"
        case .badURL: "are no web address"
        case .ipAddress: "are an IP address"
        case .publicSuffix: "are a suffix under which anybody can have a domain"
        case .notANumber: "are no telephone number"
        case .impossibleNumber: "have too few or too many digits"
        case .unknownCountry: "do not say in which country they are dialled; set input.region"
        case .destroyedBySpreadsheet: "were destroyed by a spreadsheet (1.41556E+10); export them again as text"
        case .freeMail: "belong to a mail provider for everybody"
        case .disposable: "belong to a provider of throw-away addresses"
        case .sharedSite: "are a page on a site that everybody uses"
        case .companyPage: "are a company's page and no person's"
        case .schoolPage: "are a school's page and no person's"
        case .salesNavigator: "are links of Sales Navigator, which name nobody outside of it"
        case .recruiterPage: "are links of LinkedIn Recruiter, which name nobody outside of it"
        case .otherPage: "are pages of LinkedIn that are no person's"
        }
    }
}
