import EnrichmentAPI
import Synchronization
import Testing
import Waterfall
@testable import Server

/// Calls that ask for the same at the same time.
@Suite struct SharedAnswersTests {
    /// Finds every channel for a credit, but not before it is let.
    private final class Source: AnswerSource {
        let isDown: Bool
        /// What was asked, in the order in which it came.
        let asked = Mutex<[(email: String, channels: ChannelSet)]>([])
        private let mayAnswer = Atomic(false)

        init(isDown: Bool = false) { self.isDown = isDown }

        func answer() { mayAnswer.store(true, ordering: .releasing) }

        func persons(
            _ records: [PersonHints], channels: ChannelSet, endpoint: Endpoint, isForced: Bool
        ) async -> [Waterfall.Outcome] {
            asked.withLock { $0 += records.map { ($0.email ?? "", channels) } }
            while !mayAnswer.load(ordering: .acquiring) { await Task.yield() }
            return records.map { record in
                var result = PersonResult(recordID: "r", channels: ChannelMap(), creditsUsed: .zero)
                var costs = ChannelMap<Credits>()
                if isDown { result.failures = [ProviderFailure(provider: "vendor", why: .timeout)] }
                for channel in channels {
                    result.channels[channel] =
                        isDown
                        ? .missed(tried: ["vendor"])
                        : .found(
                            ChannelValue(
                                value: "\(channel.rawValue) of \(record.email ?? "")", source: "vendor", confidence: 1,
                                enrichedAt: "2026-01-01T00:00:00Z"))
                    costs[channel] = isDown ? nil : Credits(thousandths: 1000)
                }
                return Waterfall.Outcome(result: result, costs: costs)
            }
        }

        func accounts(domains: [String], isForced: Bool) async -> [AccountAnswer] { [] }
    }

    private func ask(_ answers: SharedAnswers, _ emails: [String], _ channels: ChannelSet) async -> [Waterfall.Outcome]
    {
        await answers.persons(
            emails.map { PersonHints(email: $0) }, channels: channels, endpoint: .bulk, isForced: false)
    }

    @Test func channelsThatAreUnderWayAreNotAskedForAgainAndTheOthersAre() async throws {
        let source = Source()
        let answers = SharedAnswers(source, goodFor: .seconds(60))
        async let first = ask(answers, ["a@acme.example", "b@acme.example"], [.workEmail, .phone])
        while source.asked.withLock({ $0.count }) < 2 { await Task.yield() }
        async let second = ask(answers, ["b@acme.example", "c@acme.example"], [.phone, .linkedinURL])
        while source.asked.withLock({ $0.count }) < 4 { await Task.yield() }
        source.answer()
        let (one, two) = await (first, second)
        let asked = source.asked.withLock { $0 }
        #expect(asked.prefix(2).map(\.email) == ["a@acme.example", "b@acme.example"])
        #expect(asked.prefix(2).allSatisfy { $0.channels == [.workEmail, .phone] })
        // Of b, the phone is on its way already.
        #expect(asked.first { $0.email == "c@acme.example" }?.channels == [.phone, .linkedinURL])
        #expect(asked.dropFirst(2).first { $0.email == "b@acme.example" }?.channels == [.linkedinURL])
        #expect(asked.count == 4)
        for (outcome, email) in zip(one + two, ["a", "b", "b", "c"].map { $0 + "@acme.example" }) {
            #expect(
                outcome.result.channels.entries.allSatisfy {
                    $0.value.value?.value == "\($0.channel.rawValue) of \(email)"
                })
            #expect(outcome.result.creditsUsed == Credits(thousandths: 2000) && outcome.costs.entries.count == 2)
        }
        #expect(one.allSatisfy { $0.result.channels.entries.map(\.channel) == [.workEmail, .phone] })
        #expect(two.allSatisfy { $0.result.channels.entries.map(\.channel) == [.phone, .linkedinURL] })
    }

    @Test func whatNobodyCouldBeAskedForIsAskedForByTheNextCall() async throws {
        let source = Source(isDown: true)
        source.answer()
        let answers = SharedAnswers(source, goodFor: .seconds(60))
        for _ in 0..<2 {
            let outcome = try #require(await ask(answers, ["a@acme.example"], [.workEmail, .phone]).first)
            #expect(outcome.result.failures == [ProviderFailure(provider: "vendor", why: .timeout)])
            #expect(outcome.result.failures(of: .phone).count == 1 && outcome.result.creditsUsed == .zero)
        }
        #expect(source.asked.withLock { $0.count } == 2)
    }
}
