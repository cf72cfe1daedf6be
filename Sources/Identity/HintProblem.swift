/// Why a cell is no identity hint.
///
/// An empty cell is no problem, it is just absent.
package enum HintProblem: UInt8, Sendable, CaseIterable {
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
        }
    }
}
