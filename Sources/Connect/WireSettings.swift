package import EnrichmentAPI
package import Settings

/// How channels and credits are written in settings files.
extension SettingsValue {
    /// A list of channels, at least one.
    package var channels: ChannelSet? {
        let texts = text.map { [$0] } ?? entries?.compactMap(\.text) ?? []
        let channels = texts.compactMap(Channel.init(rawValue:))
        return channels.count == texts.count && !channels.isEmpty ? ChannelSet(channels) : nil
    }

    package var credits: Credits? { text.flatMap(Double.init).flatMap { Credits($0) } }
}
