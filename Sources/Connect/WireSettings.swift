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

extension ServiceLimits {
    package static var table: SettingsTable<ServiceLimits> {
        SettingsTable([
            .number("chunk", \.chunk, 1...Endpoint.bulkLimit, "Records in a bulk request."),
            .number("bulk_per_minute", \.bulkPerMinute, 1...1_000_000, "Bulk requests a minute."),
            .number("single_per_minute", \.singlePerMinute, 1...1_000_000, "Other requests a minute."),
            .number("per_day", \.perDay, 1...1_000_000_000, "Requests a day."),
            .duration("minute", \.minute, "How long the minute is."),
            .duration("day", \.day, "How long the day is."),
        ])
    }
}
