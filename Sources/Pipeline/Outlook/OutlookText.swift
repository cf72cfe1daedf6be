import EnrichmentAPI
package import Foundation

/// An outlook for a terminal.
///
/// Pure.
package enum OutlookText {
    package static func render(_ outlook: RunOutlook, zone: TimeZone) -> String {
        var lines = [
            "Plan for \(outlook.pipeline)  (\(outlook.engine), workspace \(outlook.workspace)); nothing was sent or written"
        ]
        if let run = outlook.goesOn {
            lines.append("Goes on with \(run), behind its \(outlook.rows.writtenBefore) rows; the rest:")
        }
        lines.append("")
        lines += rows(outlook.rows)
        lines.append("")
        lines += channels(outlook)
        lines.append("")
        lines += credits(outlook)
        if let time = outlook.time { lines += self.time(time, zone) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func rows(_ rows: RunOutlook.RowsPart) -> [String] {
        var lines = [row("Rows", "\(rows.read)", rows.rejected > 0 ? "and \(rows.rejected) that cannot be read" : "")]
        lines.append(row("  to ask for", "\(rows.toAsk)"))
        lines.append(row("  known", "\(rows.known)", "free"))
        lines.append(row("  duplicates", "\(rows.duplicates)", "asked for once, free"))
        for (reason, count) in rows.skipped.sorted(by: { $0.key < $1.key }) {
            lines.append(row("  skipped", "\(count)", ReportText.reasons[reason] ?? reason))
        }
        for (reason, count) in rows.failed.sorted(by: { $0.key < $1.key }) {
            lines.append(row("  failed before", "\(count)", ReportText.reasons[reason] ?? reason))
        }
        return lines
    }

    private static func channels(_ outlook: RunOutlook) -> [String] {
        var lines: [String] = []
        for channel in Channel.allCases {
            guard let part = outlook.channels[channel.rawValue] else { continue }
            let past =
                part.hitRate.map {
                    "\(($0 * 1000).rounded() / 10) % found so far, of \(part.earlierAnswers) answers"
                } ?? "nothing is known of earlier answers"
            lines.append(row(channel.rawValue, "\(part.toAsk)", part.toAsk > 0 ? past : ""))
        }
        if outlook.accounts > 0 { lines.append(row("companies", "\(outlook.accounts)")) }
        let requests = outlook.requests
        let calls = [
            ("bulk", requests.bulk), ("single", requests.single), ("discover", requests.discover),
            ("account", requests.account),
        ].filter { $0.1 > 0 }
        lines.append(
            row("Requests", "\(requests.all)", calls.map { "\($0.1) \($0.0)" }.joined(separator: ", ")))
        return lines
    }

    private static func credits(_ outlook: RunOutlook) -> [String] {
        let credits = outlook.credits, forecast = credits.forecast
        var lines = [
            row("Credits, as expected", whole(forecast.expected)),
            row("  nine times in ten", "", "\(whole(forecast.low)) to \(whole(forecast.high))"),
            row("  never more than", whole(forecast.worst), "where everything is found, at the dearest"),
        ]
        guard let budget = credits.budget else { return lines }
        let cut: String
        switch (credits.cutOff, credits.cutOffAtMost) {
        case (0, 0): cut = "enough for everybody"
        case (0, let most): cut = "enough as expected; \(most) of \(credits.records) are not asked for at the worst"
        case (let some, let most):
            cut = "\(some) of \(credits.records) are not asked for as expected, \(most) at the worst"
        }
        lines.append(row("Budget left", "\(budget)", cut))
        return lines
    }

    /// Nobody is helped by thousandths of what is a guess.
    private static func whole(_ credits: Credits) -> String {
        credits.thousandths < 100_000 ? "\(credits)" : "\(Int((Double(credits.thousandths) / 1000).rounded()))"
    }

    private static func time(_ time: RunOutlook.TimePart, _ zone: TimeZone) -> [String] {
        var lines = [
            row("Time, at least", ProgressMeter.spelled(time.seconds), "the limits allow no less")
        ]
        if let pauses = time.pausesAt, let resumes = time.resumesAt {
            lines.append(
                row(
                    "  the day's calls end", moment(pauses, zone),
                    "after \(time.callsUntilThen ?? 0) calls; the next is free \(moment(resumes, zone))"))
            lines.append(row("  all is asked", moment(time.endsAt, zone), "where each day's run goes on"))
        }
        return lines
    }

    private static func moment(_ date: Date, _ zone: TimeZone) -> String {
        date.formatted(
            .verbatim(
                "\(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits)",
                timeZone: zone, calendar: Calendar(identifier: .gregorian)))
    }

    private static func row(_ name: String, _ value: String, _ remark: String = "") -> String {
        let start = name + String(repeating: " ", count: max(1, 26 - name.count))
        let middle = String(repeating: " ", count: max(0, 9 - value.count)) + value
        return remark.isEmpty ? start + middle : start + middle + "   " + remark
    }
}
