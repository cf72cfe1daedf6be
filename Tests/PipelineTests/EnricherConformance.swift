import AsyncHTTPClient
import EnrichmentAPI
import Ledger
import Settings
@testable import Pipeline
import Server
import TestSupport
import Testing
import Waterfall

/// What every enricher has to do, whoever answers.
@Suite struct EnricherConformance {
    enum Kind: String, CaseIterable, Sendable {
        case embedded, api, serve
    }

    /// Hints whose answers the tests know: a hit and a miss for a phone number.
    static let people = (0..<20).map { PersonHints(email: "p\($0)@acme.example") }

    /// An enricher of each kind over the same knowledge.
    static func with<Value: Sendable>(_ kind: Kind, _ work: @escaping @Sendable (any Enricher) async throws -> Value)
        async throws -> Value
    {
        switch kind {
        case .embedded, .serve:
            let folder = try TemporaryFolder()
            var table = "Email,First Name,Last Name,Company Domain,Tel,Mail Found\n"
            for person in people {
                table +=
                    "\(person.email ?? ""),,,,\(FakeService.value(.phone, person) ?? ""),\(FakeService.value(.workEmail, person) ?? "")\n"
            }
            let discovered = PersonHints(companyDomain: "acme.example", firstName: "Zelda", lastName: "Quux")
            table += ",Zelda,Quux,acme.example,\(FakeService.value(.phone, discovered) ?? ""),\n"
            try folder.write("people.csv", table)
            try folder.write("companies.csv", "domain,industry\nacme.example,Widgets\n")
            let path = try folder.write(
                "w.yaml",
                """
                discover_factor: 1
                providers:
                  - {name: provider-a, path: \(folder.file("people.csv")), channels: {phone: Tel, work_email: Mail Found}, prices: {phone: 5, work_email: 2}}
                order: {phone: [provider-a], work_email: [provider-a]}
                accounts: [{name: c, path: \(folder.file("companies.csv"))}]
                """)
            let opening = WaterfallOpening(
                settings: try WaterfallSettings.read(path, environment: [:]), ledger: folder.file("ledger.sqlite"),
                environment: [:])
            return try await opening.with { waterfall in
                guard kind == .serve else { return try await work(EmbeddedEnricher(waterfall, minConfidence: 0)) }
                let service = try await EnrichmentService(
                    EnrichmentService.Parts(
                        ledger: ServiceLedger(beside: folder.file("ledger.sqlite")),
                        source: WaterfallAnswers(waterfall, minConfidence: 0), isOpen: true), settings: ServeSettings())
                return try await LoopbackServer.serving(service.router()) { try await asking($0, work) }
            }
        case .api: return try await FakeService().serving { try await asking($0, work) }
        }
    }

    private static func asking<Value: Sendable>(
        _ url: String, _ work: @Sendable (any Enricher) async throws -> Value
    ) async throws -> Value {
        var settings = EnrichSettings()
        settings.api = APISettings(url: url + "/", key: "test-key")
        return try await work(APIEnricher(.shared, settings: settings, clock: .wall))
    }

    private func persons(_ answer: EnrichmentAnswer) throws -> [PersonResult] {
        guard case .persons(let results, _) = answer.reply else {
            Issue.record("\(answer)")
            return []
        }
        return results
    }

    @Test(arguments: Kind.allCases)
    func resultsComeInTheOrderOfTheRecords(_ kind: Kind) async throws {
        try await Self.with(kind) { enricher in
            let results = try persons(
                await enricher.send(
                    EnrichmentRequest(endpoint: .bulk, channels: [.phone, .workEmail], records: Self.people)))
            #expect(results.count == Self.people.count)
            for (person, result) in zip(Self.people, results) {
                #expect(result.channels[.phone]?.value?.value == FakeService.value(.phone, person))
                #expect(result.channels[.workEmail]?.value?.value == FakeService.value(.workEmail, person))
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func onlyWhatWasAskedForIsAnsweredAndOnlySuccessIsCharged(_ kind: Kind) async throws {
        try await Self.with(kind) { enricher in
            let results = try persons(
                await enricher.send(EnrichmentRequest(endpoint: .bulk, channels: [.phone], records: Self.people)))
            for (person, result) in zip(Self.people, results) {
                #expect(result.channels.entries.map(\.channel) == [.phone])
                let isFound = FakeService.value(.phone, person) != nil
                #expect(result.creditsUsed == Credits(thousandths: isFound ? 5000 : 0))
            }
            #expect(results.contains { $0.creditsUsed > .zero } && results.contains { $0.creditsUsed == .zero })
        }
    }

    @Test(arguments: Kind.allCases, [Endpoint.single, .discover])
    func oneRecordIsAnsweredByEveryCallForPersons(_ kind: Kind, _ endpoint: Endpoint) async throws {
        try await Self.with(kind) { enricher in
            let hints =
                endpoint == .discover
                ? PersonHints(companyDomain: "acme.example", firstName: "Zelda", lastName: "Quux") : Self.people[0]
            let results = try persons(
                await enricher.send(EnrichmentRequest(endpoint: endpoint, channels: [.phone], records: [hints])))
            #expect(results.map { $0.channels[.phone]?.value?.value } == [FakeService.value(.phone, hints)])
        }
    }

    @Test(arguments: Kind.allCases)
    func companiesAreAnsweredByDomain(_ kind: Kind) async throws {
        try await Self.with(kind) { enricher in
            let reply = await enricher.send(
                EnrichmentRequest(
                    endpoint: .account, channels: [], records: [PersonHints(companyDomain: "acme.example")])
            ).reply
            guard case .accounts(let results) = reply else {
                Issue.record("\(reply)")
                return
            }
            #expect(results.map { $0.result?.fields["industry"] } == ["Widgets"])
        }
    }

    /// The same people out of the same tables: in the process, and over HTTP.
    @Test func aServiceOverTheSameTablesGivesTheSameAnswersForTheSameCredits() async throws {
        func answers(_ kind: Kind) async throws -> [PersonResult] {
            try await Self.with(kind) { enricher in
                let known = EnrichmentRequest(endpoint: .bulk, channels: [.phone, .workEmail], records: Self.people)
                let unknown = EnrichmentRequest(
                    endpoint: .single, channels: .all, records: [PersonHints(email: "nobody@acme.example")])
                return try await persons(enricher.send(known)) + persons(enricher.send(unknown))
            }
        }
        /// The tables of the two are written one after the other, perhaps in another second, which is the time of what is found.
        func timeless(_ results: [PersonResult]) -> [PersonResult] {
            results.map { result in
                var result = result
                for (channel, found) in result.channels.entries {
                    guard case .found(let value) = found else { continue }
                    result.channels[channel] = .found(
                        ChannelValue(
                            value: value.value, source: value.source, confidence: value.confidence, enrichedAt: ""))
                }
                return result
            }
        }
        let (embedded, served) = (try await answers(.embedded), try await answers(.serve))
        #expect(timeless(embedded) == timeless(served) && embedded.contains { $0.creditsUsed > .zero })
    }

    @Test(arguments: Kind.allCases)
    func theWorstCoversWhatIsCharged(_ kind: Kind) async throws {
        try await Self.with(kind) { enricher in
            let results = try persons(
                await enricher.send(
                    EnrichmentRequest(endpoint: .bulk, channels: [.phone, .workEmail], records: Self.people)))
            for result in results {
                #expect(result.creditsUsed <= enricher.worst([.phone, .workEmail], endpoint: .bulk))
            }
        }
    }
}
