/// What is known about a company.
package struct AccountResult: Sendable, Equatable, Codable {
    package var accountID: String
    /// By name; lists are joined with a semicolon.
    ///
    /// Absent and null fields are left out.
    package var fields: [String: String]
    package var creditsUsed: Credits

    package init(accountID: String, fields: [String: String], creditsUsed: Credits = .zero) {
        self.accountID = accountID
        self.fields = fields
        self.creditsUsed = creditsUsed
    }

    /// The documented fields, in the order in which they are written.
    package static let knownFields = [
        "industry", "employee_count", "revenue_band", "founded_year", "hq_country", "hq_city", "tech_stack",
        "funding_stage",
        "last_funding_date", "total_raised_usd",
    ]

    private enum CodingKeys: String, CodingKey {
        case accountID = "account_id"
        case fields
        case creditsUsed = "credits_used"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        accountID = try container.decodeIfPresent(LenientText.self, forKey: .accountID)?.text ?? ""
        creditsUsed = try container.decodeIfPresent(Credits.self, forKey: .creditsUsed) ?? .zero
        fields = try container.decode([String: FieldValue?].self, forKey: .fields).compactMapValues { $0?.text }
            .filter { !$0.value.isEmpty }
    }

    private struct FieldValue: Decodable {
        var text: String

        init(from decoder: any Decoder) throws {
            if let list = try? decoder.singleValueContainer().decode([LenientText?].self) {
                text = list.compactMap { $0?.text }.joined(separator: ";")
            } else {
                // New fields may appear, in forms that this version does not know; the others are good all the same.
                text = (try? LenientText(from: decoder).text) ?? ""
            }
        }
    }
}

/// Body of the answer to a bulk request: a bare array, or an object with `results`.
package struct BulkResponse: Sendable, Decodable {
    package var results: [PersonResult]

    package init(from decoder: any Decoder) throws {
        if let bare = try? decoder.singleValueContainer().decode([PersonResult].self) {
            results = bare
        } else {
            results = try decoder.container(keyedBy: CodingKeys.self).decode([PersonResult].self, forKey: .results)
        }
    }

    private enum CodingKeys: String, CodingKey { case results }
}
