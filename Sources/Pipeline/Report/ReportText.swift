import EnrichmentAPI
import Records

/// The credit report as a table for a terminal.
package struct ReportText {
    private var lines: [String] = []

    package static func render(_ report: CreditReport) -> String {
        var text = ReportText()
        text.add(report)
        return text.lines.joined(separator: "\n") + "\n"
    }

    private mutating func add(_ report: CreditReport) {
        let records = report.records, credits = report.credits
        lines.append("Run \(report.run.id)  (\(report.run.engine), workspace \(report.run.workspace))")
        lines.append("")
        row("Rows read", "\(records.read)", records.rejected > 0 ? "and \(records.rejected) rejected" : "")
        row("  enriched", "\(records.enriched)", Self.percent(records.enriched, of: records.read))
        row("  nothing found", "\(records.unmatched)", Self.percent(records.unmatched, of: records.read))
        for (reason, count) in records.skipped.sorted(by: { $0.key < $1.key }) {
            row("  skipped", "\(count)", Self.reasons[reason] ?? reason)
        }
        for (reason, count) in records.failed.sorted(by: { $0.key < $1.key }) {
            row("  failed", "\(count)", Self.reasons[reason] ?? reason)
        }
        row("Of these from cache", "\(records.fromCache)", "free")
        row("Duplicates", "\(records.duplicates)", "asked for once, free")
        lines.append("")
        lines.append("Channel          asked    found   hit rate    valid  invalid     open   credits")
        for channel in Channel.allCases {
            guard let part = report.channels[channel.rawValue] else { continue }
            lines.append(
                Self.left(channel.rawValue, 14) + Self.right("\(part.asked)", 8) + Self.right("\(part.found)", 9)
                    + Self.right(Self.percent(part.found, of: part.asked), 11)
                    + Self.right(channel.isEmail ? "\(part.verified)" : "-", 9)
                    + Self.right(channel.isEmail ? "\(part.invalid)" : "-", 9)
                    + Self.right(channel.isEmail ? "\(part.unknown + part.catchAll)" : "-", 9)
                    + Self.right((credits.byChannel[channel.rawValue] ?? .zero).description, 10))
        }
        if !report.sources.isEmpty {
            lines.append("")
            lines.append("Source                       found    valid   credits   credits per valid email")
            for (name, part) in report.sources.sorted(by: { ($1.value.found, $0.key) < ($0.value.found, $1.key) }) {
                lines.append(
                    Self.left(name, 26) + Self.right("\(part.found)", 8) + Self.right("\(part.valid)", 9)
                        + Self.right(part.credits.description, 10)
                        + Self.right(part.creditsPerValid.map(JSONText.number) ?? "-", 26))
            }
        }
        for failure in report.providerFailures {
            row(
                "Could not be asked", "\(failure.count)",
                "\(failure.provider): \(Self.failures[failure.why] ?? failure.why); asked again by the next run")
        }
        lines.append("")
        addRequests(report.requests)
        row("Credits used", credits.used.description, credits.budget.map { "of at most \($0)" } ?? "")
        if credits.unknownCharge > .zero {
            row(
                "Perhaps charged besides", credits.unknownCharge.description,
                "answers that were lost; enrich.when_answer_lost: resend asks for what is still open")
        }
        row("Saved by cache", credits.savedByCache.description, "")
        row("Saved by duplicates", credits.savedByDedupe.description, "")
        if report.verification.checked + report.verification.fromCache > 0 {
            row(
                "Emails checked", "\(report.verification.checked)",
                "\(report.verification.valid) of them valid; \(report.verification.fromCache) finds known before"
            )
        }
        row("Time", ProgressMeter.spelled(report.timing.seconds), "\(Int(report.timing.rowsPerSecond)) rows/s")
    }

    private mutating func addRequests(_ requests: CreditReport.RequestsPart) {
        let calls = [
            ("bulk", requests.bulk), ("single", requests.single), ("discover", requests.discover),
            ("account", requests.account),
        ].filter { $0.1 > 0 }
        row(
            "Requests", "\(calls.map(\.1).reduce(0, +))",
            (calls.map { "\($0.1) \($0.0)" } + (requests.retried > 0 ? ["\(requests.retried) tried again"] : []))
                .joined(separator: ", "))
    }

    private mutating func row(_ name: String, _ value: String, _ remark: String) {
        lines.append(Self.left(name, 26) + Self.right(value, 9) + (remark.isEmpty ? "" : "   " + remark))
    }

    /// Reasons of rows (contract, section 5) in words.
    static let reasons = [
        "no_identity": "nothing says who it is", "complete": "nothing is missing", "budget": "beyond the budget",
        "suppressed": "on a suppression list",
        "quota": "beyond the day's quota", "refused": "the service refused the record",
        "answer_lost": "the answer was lost",
        "unavailable": "the service was not available",
    ]

    /// Why a provider could not be asked, in words.
    package static let failures = [
        "timeout": "no answer in time", "unavailable": "not available", "refused": "it refused the call",
        "unreadable": "its answer could not be read",
    ]

    private static func percent(_ part: Int, of whole: Int) -> String {
        whole == 0 ? "-" : "\((Double(part) / Double(whole) * 1000).rounded() / 10) %"
    }

    private static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }
}
