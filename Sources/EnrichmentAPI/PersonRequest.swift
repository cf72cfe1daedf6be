/// What is known about a person when asking for more; at least one hint is set.
package struct PersonHints: Sendable, Hashable, Codable {
    package var email: String?
    package var linkedinURL: String?
    package var companyDomain: String?
    package var firstName: String?
    package var lastName: String?

    package init(
        email: String? = nil, linkedinURL: String? = nil, companyDomain: String? = nil, firstName: String? = nil,
        lastName: String? = nil
    ) {
        self.email = email
        self.linkedinURL = linkedinURL
        self.companyDomain = companyDomain
        self.firstName = firstName
        self.lastName = lastName
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case email
        case linkedinURL = "linkedin_url"
        case companyDomain = "company_domain"
        case firstName = "first_name"
        case lastName = "last_name"
    }
}

/// The four calls, each a `POST`.
package enum Endpoint: String, Sendable, Codable, CaseIterable {
    case bulk, single, discover, account

    package var path: String {
        switch self {
        case .bulk: "/enrichment/bulk"
        case .single: "/enrichment"
        case .discover: "/enrichment/discover"
        case .account: "/enrichment/account"
        }
    }

    /// Records in one call at most.
    package static let bulkLimit = 100
}

/// Body of `/enrichment/bulk`.
package struct BulkRequest: Sendable, Codable {
    package var records: [PersonHints]
    package var channels: [Channel]

    package init(records: [PersonHints], channels: [Channel]) {
        self.records = records
        self.channels = channels
    }
}

/// Body of `/enrichment` and `/enrichment/discover`: the hints and, for the first, what is asked for.
package struct SingleRequest: Sendable, Codable {
    package var hints: PersonHints
    /// Nil asks for all.
    package var channels: [Channel]?
    package var force: Bool?

    package init(hints: PersonHints, channels: [Channel]? = nil, force: Bool? = nil) {
        self.hints = hints
        self.channels = channels
        self.force = force
    }

    private enum CodingKeys: String, CodingKey { case channels, force }

    package init(from decoder: any Decoder) throws {
        hints = try PersonHints(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        channels = try container.decodeIfPresent([Channel].self, forKey: .channels)
        force = try container.decodeIfPresent(Bool.self, forKey: .force)
    }

    package func encode(to encoder: any Encoder) throws {
        try hints.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(channels, forKey: .channels)
        try container.encodeIfPresent(force, forKey: .force)
    }
}

/// Body of `/enrichment/account`.
package struct AccountRequest: Sendable, Codable {
    package var domain: String
    package init(domain: String) { self.domain = domain }
}
