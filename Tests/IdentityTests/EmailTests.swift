import Identity
import TestSupport
import Testing

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
