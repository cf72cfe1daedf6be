import Foundation
import TestSupport
import Testing

@testable import Identity

/// Cases that others have written.
@Suite struct PublicCaseTests {
    struct EmailCase: Decodable {
        var id: String
        var `in`: String
        var want: String
    }

    struct DomainCase: Decodable {
        var id: String
        var `in`: String?
        var want: String?
    }

    static func cases<Case: Decodable>(_ name: String) throws -> [Case] {
        try String(contentsOfFile: Checkout.file("Tests/Fixtures/identity/\(name).jsonl"), encoding: .utf8)
            .split(separator: "\n").map { try JSONDecoder().decode(Case.self, from: Data($0.utf8)) }
    }

    private static func syntax(_ text: String) -> HintProblem? {
        var out: [UInt8] = []
        return EmailSyntax.append(Array(text.utf8)[...], collapsesSubaddress: false, to: &out)
    }

    @Test func addressesOfIsEmailAreTakenAndRefused() throws {
        let cases: [EmailCase] = try Self.cases("emails-isemail")
        #expect(cases.count == 164)
        for each in cases {
            // A final dot is the root of the domain name system and means nothing else, so it may stand.
            if each.want == "reject", each.in != "test@iana.org." {
                #expect(Self.syntax(each.in) != nil, "\(each.id): \(each.in)")
            }
            if each.want == "accept" {
                #expect(Self.syntax(each.in) == nil, "\(each.id): \(each.in)")
                #expect(Canonical.email(each.in) != nil, "\(each.id): \(each.in)")
            }
        }
    }

    /// What exports leave around an address is no part of it; anything else that is no address stays none.
    @Test func onlyWhatStandsAroundAnAddressIsForgiven() throws {
        let cases: [EmailCase] = try Self.cases("emails-isemail")
        let forgiven = cases.filter { $0.want == "reject" && Canonical.email($0.in) != nil }
        for each in forgiven {
            let canonical = try #require(Canonical.email(each.in))
            #expect(
                ["test@iana.org", "a@iana.org"].contains(canonical), "\(each.id): \(each.in) became \(canonical)")
            let around = each.in.replacingOccurrences(of: canonical, with: "")
            #expect(
                around.unicodeScalars.allSatisfy { "\r\n \".()\\\u{7}comment test".unicodeScalars.contains($0) },
                "\(each.id): \(each.in)")
        }
    }

    @Test func registrableDomainsAreThoseOfThePublicSuffixList() throws {
        let cases: [DomainCase] = try Self.cases("domains-psl")
        #expect(cases.count == 78)
        for each in cases {
            var want: [UInt8] = []
            if let text = each.want { #expect(Hostname.append(Array(text.utf8)[...], to: &want)) }
            #expect(
                Canonical.companyDomain(each.in ?? "")
                    == (each.want == nil ? nil : String(decoding: want, as: UTF8.self)),
                "\(each.id): \(each.in ?? "null")")
        }
    }
}
