import EnrichmentAPI
import Foundation
import Mustache

/// The credit report as one page for a person: nothing is loaded from anywhere, and no script runs.
package struct ReportPage {
    private let report: CreditReport

    package init(_ report: CreditReport) { self.report = report }

    package var html: String {
        guard let template = try? MustacheTemplate(string: ReportTemplate.text) else { return "" }
        return template.render(values)
    }

    /// What the template names.
    private var values: [String: Any] {
        let run = report.run, records = report.records, credits = report.credits
        let found = report.channels.values.map(\.found).reduce(0, +)
        let valid = report.channels.values.map(\.verified).reduce(0, +)
        return [
            "pipeline": run.pipeline, "run": run.id, "workspace": run.workspace, "engine": run.engine,
            "started": Self.time(run.startedAt), "finished": Self.time(run.finishedAt), "status": run.status,
            "resumed": run.resumed, "used": Self.number(credits.used), "read": Self.number(records.read),
            "enriched": Self.number(records.enriched), "share": Self.percent(records.enriched, of: records.read),
            "perFound": Self.each(credits.used - (credits.byEndpoint[Endpoint.account.rawValue] ?? .zero), found),
            "found": Self.number(found), "hasVerdicts": valid > 0,
            "perValid": Self.each(emailCredits, valid), "valid": Self.number(valid),
            "budget": credits.budget.map { Self.number($0) } ?? "", "hasBudget": credits.budget != nil,
            "isEstimated": credits.split == "estimated",
            "outcomes": outcomes, "channels": channels, "sources": sources, "inputs": inputs, "reasons": reasons,
            "hasReasons": !reasons.isEmpty, "hasImports": !imports.isEmpty, "imports": imports,
            "channelChart": channelChart, "sourceChart": sourceChart,
            "companies": Self.number(credits.byEndpoint[Endpoint.account.rawValue] ?? .zero),
            "hasCompanies": (credits.byEndpoint[Endpoint.account.rawValue] ?? .zero) > .zero,
            "saved": Self.number(credits.savedByCache + credits.savedByDedupe),
            "savedByCache": Self.number(credits.savedByCache), "fromCache": Self.number(records.fromCache),
            "savedByDedupe": Self.number(credits.savedByDedupe), "duplicates": Self.number(records.duplicates),
            "unknownCharge": Self.number(credits.unknownCharge), "hasUnknownCharge": credits.unknownCharge > .zero,
            "forecast": forecast, "hasForecast": credits.forecast.worst > .zero, "requests": requests,
            "hasRequests": !requests.isEmpty,
            "requestCount": Self.number(report.quota.calls),
            "timeline": timeline, "hasTimeline": report.quota.timeline.count > 1,
            "waited": ProgressMeter.spelled(report.timing.waitingForQuota),
            "seconds": ProgressMeter.spelled(report.timing.seconds), "audit": audit,
            "hasAudit": report.audit != nil,
            "checked": Self.number(report.verification.checked),
            "verdictsKnown": Self.number(report.verification.fromCache),
            "hasVerification": report.verification.checked + report.verification.fromCache > 0,
        ]
    }

    private var emailCredits: Credits {
        Channel.allCases.filter(\.isEmail).reduce(.zero) { $0 + (report.credits.byChannel[$1.rawValue] ?? .zero) }
    }

    // MARK: Tables

    private var outcomes: [[String: Any]] {
        let records = report.records
        let rows: [(String, Int)] = [
            ("Enriched", records.enriched), ("Nothing found", records.unmatched),
            ("Skipped", records.skipped.values.reduce(0, +)), ("Failed", records.failed.values.reduce(0, +)),
            ("Not readable", records.rejected),
        ]
        return rows.filter { $0.1 > 0 }.map {
            [
                "name": $0.0, "count": Self.number($0.1),
                "share": Self.percent($0.1, of: records.read + records.rejected),
            ]
        }
    }

    private var channels: [[String: Any]] {
        Channel.allCases.compactMap { channel in
            guard let part = report.channels[channel.rawValue] else { return nil }
            let cost = report.credits.byChannel[channel.rawValue] ?? .zero
            return [
                "name": Self.name(channel), "asked": Self.number(part.asked), "found": Self.number(part.found),
                "rate": Self.percent(part.found, of: part.asked), "credits": Self.number(cost),
                "perFound": Self.each(cost, part.found),
                "valid": channel.isEmail ? Self.number(part.verified) : "–",
                "invalid": channel.isEmail ? Self.number(part.invalid) : "–",
                "unknown": channel.isEmail ? Self.number(part.unknown + part.catchAll) : "–",
                "perValid": channel.isEmail ? Self.each(cost, part.verified) : "–",
            ]
        }
    }

    private var sources: [[String: Any]] {
        report.sources.sorted { ($1.value.found, $0.key) < ($0.value.found, $1.key) }.map { name, part in
            [
                "name": name, "found": Self.number(part.found), "valid": Self.number(part.valid),
                "credits": Self.number(part.credits), "perFound": Self.each(part.credits, part.found),
                "perValid": part.creditsPerValid.map { Self.number($0) } ?? "–",
            ]
        }
    }

    private var inputs: [[String: Any]] {
        report.inputs.map { input in
            [
                "path": input.path, "rows": Self.number(input.rows), "rejected": Self.number(input.rejected),
                "bytes": input.bytes.map { $0.formatted(.byteCount(style: .file).locale(Self.locale)) } ?? "",
            ]
        }
    }

    /// Why rows came to nothing, with the numbers of the first ones.
    private var reasons: [[String: Any]] {
        let records = report.records
        let rows =
            records.skipped.map { ("Skipped", $0.key, $0.value) } + records.failed.map { ("Failed", $0.key, $0.value) }
        let known = rows.sorted { ($1.2, $0.1) < ($0.2, $1.1) }.map { kind, reason, count -> [String: Any] in
            let numbers = (records.examples[reason] ?? []).map(String.init).joined(separator: ", ")
            return [
                "kind": kind, "reason": ReportText.reasons[reason] ?? reason, "count": Self.number(count),
                "examples": numbers.isEmpty ? "" : "row \(numbers)",
            ]
        }
        let providers = report.providerFailures.map { failure -> [String: Any] in
            [
                "kind": "Could not be asked", "count": Self.number(failure.count), "examples": "",
                "reason": "\(failure.provider): \(ReportText.failures[failure.why] ?? failure.why)",
            ]
        }
        let rejects = report.inputs.flatMap { input in
            input.rejects.map { reject -> [String: Any] in
                [
                    "kind": "Not readable", "reason": "\(reject.reason) (\(input.path))",
                    "count": Self.number(reject.count), "examples": "line \(reject.firstLine)",
                ]
            }
        }
        return known + providers + rejects
    }

    private var imports: [[String: Any]] {
        report.imports.sorted { $0.key < $1.key }.map { path, part in
            let out = part.leftOut.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
                "\(Self.number($0.value)) \($0.key.replacing("_", with: " "))"
            }
            return ["path": path, "rows": Self.number(part.rows), "leftOut": out.joined(separator: ", ")]
        }
    }

    private var requests: [[String: Any]] {
        let requests = report.requests
        let rows = [
            ("Bulk", requests.bulk), ("Single", requests.single), ("Search by name", requests.discover),
            ("Company", requests.account), ("Tried again", requests.retried),
            ("Turned away (429)", requests.refused429),
        ]
        return rows.filter { $0.1 > 0 }.map { ["name": $0.0, "count": Self.number($0.1)] }
    }

    private var audit: [String: Any] {
        guard let audit = report.audit else { return [:] }
        return [
            "agrees": audit.disputedCount == 0, "count": Self.number(audit.disputedCount),
            "overcharged": Self.number(audit.overcharged), "more": audit.disputedCount > 20,
            "rows": audit.disputed.prefix(20).map { dispute -> [String: Any] in
                [
                    "row": dispute.row, "endpoint": dispute.endpoint,
                    "channels": dispute.channels.joined(separator: ", "), "charged": Self.number(dispute.charged),
                    "listed": Self.number(dispute.listed), "reason": dispute.reason.replacing("_", with: " "),
                ]
            },
        ]
    }

    private var forecast: [String: Any] {
        let forecast = report.credits.forecast
        func whole(_ credits: Credits) -> String { Self.number(Int((Double(credits.thousandths) / 1000).rounded())) }
        return [
            "low": whole(forecast.low), "expected": whole(forecast.expected), "high": whole(forecast.high),
            "worst": Self.number(forecast.worst),
            "chart": ReportChart.range(forecast, actual: report.credits.used),
        ]
    }

    // MARK: Charts

    private var channelChart: String {
        ReportChart.bars(
            Channel.allCases.compactMap { channel in
                report.channels[channel.rawValue].map {
                    ReportChart.Bar(name: Self.name(channel), part: $0.found, whole: $0.asked)
                }
            }, unit: "asked")
    }

    private var sourceChart: String {
        let most = report.sources.values.map(\.found).max() ?? 0
        return ReportChart.bars(
            report.sources.sorted { ($1.value.found, $0.key) < ($0.value.found, $1.key) }.prefix(12).map {
                ReportChart.Bar(name: $0.key, part: $0.value.found, whole: most)
            }, unit: nil)
    }

    private var timeline: String {
        ReportChart.columns(
            report.quota.timeline.map { ReportChart.Column(bulk: $0.bulk, others: $0.others, at: Self.time($0.at)) })
    }

    // MARK: Spelling

    /// One way of writing numbers, wherever the report is made.
    private static let locale = Locale(identifier: "en_US")

    private static func name(_ channel: Channel) -> String {
        switch channel {
        case .workEmail: "Work email"
        case .personalEmail: "Personal email"
        case .phone: "Phone"
        case .linkedinURL: "LinkedIn profile"
        }
    }

    private static func number(_ count: Int) -> String { count.formatted(.number.locale(locale)) }
    private static func number(_ credits: Credits) -> String { number(Double(credits.thousandths) / 1000) }
    private static func number(_ value: Double) -> String {
        value.formatted(.number.precision(.fractionLength(0...2)).locale(locale))
    }

    private static func each(_ credits: Credits, _ count: Int) -> String {
        count == 0 ? "–" : number(Double(credits.thousandths) / 1000 / Double(count))
    }

    private static func percent(_ part: Int, of whole: Int) -> String {
        whole == 0 ? "–" : number((Double(part) / Double(whole) * 1000).rounded() / 10) + " %"
    }

    private static func time(_ date: Date) -> String {
        date.formatted(.iso8601.dateSeparator(.dash).dateTimeSeparator(.space).timeSeparator(.colon)).replacing(
            "Z", with: " UTC")
    }
}
