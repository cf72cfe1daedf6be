package import EnrichmentAPI
import Synchronization
package import Waterfall

/// Asks once for whomever several calls ask for at the same time: vendors want to be paid for each question.
///
/// Every call gets the outcome as if it had asked itself; who is charged for it is for the settlement to say.
package final class SharedAnswers: AnswerSource {
    private struct Question: Hashable {
        var hints: PersonHints
        var channels: ChannelSet
        /// Dearer, and by name and company alone; all other calls ask in the same way.
        var isDiscovery: Bool
    }

    private let source: any AnswerSource
    private let people: UnderWay<Question, Waterfall.Outcome>
    private let companies: UnderWay<String, AccountAnswer>

    /// A verification may take its time before an answer is in the ledger.
    private static let memory = Duration.seconds(60)

    /// - Parameter goodFor: how long an answer is given again for nothing.
    package init(_ source: any AnswerSource, goodFor: Duration) {
        self.source = source
        let memory = min(Self.memory, goodFor)
        people = UnderWay(memory) { outcome in
            // A channel that has a value goes into the ledger, whoever could not be asked for another one.
            outcome.result.failures.isEmpty || outcome.result.channels.entries.contains { $0.value.value != nil }
        }
        companies = UnderWay(memory) { !$0.isTentative }
    }

    package func persons(
        _ records: [PersonHints], channels: ChannelSet, endpoint: Endpoint, isForced: Bool
    ) async -> [Waterfall.Outcome] {
        guard !isForced else {
            return await source.persons(records, channels: channels, endpoint: endpoint, isForced: true)
        }
        let questions = records.map { Question(hints: $0, channels: channels, isDiscovery: endpoint == .discover) }
        return await people.answers(questions) { [source] questions in
            await source.persons(questions.map(\.hints), channels: channels, endpoint: endpoint, isForced: false)
        }
    }

    package func accounts(domains: [String], isForced: Bool) async -> [AccountAnswer] {
        guard !isForced else { return await source.accounts(domains: domains, isForced: true) }
        return await companies.answers(domains) { [source] in await source.accounts(domains: $0, isForced: false) }
    }
}

/// Questions that are being asked.
private final class UnderWay<Question: Hashable & Sendable, Answer: Sendable>: Sendable {
    /// A place in what is being answered.
    private struct Pending: Sendable {
        var answers: Task<[Answer], Never>
        var index: Int
    }

    private let pending = Mutex<[Question: Pending]>([:])

    /// How long an answer is at hand after it has come: by then it is in the ledger, where the next call finds it.
    private let memory: Duration
    private let willBeKnown: @Sendable (Answer) -> Bool

    /// - Parameter willBeKnown: whether an answer goes into the ledger; another one is only for those who wait for it.
    init(_ memory: Duration, _ willBeKnown: @escaping @Sendable (Answer) -> Bool) {
        self.memory = memory
        self.willBeKnown = willBeKnown
    }

    /// One answer for each question, in order.
    ///
    /// - Parameter ask: answers those that nobody is asking; goes on where the call is given up, since others may wait for it.
    func answers(
        _ questions: [Question], _ ask: @escaping @Sendable ([Question]) async -> [Answer]
    ) async -> [Answer] {
        let places = pending.withLock { pending in
            var own: [Question] = []
            var isOwn: Set<Question> = []
            for question in questions where pending[question] == nil && isOwn.insert(question).inserted {
                own.append(question)
            }
            if !own.isEmpty {
                let asked = own
                let answers = Task {
                    let answers = await ask(asked)
                    let isKnown = answers.map(self.willBeKnown)
                    self.forget(zip(asked, isKnown).filter { !$1 }.map(\.0))
                    Task {
                        try? await Task.sleep(for: self.memory)
                        self.forget(zip(asked, isKnown).filter(\.1).map(\.0))
                    }
                    return answers
                }
                for (index, question) in own.enumerated() {
                    pending[question] = Pending(answers: answers, index: index)
                }
            }
            return questions.compactMap { pending[$0] }
        }
        var answers: [Answer] = []
        answers.reserveCapacity(places.count)
        for place in places { answers.append(await place.answers.value[place.index]) }
        return answers
    }

    private func forget(_ questions: [Question]) {
        pending.withLock { pending in for question in questions { pending[question] = nil } }
    }
}
