import Connect
import EnrichmentAPI
import Foundation
import Records
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

/// Files that are made for an import: audiences, and what is new.
@Suite struct ImportFileTests {
    let runs: WrittenRuns

    init() throws { runs = try WrittenRuns() }

    private func audience(_ change: (inout AudienceSettings) -> Void) -> AudienceSettings {
        var audience = AudienceSettings()
        audience.path = runs.folder.file("audience.csv")
        change(&audience)
        return audience
    }

    // MARK: Audiences

    @Test(arguments: AudienceSettings.Preset.allCases)
    func presetsHaveTheHeadersOfTheirImportPages(_ preset: AudienceSettings.Preset) async throws {
        var settings = try runs.settings(WrittenRuns.people(9))
        settings.audience = [audience { $0.preset = preset }]
        try await runs.run(settings)
        let header = try runs.cells("audience.csv")[0]
        switch preset {
        case .hubspot: #expect(header.prefix(4) == ["First Name", "Last Name", "Email", "Phone Number"])
        case .salesforce: #expect(header.prefix(4) == ["FirstName", "LastName", "Email", "Phone"])
        case .apollo: #expect(header.contains("Person Linkedin Url") && header.contains("Mobile Phone"))
        }
    }

    /// Own values where they are valid, else finds; invalid and open emails are out, and counted.
    @Test func onlyContactsThatMayBeUsedAreInAnAudience() async throws {
        var settings = try runs.settings(WrittenRuns.people(60))
        settings.verify = VerifySettings()
        settings.audience = [audience { ($0.preset, $0.require) = (.hubspot, [.workEmail]) }]
        let report = try await runs.run(
            settings,
            verifier: Mailroom { email in
                let number = Int(email.filter(\.isNumber)) ?? 0
                return .said([Verdict.valid, .invalid, .unknown, .catchAll][number % 4])
            })
        let rows = try runs.rows("out.csv"), audience = try runs.rows("audience.csv")
        let expected = rows.compactMap { row -> String? in
            let own = row["Email"] ?? "", found = row["enriched_work_email"] ?? ""
            return !own.isEmpty ? own : row["enriched_work_email_verified"] == "true" ? found : nil
        }
        #expect(audience.map { $0["Email"] ?? "" } == expected && expected.count < 60)
        #expect(audience.allSatisfy { ($0["Phone Number"] ?? "").isEmpty || ($0["Phone Number"] ?? "").hasPrefix("+") })
        let part = try #require(report.imports[settings.audience[0].path])
        #expect(part.rows == expected.count && part.leftOut.values.reduce(0, +) == 60 - expected.count)
        let invalid = rows.count { $0["Email"] == "" && $0["enriched_work_email_verified"] == "false" }
        #expect(part.leftOut["invalid_email"] == invalid && invalid > 0)
        #expect((part.leftOut["unverified_email"] ?? 0) > 0 && (part.leftOut["catch_all_email"] ?? 0) > 0)
    }

    @Test func eachPersonIsOnceInAnAudienceAndNobodyWhoIsSuppressed() async throws {
        var settings = try runs.settings(WrittenRuns.people(30) + "9000,Zelda1,Quux,p1@acme1.example,,Acme,,again\n")
        settings.identity.suppress = [try runs.folder.write("no.csv", "email\np2@acme2.example\n")]
        settings.audience = [audience { $0.preset = .hubspot }]
        let report = try await runs.run(settings)
        let emails = try runs.rows("audience.csv").compactMap { $0["Email"] }.filter { !$0.isEmpty }
        #expect(Set(emails).count == emails.count && !emails.contains("p2@acme2.example"))
        let left = try #require(report.imports[settings.audience[0].path]?.leftOut)
        #expect(left["duplicate"] == 1 && left["suppressed"] == 1)
    }

    /// The first row of a person may lack what another of theirs has.
    @Test func aPersonIsInByWhicheverRowQualifies() async throws {
        let csv = """
            Record ID,First Name,Last Name,Email,Company Name
            1,,,p1@acme1.example,
            2,Zelda,Quux,p1@acme1.example,Acme
            3,Zelda,Quux,p1@acme1.example,Acme

            """
        var settings = try runs.settings(csv)
        settings.audience = [audience { $0.preset = .salesforce }]
        let report = try await runs.run(settings)
        #expect(try runs.rows("audience.csv").map { $0["LastName"] } == ["Quux"])
        let left = try #require(report.imports[settings.audience[0].path]?.leftOut)
        #expect(left == ["no_lastname": 1, "duplicate": 1])
    }

    /// One row brought an address, another person's row was found to have it.
    @Test func anAddressIsOnceInAnAudience() async throws {
        let finder = PersonHints(companyDomain: "acme1.example", firstName: "Zelda", lastName: "Quux")
        let found = try #require(FakeService.value(.workEmail, finder))
        let csv = """
            Record ID,First Name,Last Name,Email,Company Name,Website URL
            1,Other,Person,\(found),Acme,
            2,Zelda,Quux,,Acme,https://acme1.example/

            """
        var settings = try runs.settings(csv)
        settings.audience = [audience { ($0.preset, $0.require) = (.hubspot, [.workEmail]) }]
        let report = try await runs.run(settings)
        #expect(try runs.rows("out.csv")[1]["enriched_work_email"] == found)
        #expect(try runs.rows("audience.csv").map { $0["Email"] } == [found])
        #expect(report.imports[settings.audience[0].path]?.leftOut == ["duplicate": 1])
    }

    @Test func whoWasFoundToBeSuppressedIsInNoImportAndSentNowhere() async throws {
        let finder = PersonHints(companyDomain: "acme1.example", firstName: "Zelda", lastName: "Quux")
        let found = try #require(FakeService.value(.workEmail, finder))
        var settings = try runs.settings(
            "Record ID,First Name,Last Name,Email,Website URL\n2,Zelda,Quux,,https://acme1.example/\n")
        settings.identity.suppress = [try runs.folder.write("no.csv", "\(found.uppercased())\n")]
        settings.verify = VerifySettings()
        settings.audience = [audience { $0.preset = .hubspot }]
        settings.changes = ChangeSettings(path: runs.folder.file("changes.csv"))
        let mailroom = Mailroom { _ in .said(.valid) }
        let report = try await runs.run(settings, verifier: mailroom)
        #expect(try runs.rows("audience.csv").isEmpty && runs.rows("changes.csv").isEmpty)
        #expect(report.imports[settings.audience[0].path]?.leftOut == ["suppressed": 1])
        #expect(mailroom.asked.withLock { $0 }.isEmpty)
    }

    /// An import finds a record by its email as the CRM has it.
    @Test func ownEmailsStandInImportsAsTheExportHasThem() async throws {
        let person = WrittenRuns.email(with: .phone)
        let own = person.replacing("@acme", with: "+CRM@Acme")
        var settings = try runs.settings("Email,First Name,Phone Number\n\(own),Zelda,\n,Otto,\n")
        settings.enrich.channels = [.phone]
        settings.audience = [audience { $0.preset = .hubspot }]
        settings.changes = ChangeSettings(path: runs.folder.file("changes.csv"))
        try await runs.run(settings)
        #expect(try runs.rows("audience.csv").map { $0["Email"] } == [own])
        #expect(try runs.cells("changes.csv")[0] == ["Email", "Phone Number"])
        #expect(try runs.rows("changes.csv").map { $0["Email"] } == [own])
    }

    @Test func emailsThatRowsCameWithMustBeValidWhereTheyAreChecked() async throws {
        var settings = try runs.settings("Email,First Name\na1@acme.example,A\na2@acme.example,B\na3@acme.example,C\n")
        settings.enrich.channels = [.phone]
        settings.verify = VerifySettings()
        settings.verify?.inputEmail = true
        settings.audience = [audience { ($0.preset, $0.require) = (.hubspot, [.workEmail]) }]
        let report = try await runs.run(
            settings,
            verifier: Mailroom { email in
                .said(email.hasPrefix("a1") ? .valid : email.hasPrefix("a2") ? .unknown : .catchAll)
            })
        #expect(try runs.rows("audience.csv").map { $0["Email"] } == ["a1@acme.example"])
        #expect(
            report.imports[settings.audience[0].path]?.leftOut == ["unverified_email": 1, "catch_all_email": 1])
    }

    @Test func audiencesAreSplitWhereTheDestinationTakesNoMore() async throws {
        var settings = try runs.settings(WrittenRuns.people(400))
        settings.audience = [audience { ($0.preset, $0.rows) = (.hubspot, 90) }]
        let before = try await runs.run(settings)
        let count = try #require(before.imports[settings.audience[0].path]?.rows)
        let parts = ["audience.csv"] + (2...5).map { "audience-\($0).csv" }
        let sizes = try parts.filter(runs.folder.has).map { try runs.cells($0).count - 1 }
        #expect(sizes.reduce(0, +) == count && sizes.dropLast().allSatisfy { $0 == 90 } && sizes.count > 3)
        // A later run with fewer rows leaves no part of this one, and no file that is not its own.
        let own = parts.last { runs.folder.has($0) }
        try runs.folder.write("audience-9.csv", "Something,Else\n1,2\n")
        settings.input.paths = [try runs.folder.write("few.csv", WrittenRuns.people(30))]
        try await runs.run(settings)
        #expect(!runs.folder.has("audience-2.csv") && own.map { runs.folder.has($0) } == false)
        #expect(try runs.folder.read("audience-9.csv").hasPrefix("Something"))
    }

    @Test func columnsOfOnesOwnMayNameAnything() async throws {
        let yaml = """
            input: {paths: [x.csv]}
            output: [{path: o.csv}]
            audience:
              - path: \(runs.folder.file("audience.csv"))
                columns: {Mail: work_email, Who: first_name, Kind: account.industry, Remark: "column:Notes", Id: record_id}
            """
        var settings = PipelineSettings()
        let read = try PipelineFile.read(
            runs.folder.write("p.yaml", yaml), overrides: [], environment: [:])
        settings = try runs.settings(WrittenRuns.people(4))
        settings.audience = read.audience
        settings.enrich.account = true
        try await runs.run(settings)
        #expect(try runs.cells("audience.csv")[0] == ["Mail", "Who", "Kind", "Remark", "Id"])
        #expect(try runs.cells("audience.csv")[1].dropFirst() == ["Zelda0", "Widgets", "n", "1000"])
    }

    // MARK: Changes

    private func withChanges(_ csv: String) throws -> PipelineSettings {
        var settings = try runs.settings(csv)
        settings.changes = ChangeSettings(path: runs.folder.file("changes.csv"))
        return settings
    }

    /// As a CRM would have it after the import.
    private func imported(_ csv: String) throws -> String {
        let changes = Dictionary(
            try runs.rows("changes.csv").map { ($0["Record ID"] ?? "", $0) }, uniquingKeysWith: { $1 })
        let lines = csv.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        return lines.map { line in
            var line = line
            if let change = changes[line[0]] {
                if let email = change["Email"], !email.isEmpty { line[3] = email }
                if let phone = change["Phone Number"], !phone.isEmpty { line[4] = phone }
            }
            return line.joined(separator: ",") + "\n"
        }.joined()
    }

    @Test func changesHoldWhatTheRecordLacksUnderTheExportsOwnNames() async throws {
        let csv = WrittenRuns.people(50)
        try await runs.run(withChanges(csv))
        #expect(try runs.cells("changes.csv")[0] == ["Record ID", "Email", "Phone Number"])
        let out = Dictionary(
            uniqueKeysWithValues: try runs.rows("out.csv").map { ($0["Record ID"] ?? "", $0) })
        let changes = try runs.rows("changes.csv")
        #expect(!changes.isEmpty && changes.count < 50)
        for change in changes {
            let row = try #require(out[change["Record ID"] ?? ""])
            for (own, found) in [("Email", "enriched_work_email"), ("Phone Number", "enriched_phone")] {
                let expected = row[own] == "" ? row[found] : ""
                #expect(change[own] == expected)
            }
        }
    }

    @Test func aLaterRunExportsOnlyWhatIsNew() async throws {
        let csv = WrittenRuns.people(50)
        let new = WrittenRuns.email(with: .phone)
        let first = try await runs.run(withChanges(csv))
        let count = try #require(first.imports[runs.folder.file("changes.csv")]?.rows)
        // Nothing has changed, whether or not the CRM has taken the first one.
        #expect(try await runs.run(withChanges(csv)).imports[runs.folder.file("changes.csv")]?.rows == 0)
        let second = try await runs.run(withChanges(csv + "5000,Zelda77,Quux,\(new),,Acme 9,,n\n"))
        #expect(second.imports[runs.folder.file("changes.csv")]?.rows == 1 && count > 1)
        #expect(try runs.rows("changes.csv").map { $0["Record ID"] } == ["5000"])
    }

    /// Two rows of one record with different gaps do not take turns.
    @Test func twoRowsOfARecordAreExportedOnceEach() async throws {
        let one = WrittenRuns.email(with: .phone), two = WrittenRuns.email(with: .phone, besides: [one])
        let csv = "Record ID,Email,Phone Number\n7,\(one),\n7,\(two),\n"
        #expect(try await runs.run(withChanges(csv)).imports[runs.folder.file("changes.csv")]?.rows == 2)
        for _ in 0..<3 {
            #expect(try await runs.run(withChanges(csv)).imports[runs.folder.file("changes.csv")]?.rows == 0)
        }
    }

    @Test func aRowThatAnImportCouldNotFindIsCounted() async throws {
        let csv = "First Name,Last Name,Email,Website URL\nZelda,Quux,,https://acme1.example/\n"
        let report = try await runs.run(withChanges(csv))
        #expect(report.records.enriched == 1)
        #expect(report.imports[runs.folder.file("changes.csv")]?.leftOut == ["no_key": 1])
    }

    @Test func whatTheCRMHasTakenIsNoChangeAnyMore() async throws {
        let csv = WrittenRuns.people(50)
        // An email would be a new hint, and bring new finds.
        var settings = try withChanges(csv)
        settings.enrich.channels = [.phone]
        try await runs.run(settings)
        let after = try imported(csv)
        #expect(after != csv)
        try runs.folder.write("leads.csv", after)
        #expect(try await runs.run(settings).imports[runs.folder.file("changes.csv")]?.rows == 0)
    }

    /// What a run exported that was never whole has not been exported.
    @Test func aRunThatWasGivenUpHasExportedNothing() async throws {
        var settings = try withChanges(WrittenRuns.people(3000))
        settings.input.limits.batchRows = 75
        settings.enrich.discover = false
        let stop = StopSignal()
        await #expect(throws: RunStop.interrupted) {
            try await runs.run(settings, watch: StepWatch { if $0 == .written { stop.stop(.interrupted) } }, stop: stop)
        }
        let count = try await runs.run(settings, fresh: true).imports[settings.changes?.path ?? ""]?.rows
        #expect((count ?? 0) > 10)
    }
}
