import Foundation

extension PipelineSettings {
    /// The settings with `{date}` and `{run}` filled in, in every path that is written to.
    ///
    /// The date is that on which the run began, in UTC as in the run's name, so that a run which is taken up on another
    /// day, or somewhere else, goes on in its files.
    /// - Parameter startedAt: seconds since 1970.
    package func named(run: String, startedAt: Double) -> PipelineSettings {
        let date = Date(timeIntervalSince1970: startedAt).formatted(
            .verbatim(
                "\(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits)", timeZone: .gmt,
                calendar: Calendar(identifier: .gregorian)))
        func filled(_ path: String) -> String {
            path.replacing("{date}", with: date).replacing("{run}", with: run)
        }
        var named = self
        for index in named.output.indices { named.output[index].path = filled(named.output[index].path) }
        for index in named.audience.indices { named.audience[index].path = filled(named.audience[index].path) }
        if let changes {
            // What was exported before was exported under another date.
            named.changes?.history = changes.history ?? changes.path
            named.changes?.path = filled(changes.path)
        }
        (named.rejects, named.report) = (filled(rejects), filled(report))
        return named
    }
}
