import EnrichmentAPI
import Identity
import Records

/// Where the domain and each known field stand in a table of companies.
struct AccountColumns {
    let domain: Int
    let fields: [(name: String, column: Int)]

    /// Names that exports of companies have for the fields, besides the fields' own.
    private static let names: [String: [String]] = [
        "industry": ["company industry", "primary industry", "sector", "branche"],
        "employee_count": [
            "employees", "number of employees", "no. of employees", "# employees", "employee count", "headcount",
            "company size", "company headcount",
        ],
        "revenue_band": ["revenue", "annual revenue", "company annual revenue", "revenue range", "total revenue"],
        "founded_year": ["founded", "year founded", "founding year", "company founded year"],
        "hq_country": ["country", "country/region", "company country", "billing country", "headquarters country"],
        "hq_city": ["city", "company city", "billing city", "headquarters city"],
        "tech_stack": ["technologies", "web technologies", "tech", "technology"],
        "funding_stage": ["funding", "latest funding", "last funding type", "funding round"],
        "last_funding_date": ["last raised at", "latest funding date", "last funding"],
        "total_raised_usd": ["total funding", "total raised", "total money raised", "total funding amount"],
    ]

    /// - Throws: ``Diagnostic`` `no_column` where there is no column for the domain, or none for any field.
    init(_ file: TableFile, _ settings: AccountProviderSettings) throws {
        func missing(_ what: String, _ hint: String) -> Diagnostic {
            Diagnostic(
                code: "no_column", "account provider '\(settings.name)' has no column with \(what)",
                file: settings.path, hint: hint)
        }
        let mapping = HeaderMapping(guessing: file.columns, empty: file.emptyColumns)
        let chosen = try file.column(settings.domainColumn, of: settings.name)
        guard let domain = chosen ?? mapping[.companyDomain] ?? mapping[.website] else {
            throw missing("the company's domain", "name it with domain_column, or call it 'domain'")
        }
        self.domain = domain
        let columns = file.columns.map(HeaderMapping.folded)
        fields = try AccountResult.knownFields.compactMap { field in
            let known = ([field] + (Self.names[field] ?? [])).map(HeaderMapping.folded)
            let found = known.lazy.compactMap { columns.firstIndex(of: $0) }.first { $0 != domain }
            return try (file.column(settings.fields[field] ?? "", of: settings.name) ?? found).map { (field, $0) }
        }
        if fields.isEmpty {
            throw missing(
                "a field that is known",
                "name them, as fields: {industry: COLUMN}; they are: \(AccountResult.knownFields.joined(separator: ", "))"
            )
        }
    }
}
