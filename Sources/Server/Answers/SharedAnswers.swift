import Connect
package import EnrichmentAPI
import Synchronization
package import Waterfall

/// Asks once for whatever several calls ask for at the same time: vendors want to be paid for each question.
///
/// Every call gets the outcome as if it had asked itself; who is charged for it is for the settlement to say.
package final class SharedAnswers: AnswerSource {
    /// One channel of a person.
    private struct Question: Hashable {
        var hints: PersonHints
        var channel: Channel
        /// Dearer, and by name and company alone; all other calls ask in the same way.
        var isDiscovery: Bool
    }

    fileprivate struct Answer: Sendable {
        var recordID: String
        var result: ChannelResult?
        var cost: Credits?
        /// Who could not be asked for it.
        var failures: [ProviderFailure]
    }

    private let source: any AnswerSource
    private let people: UnderWay<Question, Answer>
    private let companies: UnderWay<String, AccountAnswer>

    /// A verification may take its time before an answer is in the ledger.
    private static let memory = Duration.seconds(60)

    /// - Parameter goodFor: how long an answer is given again for nothing.
    package init(_ source: any AnswerSource, goodFor: Duration) {
        self.source = source
        let memory = min(Self.memory, goodFor)
        people = UnderWay(memory) { $0.failures.isEmpty }
        companies = UnderWay(memory) { !$0.isTentative }
    }

    package func persons(
        _ records: [PersonHints], channels: ChannelSet, endpoint: Endpoint, isForced: Bool
    ) async -> [Waterfall.Outcome] {
        guard !isForced else {
            return await source.persons(records, channels: channels, endpoint: endpoint, isForced: true)
        }
        let questions = records.flatMap { hints in
            channels.map { Question(hints: hints, channel: $0, isDiscovery: endpoint == .discover) }
        }
        let answers = await people.answers(questions) { [source] in await Self.ask($0, endpoint, of: source) }
        return records.indices.map { record in
            var outcome = Waterfall.Outcome(
                result: PersonResult(recordID: "", channels: ChannelMap(), creditsUsed: .zero), costs: ChannelMap())
            for (place, channel) in channels.enumerated() {
                outcome.add(answers[record * channels.count + place], of: channel)
            }
            return outcome
        }
    }

    /// People of whom the same channels are wanted are asked for together.
    private static func ask(
        _ questions: [Question], _ endpoint: Endpoint, of source: any AnswerSource
    ) async -> [Answer] {
        var wanted: [PersonHints: ChannelSet] = [:]
        for question in questions { wanted[question.hints, default: []].insert(question.channel) }
        var isGrouped: Set<PersonHints> = []
        let people = questions.map(\.hints).filter { isGrouped.insert($0).inserted }
        let groups = Array(Dictionary(grouping: people) { wanted[$0] ?? [] })
        let found = await groups.mapSideBySide(width: groups.count) { channels, people in
            await source.persons(people, channels: channels, endpoint: endpoint, isForced: false)
        }
        let outcomes = Dictionary(
            zip(groups.flatMap(\.value), found.joined()), uniquingKeysWith: { first, _ in first })
        return questions.map { question in
            let outcome = outcomes[question.hints]
            return Answer(
                recordID: outcome?.result.recordID ?? "", result: outcome?.result.channels[question.channel],
                cost: outcome?.costs[question.channel],
                failures: outcome?.result.failures(of: question.channel) ?? [])
        }
    }

    package func accounts(domains: [String], isForced: Bool) async -> [AccountAnswer] {
        guard !isForced else { return await source.accounts(domains: domains, isForced: true) }
        return await companies.answers(domains) { [source] in await source.accounts(domains: $0, isForced: false) }
    }
}

extension Waterfall.Outcome {
    fileprivate mutating func add(_ answer: SharedAnswers.Answer, of channel: Channel) {
        result.recordID = answer.recordID
        result.channels[channel] = answer.result
        result.failures += answer.failures.filter { !result.failures.contains($0) }
        costs[channel] = answer.cost
        result.creditsUsed += answer.cost ?? .zero
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
