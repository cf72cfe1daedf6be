import Connect
import EnrichmentAPI
import Ledger
import Waterfall

/// Has emails checked by the workspace's webhook before they are handed out.
struct Verification: Sendable {
    let verifier: any EmailVerifier
    let channels: ChannelSet
    /// Questions in the air at once.
    let concurrency: Int

    /// Verdicts on emails that have none yet; each distinct email is asked about once.
    func verdicts(on answers: [ChannelMap<ServedChannel>], of queries: [PersonQuery]) async -> [Int: ChannelMap<
        Verdict
    >] {
        var places: [String: [(record: Int, channel: Channel)]] = [:]
        for record in answers.indices {
            for (channel, served) in answers[record].entries where channels.contains(channel) && channel.isEmail {
                guard let value = served.result.value, served.verdict == nil || served.verdict == .unknown else {
                    continue
                }
                places[value.value, default: []].append((record, channel))
            }
        }
        var verdicts: [Int: ChannelMap<Verdict>] = [:]
        let questions = questions(places, queries)
        let said = await questions.mapSideBySide(width: concurrency) { await verifier.check($0) }
        for (question, verdict) in zip(questions, said) {
            for (record, channel) in places[question.email] ?? [] {
                verdicts[record, default: ChannelMap()][channel] = verdict
            }
        }
        return verdicts
    }

    /// One for each email, about the record that has it first.
    private func questions(
        _ places: [String: [(record: Int, channel: Channel)]], _ queries: [PersonQuery]
    ) -> [EmailToCheck] {
        places.sorted { $0.key < $1.key }.compactMap { email, places in
            places.first.map {
                EmailToCheck(email: email, channel: $0.channel, recordID: queries[$0.record].recordID)
            }
        }
    }
}
