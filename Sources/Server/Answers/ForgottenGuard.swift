import EnrichmentAPI
import Identity
import Ledger
import Waterfall

/// Sees to it that nobody is asked for, or handed out, who was forgotten.
struct ForgottenGuard: Sendable {
    let people: ForgottenPeople

    /// Whether one of the hints of a question is that of somebody who was forgotten.
    func holds(_ query: PersonQuery) -> Bool { query.aliases.contains(where: people.contains) }

    /// Whether one of the values is.
    func holds(_ channels: ChannelMap<ServedChannel>) -> Bool {
        channels.entries.contains { channel, served in
            guard let value = served.result.value?.value else { return false }
            let alias =
                switch channel {
                case .workEmail, .personalEmail: AliasKey.email(value)
                case .phone: "phone:" + value
                case .linkedinURL: AliasKey.linkedin(value)
                }
            return people.contains(alias)
        }
    }

    /// What is said of such a person: nothing, for nothing, and not remembered.
    static func nothing(_ channels: ChannelSet) -> ChannelMap<ServedChannel> {
        var answer = ChannelMap<ServedChannel>()
        for channel in channels {
            answer[channel] = ServedChannel(result: .missed(tried: []), cost: .zero, isTentative: true)
        }
        return answer
    }
}
