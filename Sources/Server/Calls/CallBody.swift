import EnrichmentAPI
import Foundation
import Identity
import Settings

/// What a client asks, as it comes over the wire: read leniently, and checked before anything is asked.
struct CallBody: Sendable {
    /// With canonical hints, those left out that are not valid.
    var records: [PersonHints]
    var channels: ChannelSet
    var isForced: Bool
    /// Of a company; canonical.
    var domain: String?

    /// - Parameter most: records in a bulk call.
    /// - Throws: ``Problem`` where the body is nothing that can be answered.
    init(_ data: Data, endpoint: Endpoint, most: Int) throws {
        let wire: Wire
        do {
            wire = try JSONDecoder().decode(Wire.self, from: data)
        } catch let error as DecodingError {
            throw Problem.badRequest(Self.describe(error))
        }
        if let meant = wire.meant { throw Problem.invalid("\(meant) is spelt in another way.") }
        channels = try Self.channels(wire.channels)
        isForced = wire.force ?? false
        records = []
        switch endpoint {
        case .account:
            guard let text = wire.domain, !text.isEmpty else { throw Problem.invalid("domain is missing.") }
            guard let canonical = Canonical.companyDomain(text) else {
                throw Problem.invalid("domain is not the domain of a company.")
            }
            domain = canonical
        case .bulk:
            guard let people = wire.records else { throw Problem.invalid("records is missing.") }
            guard (1...most).contains(people.count) else {
                throw Problem.invalid("records holds \(people.count) entries; 1 to \(most) are allowed.")
            }
            records = try people.enumerated().map { index, person in
                guard person.hasHint else { throw Problem.invalid("records[\(index)] has no hint.") }
                return person.canonical
            }
        case .single:
            guard wire.person.hasHint else {
                throw Problem.invalid("One of email, linkedin_url and company_domain is needed.")
            }
            records = [try Self.usable(wire.person.canonical)]
        case .discover:
            guard wire.person.isDiscoverable else {
                throw Problem.invalid("first_name, last_name and company_domain are needed.")
            }
            let canonical = wire.person.canonical
            guard canonical.isDiscoverable else { throw Self.notValid }
            records = [
                PersonHints(
                    companyDomain: canonical.companyDomain, firstName: canonical.firstName,
                    lastName: canonical.lastName)
            ]
        }
    }

    /// - Throws: ``Problem`` where no hint is left, since none was valid.
    private static func usable(_ person: PersonHints) throws -> PersonHints {
        guard person.hasHint else { throw notValid }
        return person
    }

    private static let notValid = Problem.invalid(
        "None of the hints is a valid email, LinkedIn URL, company domain or name.")

    private static func channels(_ names: [String]?) throws -> ChannelSet {
        guard let names else { return .all }
        let channels = names.compactMap(Channel.init(rawValue:))
        guard !names.isEmpty, channels.count == names.count else {
            throw Problem.invalid(
                "channels holds some of: \(Channel.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        return ChannelSet(channels)
    }

    /// Where the body is wrong, without what stands there.
    private static func describe(_ error: DecodingError) -> String {
        let path: [any CodingKey] =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                context.codingPath
            case .keyNotFound(_, let context): context.codingPath
            @unknown default: []
            }
        guard !path.isEmpty else { return "It is not a JSON object." }
        let place = path.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
        return "\(place.hasPrefix(".") ? String(place.dropFirst()) : place) is of the wrong type."
    }

    private struct Wire: Decodable {
        var records: [PersonHints]?
        var channels: [String]?
        var force: Bool?
        var domain: String?
        var person: PersonHints
        /// A key that is there with a slip in it: what it says would be passed over, and more be asked for than is meant.
        var meant: String?

        private enum CodingKeys: String, CodingKey, CaseIterable { case records, channels, force, domain }

        private struct AnyKey: CodingKey {
            var stringValue: String
            var intValue: Int?

            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        private static let known = CodingKeys.allCases.map(\.rawValue) + PersonHints.CodingKeys.allCases.map(\.rawValue)

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            records = try container.decodeIfPresent([PersonHints].self, forKey: .records)
            channels = try container.decodeIfPresent([String].self, forKey: .channels)
            force = try container.decodeIfPresent(Bool.self, forKey: .force)
            domain = try container.decodeIfPresent(String.self, forKey: .domain)
            person = try PersonHints(from: decoder)
            meant = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue).lazy
                .filter { $0.utf8.count <= 32 && !Self.known.contains($0) }
                .compactMap { Spelling.nearest(to: $0, among: CodingKeys.allCases.map(\.rawValue), oneIn: 5) }.first
        }
    }
}

extension PersonHints {
    fileprivate var hasHint: Bool {
        [email, linkedinURL, companyDomain].contains { !($0 ?? "").isEmpty } || isDiscoverable
    }

    fileprivate var isDiscoverable: Bool {
        [firstName, lastName, companyDomain].allSatisfy { !($0 ?? "").isEmpty }
    }

    fileprivate var canonical: PersonHints {
        let name = firstName.map { Canonical.name(given: $0, family: lastName ?? "") }
        return PersonHints(
            email: email.flatMap { Canonical.email($0, collapsesSubaddress: true) },
            linkedinURL: linkedinURL.flatMap(Canonical.linkedinURL),
            companyDomain: companyDomain.flatMap { Canonical.companyDomain($0) },
            firstName: name.flatMap { $0.given.isEmpty ? nil : $0.given },
            lastName: name.flatMap { $0.family.isEmpty ? nil : $0.family })
    }
}
