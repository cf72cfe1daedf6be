import TestSupport
import Testing

@testable import Identity

@Suite struct EmailTests {
    @Test(arguments: [
        ("zelda.quux@acme.example", "zelda.quux@acme.example"),
        (" Zelda.QUUX@ACME.Example ", "zelda.quux@acme.example"),
        ("mailto:z@acme.example?subject=hi", "z@acme.example"), ("Zelda Quux <z@acme.example>", "z@acme.example"),
        ("z@acme.example;", "z@acme.example"), ("z@acme.example; y@acme.example", "z@acme.example"),
        ("'z@acme.example'", "z@acme.example"),
        ("z+crm@acme.example", "z@acme.example"), ("+crm@acme.example", "+crm@acme.example"),
        ("z@acme.example.", "z@acme.example"),
        ("jörg@bücher.example", "jörg@xn--bcher-kva.example"), ("z@sub.acme.example", "z@sub.acme.example"),
        ("z\u{200B}@acme.example", "z@acme.example"), ("o'brien@acme.example", "o'brien@acme.example"),
        ("n/a; z@acme.example", "z@acme.example"), ("z@acme; y@acme.example", "y@acme.example"),
        ("Quux, Zelda <z@acme.example>, y@acme.example", "z@acme.example"),
        ("z@acme.example | y@acme.example", "z@acme.example"),
        ("z@acme.example/y@acme.example", "z@acme.example"), ("z@acme.example (work)", "z@acme.example"),
        ("<mailto:z%2Bcrm@acme.example?cc=y@acme.example>", "z@acme.example"),
        ("[z@acme.example](mailto:z@acme.example)", "z@acme.example"),
        ("ｚ＠ａｃｍｅ．ｅｘａｍｐｌｅ", "z@acme.example"), ("z@acme。example", "z@acme.example"),
        ("\u{FEFF}z@acme.example\u{A0}", "z@acme.example"),
        ("\"zelda\"@acme.example", "zelda@acme.example"),
        ("\"Zelda Quux\"@acme.example", "\"zelda quux\"@acme.example"),
        ("\"Zelda Quux\" <z@acme.example>", "z@acme.example"), ("z@xn--bcher-kva.example", "z@xn--bcher-kva.example"),
        ("Z@BÜCHER.example", "z@xn--bcher-kva.example"), ("z@faß.example", "z@xn--fa-hia.example"),
        ("z@acme.test", "z@acme.test"),
        ("用户@acme.example", "用户@acme.example"), ("a/b@acme.example", "a/b@acme.example"), ("z@io", "z@io"),
    ])
    func realSpellingsHaveOneForm(_ cell: String, _ canonical: String) {
        #expect(Canonical.email(cell, collapsesSubaddress: true) == canonical)
    }

    @Test(arguments: [
        "", "n/a", "zelda", "@acme.example", "z@", "z@acme", "z@acme..example", "z@-acme.example", "a b@acme.example@",
        ".z@acme.example",
        "z..q@acme.example", "z@10.0.0.1", "z@acme.123", "z(at)acme.example",
    ])
    func whatIsNoAddressIsNone(_ cell: String) {
        #expect(Canonical.email(cell) == nil)
    }

    @Test(arguments: [
        ("zelda", HintProblem.noAt), ("z@", .badDomain), ("@acme.example", .badLocalPart), ("z@acme", .badDomain),
        ("z..q@acme.example", .badLocalPart), ("z@acme..example", .badDomain), ("zelda quux", .noAt),
        ("\(String(repeating: "a", count: 65))@acme.example", .tooLong), ("z@[10.0.0.1]", .badDomain),
        ("see notes @ crm", .badLocalPart),
    ])
    func eachRefusalHasAReason(_ cell: String, _ problem: HintProblem) {
        var out: [UInt8] = []
        #expect(EmailAddress.append(Array(cell.utf8)[...], collapsesSubaddress: true, to: &out) == problem)
        #expect(out.isEmpty)
    }

    @Test(arguments: ["info@acme.example", "no-reply@acme.example", "vertrieb@acme.example", "contacto@acme.example"])
    func addressesOfADeskAreKnown(_ email: String) { #expect(RoleAddresses.contains(Array(email.utf8)[...])) }

    @Test(arguments: ["zelda@acme.example", "infozelda@acme.example", "salesman@acme.example", "info"])
    func addressesOfAPersonAreNone(_ email: String) { #expect(!RoleAddresses.contains(Array(email.utf8)[...])) }

    @Test func lengthsAreLimited() {
        let local = String(repeating: "a", count: 64)
        #expect(Canonical.email("\(local)@acme.example") != nil)
        #expect(Canonical.email("a\(local)@acme.example") == nil)
        let label = String(repeating: "b", count: 63)
        #expect(Canonical.email("z@\(label).example") != nil)
        #expect(Canonical.email("z@b\(label).example") == nil)
    }

    @Test func theCanonicalFormIsItsOwnCanonicalForm() {
        var random = SeededRandom(3)
        let pieces = ["a", "Z", ".", "+", "@", "ü", "example", "acme", "-", "<", ">", ";", " ", "mailto:", "'", "1"]
        for _ in 0..<5000 {
            let cell = (0..<Int.random(in: 1...9, using: &random)).compactMap { _ in
                pieces.randomElement(using: &random)
            }.joined()
            guard let canonical = Canonical.email(cell, collapsesSubaddress: true) else { continue }
            #expect(Canonical.email(canonical, collapsesSubaddress: true) == canonical, "\(cell)")
        }
    }
}
