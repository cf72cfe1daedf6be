import Foundation
import TestSupport
import Testing

/// Who is forgotten is in no file of ours any more, and is never asked for again.
@Suite struct ForgetCommandTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(
            "crm.csv",
            """
            Email,LinkedIn,Name,Domain,Work Email,Phone
            zelda@home.example,https://www.linkedin.com/in/zelda-quist,Zelda Quist,acme.example,zelda.q@acme.example,+12125550123
            yann@home.example,,Yann Ruiz,acme.example,yann.r@acme.example,+12125550124

            """)
        try folder.write(
            "w.yaml",
            """
            providers:
              - {name: crm, path: crm.csv, channels: {work_email: Work Email, phone: Phone}, prices: {work_email: 1, phone: 2}}
            order: {work_email: [crm], phone: [crm]}
            """)
        try folder.write(
            "leads.csv",
            """
            First,Last,Personal Email,LinkedIn,Domain
            Zelda,Quist,zelda@home.example,https://linkedin.com/in/zelda-quist,acme.example
            Yann,Ruiz,yann@home.example,,acme.example

            """)
        try folder.write("later.csv", "First,Last,LinkedIn,Note\nZ.,Q.,https://linkedin.com/in/zelda-quist/,new\n")
        try folder.write("found.csv", "Email,Note\nzelda.q@acme.example,by what was found\n")
    }

    private func run(_ arguments: String...) async throws -> Executable.Result {
        try await Executable.run(arguments, in: folder)
    }

    private func enrich(_ input: String, _ more: String...) async throws -> String {
        let result = try await Executable.run(
            ["enrich", input, "-o", "-", "--waterfall", "w.yaml", "--channels", "work_email,phone", "--verify"] + more,
            in: folder)
        #expect(result.code == 0, "\(result.err)")
        return result.out
    }

    /// Everything that lies beside the ledger, but for the indexes of the user's own tables.
    private func state() throws -> Data {
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter {
            $0.hasPrefix("state.sqlite") && !$0.contains(".providers/") && !$0.hasSuffix("-shm")
        }
        return try files.reduce(into: Data()) { all, file in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: folder.file(file), isDirectory: &isFolder)
            if !isFolder.boolValue { all += try Data(contentsOf: URL(fileURLWithPath: folder.file(file))) }
        }
    }

    @Test(arguments: ["zelda@home.example", "https://www.linkedin.com/in/Zelda-Quist/", "Zelda Quist, acme.example"])
    func nothingIsLeftOfThemAndNobodyAsksAgain(_ hint: String) async throws {
        let first = try await enrich("leads.csv")
        #expect(first.contains("zelda.q@acme.example") && first.contains("yann.r@acme.example"))
        let secrets = ["zelda.q@acme.example", "+12125550123"]
        #expect(try secrets.allSatisfy { try state().contains(Data($0.utf8)) })
        let forgot = try await run("forget", hint, "--json")
        #expect(forgot.code == 0, "\(forgot.err)")
        let erased = try #require(try JSONSerialization.jsonObject(with: Data(forgot.out.utf8)) as? [String: Int])
        #expect(erased["people"] == 1 && erased["answers"] == 2 && erased["verdicts"] == 1, "\(erased)")
        #expect(!(forgot.out + forgot.err).lowercased().contains("zelda"))
        for secret in secrets + ["zelda"] {
            #expect(try !state().contains(Data(secret.utf8)), "\(secret) is still there")
        }
        #expect(try state().contains(Data("yann.r@acme.example".utf8)))
        // By the same row, by another hint of theirs, and by what was found for them.
        for input in ["leads.csv", "later.csv", "found.csv"] {
            let rows = try await enrich(input).split(separator: "\n")
            #expect(rows[1].contains(",skipped,suppressed,"), "\(rows)")
        }
        #expect(try await enrich("leads.csv", "--set", "identity.dedupe=off").contains(",skipped,suppressed,"))
        let again = try await enrich("leads.csv", "--force").split(separator: "\n")
        #expect(again[1].contains(",skipped,suppressed,") && again[2].contains("yann.r@acme.example"))
        #expect(try await run("runs", "--check").code == 0)
    }

    @Test(arguments: ["alias", "exact", "off"]) func whatWasFoundLeadsToThemWhateverARowIsKnownBy(
        _ dedupe: String
    ) async throws {
        _ = try await enrich("leads.csv", "--set", "identity.dedupe=\(dedupe)")
        let forgot = try await run("forget", "ZELDA.Q@acme.example", "--json")
        let erased = try #require(try JSONSerialization.jsonObject(with: Data(forgot.out.utf8)) as? [String: Int])
        #expect(erased["people"] == 1 && erased["answers"] == 2, "\(erased)")
        for secret in ["zelda.q@acme.example", "+12125550123", "zelda"] {
            #expect(try !state().contains(Data(secret.utf8)), "\(secret) is still there")
        }
        for input in ["leads.csv", "later.csv", "found.csv"] {
            let rows = try await enrich(input).split(separator: "\n")
            #expect(rows[1].contains(",skipped,suppressed,"), "\(dedupe): \(rows)")
        }
    }

    @Test func anotherWorkspaceAsksForThemByNoHintThatOneKnew() async throws {
        _ = try await enrich("leads.csv", "--set", "workspace=sales")
        #expect(try await run("forget", "zelda@home.example").code == 0)
        // By the profile, which was never given and never found.
        let rows = try await enrich("later.csv", "--set", "workspace=marketing").split(separator: "\n")
        #expect(rows[1].contains(",skipped,suppressed,"), "\(rows)")
    }

    @Test func theirOwnVerdictsAreErasedByAnotherHint() async throws {
        let verified = try await run("verify", "leads.csv", "-o", "v.csv")
        #expect(verified.code == 0)
        _ = try await enrich("leads.csv")
        #expect(try state().contains(Data("zelda@home.example".utf8)))
        #expect(try await run("forget", "https://www.linkedin.com/in/zelda-quist").code == 0)
        #expect(try !state().contains(Data("zelda@home.example".utf8)))
    }

    @Test func aLineThatManyShareLeadsToNobody() async throws {
        var crm = "Email,Phone\n", leads = "Personal Email\n"
        for person in 0..<5 {
            crm += "p\(person)@home.example,+12125550199\n"
            leads += "p\(person)@home.example\n"
        }
        try folder.write("shared.csv", crm)
        try folder.write("many.csv", leads)
        try folder.write(
            "shared.yaml",
            "providers: [{name: s, path: shared.csv, channels: {phone: Phone}}]\norder: {phone: [s]}\n")
        let settings = ["--set", "enrich.waterfall=shared.yaml", "--channels", "phone"]
        _ = try await Executable.run(["enrich", "many.csv", "-o", "o.csv"] + settings, in: folder)
        let forgot = try await run("forget", "p1@home.example", "--json")
        #expect(forgot.out.contains("\"people\" : 1"), "\(forgot.out)")
        let again = try await Executable.run(["enrich", "many.csv", "-o", "-"] + settings, in: folder)
        #expect(again.out.components(separatedBy: ",skipped,suppressed,").count == 2, "\(again.out)")
    }

    @Test func whoIsNotKnownIsNeverAskedForEither() async throws {
        let forgot = try await run("forget", "zelda@home.example", "+1 212 555 0124")
        #expect(forgot.code == 0 && forgot.err.contains("nobody of them was found in the ledger"), "\(forgot.err)")
        let rows = try await enrich("leads.csv").split(separator: "\n")
        #expect(rows[1].contains(",skipped,suppressed,") && rows[2].contains(",enriched,"))
    }

    @Test func whatIsNoHintErasesNothingAndIsNotSaidAgain() async throws {
        _ = try await enrich("leads.csv")
        let forgot = try await run("forget", "zelda@home.example", "Some Secret Text")
        #expect(forgot.code == 64 && forgot.err.contains("hint 2") && !forgot.err.contains("Some Secret"))
        #expect(try state().contains(Data("zelda.q@acme.example".utf8)))
    }

    @Test func theServiceForgetsToo() async throws {
        _ = try await run("providers", "w.yaml")
        let outcomes = "email,outcome,provider,channel\nzelda.q@acme.example,replied,crm,work_email\n"
        try folder.write("outcomes.csv", outcomes)
        _ = try await enrich("leads.csv")
        let taken = try await run("feedback", "outcomes.csv")
        #expect(taken.code == 0 && taken.err.contains("1 contacts, 1 of them new"), "\(taken.err)")
        #expect(try await contacts() == 1)
        #expect(try await run("forget", "zelda@home.example").code == 0)
        #expect(try await contacts() == 0)
    }

    /// Contacts of which it is known what came of them.
    private func contacts() async throws -> Int {
        let standings = try await run("providers", "w.yaml", "--json")
        let entries = try JSONSerialization.jsonObject(with: Data(standings.out.utf8)) as? [[String: Any]]
        return try #require(entries).reduce(0) { $0 + ($1["contacts"] as? Int ?? 0) }
    }
}
