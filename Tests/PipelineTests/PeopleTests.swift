import EnrichmentAPI
import Foundation
import Identity
import Ledger
import Records
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

/// Who is asked for: one request a person, whatever order the rows are in, and never anybody on a suppression list.
@Suite struct PeopleTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Answers everything and keeps what it was asked.
    final class Recorder: Enricher {
        let asked = Mutex<[(hints: PersonHints, channels: ChannelSet, endpoint: Endpoint)]>([])

        var isExternal: Bool { true }
        func recordsPerRequest(_ endpoint: Endpoint) -> Int { endpoint == .bulk ? 100 : 1 }
        func worst(_ channels: ChannelSet, endpoint: Endpoint) -> Credits { .zero }
        func send(_ request: EnrichmentRequest) async -> EnrichmentAnswer {
            asked.withLock { $0 += request.records.map { ($0, request.channels, request.endpoint) } }
            guard request.endpoint != .account else {
                return EnrichmentAnswer(.accounts(request.records.map { _ in AccountAnswer(nil) }))
            }
            let results = request.records.map { _ in
                PersonResult(
                    recordID: "r",
                    channels: request.channels.reduce(into: [:]) { $0[$1] = .missed(tried: []) },
                    creditsUsed: .zero)
            }
            return EnrichmentAnswer(.persons(results, costs: results.map { _ in [:] }))
        }
    }

    @discardableResult
    private func run(
        _ csv: String, ledger: String = "ledger.sqlite", _ change: (inout PipelineSettings) -> Void = { _ in }
    )
        async throws -> (report: CreditReport, asked: [(hints: PersonHints, channels: ChannelSet, endpoint: Endpoint)])
    {
        var settings = PipelineSettings()
        settings.input.paths = [try folder.write("leads-\(UUID().uuidString).csv", csv)]
        settings.enrich.engine = .api
        settings.enrich.channels = [.workEmail, .phone, .linkedinURL]
        settings.enrich.limits = .generous
        settings.output = [OutputSettings(path: folder.file("out.csv"))]
        change(&settings)
        let recorder = Recorder()
        let report = try await Pipeline(
            settings: settings, ledger: Ledger(path: folder.file(ledger)), enricher: recorder, verifier: nil
        ).run()
        return (report, recorder.asked.withLock { $0 })
    }

    private static let header = "First Name,Last Name,Email,LinkedIn URL,Company Domain,Phone"

    @Test func rowsJoinedOnlyByALaterRowAreOneRequest() async throws {
        let ran = try await run("\(Self.header)\n,,z@acme.example,,,\n,,,in/zelda,,\n,,z@acme.example,in/zelda,,\n")
        #expect(ran.asked.count == 1)
        #expect(ran.report.records.duplicates == 2)
    }

    @Test func whatTheRowsOfAPersonLackIsAskedForAtOnce() async throws {
        let ran = try await run(
            "\(Self.header)\n,,z@acme.example,,,\n,,z@acme.example,in/zelda,,+12125550142\n,,z@acme.example,,,+1 212\n")
        #expect(ran.asked.map(\.channels) == [[.phone, .linkedinURL]])
    }

    @Test func theOrderOfRowsNeverChangesTheRequests() async throws {
        var random = SeededRandom(29)
        for round in 0..<12 {
            let rows = (0..<30).map { _ -> String in
                func pick(_ values: [String]) -> String { values.randomElement(using: &random) ?? "" }
                let number = Int.random(in: 0...9, using: &random)
                return [
                    pick(["", "Zelda", "Hank"]), pick(["", "Quux"]),
                    pick(["", "", "p\(number)@acme.example", "info@acme.example"]),
                    pick(["", "", "in/p\(Int.random(in: 0...9, using: &random))"]),
                    pick(["", "acme.example", "umbrella.example"]),
                    pick(["", "+12125550142", "+1 212"]),
                ].joined(separator: ",")
            }
            let plain = try await run(Self.header + "\n" + rows.joined(separator: "\n") + "\n", ledger: "a\(round)")
            let shuffled = try await run(
                Self.header + "\n" + rows.shuffled(using: &random).joined(separator: "\n") + "\n", ledger: "b\(round)")
            func shape(_ asked: [(hints: PersonHints, channels: ChannelSet, endpoint: Endpoint)]) -> [String] {
                asked.map { "\($0.endpoint) \($0.channels.bits) \($0.hints)" }.sorted()
            }
            #expect(shape(plain.asked) == shape(shuffled.asked))
            #expect(plain.report.records.skipped == shuffled.report.records.skipped)
        }
    }

    @Test func anEarlierRunsPeopleAreFoundWhicheverRowComesFirst() async throws {
        try await run("\(Self.header)\n,,,in/zelda,,\n")
        let ran = try await run("\(Self.header)\n,,z@acme.example,,,\n,,z@acme.example,in/zelda,,\n")
        // The channel that the profile fills is the only one that was not asked for.
        #expect(ran.asked.allSatisfy { $0.channels == [.linkedinURL] })
        #expect(ran.asked.count <= 1)
    }

    @Test func peopleOfOneDeskAreNotOnePerson() async throws {
        let ran = try await run(
            "\(Self.header)\nZelda,Quux,info@acme.example,,,\nHank,Quux,info@acme.example,,,\n,,info@umbrella.example,,,\n"
        )
        #expect(ran.asked.count == 3)
        #expect(
            ran.asked.filter { $0.endpoint == .discover }.map(\.hints.firstName).sorted { ($0 ?? "") < ($1 ?? "") } == [
                "Hank", "Zelda",
            ])
    }

    @Test func aContestedProfileIsNotSentWhereThereIsABetterHint() async throws {
        let ran = try await run(
            "\(Self.header)\nZelda,Quux,z@acme.example,in/zelda,acme.example,\nHank,Wolf,h@umbrella.example,in/zelda,umbrella.example,\n"
        )
        #expect(ran.asked.map(\.hints.linkedinURL) == [nil, nil])
        #expect(ran.asked.count == 2)
    }

    @Test func nobodyOnAListIsSentByWhicheverHint() async throws {
        let list = try folder.write(
            "no.csv",
            "LinkedIn URL,Email,Phone,Company Domain\nin/Zelda,,,\n,Hank+x@ACME.example,,\n,,(212) 555-0142,\n,,,umbrella.example\n"
        )
        let rows = [
            ",,z@acme.example,,,", ",,z@acme.example,linkedin.com/in/zelda/,,", ",,,in/hank,,",
            ",,hank@acme.example,in/hank,,",
            ",,i@acme.example,,,+1 212 555 0142", ",,j@umbrella.example,,,", "Kim,Quux,,,umbrella.example,",
            ",,free@acme.example,,,",
        ]
        let ran = try await run(Self.header + "\n" + rows.joined(separator: "\n") + "\n") {
            $0.identity.suppress = [list]
        }
        #expect(ran.asked.map(\.hints.email) == ["free@acme.example"])
        #expect(ran.report.records.skipped == ["suppressed": 7])
        let out = try folder.read("out.csv").split(separator: "\n").dropFirst()
        #expect(out.dropLast().allSatisfy { $0.contains(",skipped,suppressed,") })
    }

    @Test func whomAnEarlierRunKnowsByAnotherHintIsSuppressedToo() async throws {
        try await run("\(Self.header)\n,,z@acme.example,in/zelda,,\n")
        let list = try folder.write("no.txt", "https://www.linkedin.com/in/zelda/\n")
        let ran = try await run("\(Self.header)\n,,z@acme.example,,,\n") { $0.identity.suppress = [list] }
        #expect(ran.asked.isEmpty)
        #expect(ran.report.records.skipped == ["suppressed": 1])
    }

    @Test func aListMayBeBareAndWhatItCannotMeanIsSaid() async throws {
        let list = try folder.write("no.txt", "z@acme.example\n@umbrella.example\nin/hank\n+1 212 555 0142\nwho?\n")
        var settings = PipelineSettings()
        settings.identity.suppress = [list]
        var notes: [Diagnostic] = []
        let suppression = try SuppressionList(settings) { notes.append($0) }
        #expect(notes.map(\.code) == ["unknown_in_list"] && notes.first?.line == 5)
        #expect(suppression.lookups.flatMap(\.aliases) == ["email:z@acme.example", "linkedin:hank"])
    }

    @Test func aListThatIsNotThereStopsEverything() async throws {
        await #expect(throws: Diagnostic.self) {
            try await run("\(Self.header)\n,,z@acme.example,,,\n") { $0.identity.suppress = [folder.file("none.csv")] }
        }
    }

    @Test func mergesAreListedWithTheirReasons() async throws {
        let list = folder.file("merges.csv")
        try await run(
            "\(Self.header)\n,,z@acme.example,,,\n,,y@acme.example,,,\n,,z@acme.example,in/zelda,,\nHank,Wolf,,in/hank,acme.example,\nIda,Fox,,in/hank,umbrella.example,\n"
        ) { $0.explain = list }
        let lines = try folder.read("merges.csv").split(separator: "\n").map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).enumerated().filter { $0.offset != 2 }.map {
                String($0.element)
            }
        }
        #expect(
            lines == [
                ["person", "row", "line", "because", "value"], ["1", "1", "2", "email", "z@acme.example"],
                ["1", "3", "4", "email", "z@acme.example"],
                ["4", "4", "5", "kept_apart", "linkedin_url https://www.linkedin.com/in/hank"],
                ["5", "5", "6", "kept_apart", "linkedin_url https://www.linkedin.com/in/hank"],
            ])
    }
}
