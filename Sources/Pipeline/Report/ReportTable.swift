import EnrichmentAPI
import Records

/// The credit report as CSV: a line for each endpoint, channel and source, and for the whole.
package struct ReportTable {
    private static let columns = [
        "kind", "name", "requests", "asked", "found", "valid", "invalid", "unknown", "catch_all", "credits",
        "credits_per_found", "credits_per_valid", "failed",
    ]
    private let report: CreditReport

    package init(_ report: CreditReport) { self.report = report }

    package var csv: [UInt8] {
        let csv = CSVText()
        return rows.reduce(into: csv.row(Self.columns)) { text, row in
            text += csv.row(Self.columns.map { row[$0] ?? "" })
        }
    }

    private var rows: [[String: String]] {
        let credits = report.credits
        let calls = [
            (Endpoint.bulk, report.requests.bulk), (.single, report.requests.single),
            (.discover, report.requests.discover), (.account, report.requests.account),
        ]
        var rows: [[String: String]] = calls.filter { $0.1 > 0 }.map { endpoint, count in
            [
                "kind": "endpoint", "name": endpoint.rawValue, "requests": "\(count)",
                "credits": "\(credits.byEndpoint[endpoint.rawValue] ?? .zero)",
            ]
        }
        for channel in Channel.allCases {
            guard let part = report.channels[channel.rawValue] else { continue }
            let cost = credits.byChannel[channel.rawValue] ?? .zero
            var row = [
                "kind": "channel", "name": channel.rawValue, "asked": "\(part.asked)", "found": "\(part.found)",
                "credits": "\(cost)", "credits_per_found": Self.each(cost, part.found),
            ]
            if channel.isEmail {
                row["valid"] = "\(part.verified)"
                row["invalid"] = "\(part.invalid)"
                row["unknown"] = "\(part.unknown)"
                row["catch_all"] = "\(part.catchAll)"
                row["credits_per_valid"] = Self.each(cost, part.verified)
            }
            rows.append(row)
        }
        for (name, part) in report.sources.sorted(by: { ($1.value.found, $0.key) < ($0.value.found, $1.key) }) {
            rows.append([
                "kind": "source", "name": name, "found": "\(part.found)", "valid": "\(part.valid)",
                "credits": "\(part.credits)", "credits_per_found": Self.each(part.credits, part.found),
                "credits_per_valid": part.creditsPerValid.map(JSONText.number) ?? "",
            ])
        }
        for (name, part) in (report.providers ?? [:]).sorted(by: { $0.key < $1.key }) {
            rows.append([
                "kind": "provider", "name": name, "failed": "\(part.failed.values.reduce(0, +))",
            ])
        }
        rows.append([
            "kind": "total", "name": report.run.id, "requests": "\(calls.map(\.1).reduce(0, +))",
            "credits": "\(credits.used)",
        ])
        return rows
    }

    /// Credits for each, to a hundredth; empty where there is none.
    static func each(_ credits: Credits, _ count: Int) -> String {
        count == 0 ? "" : JSONText.number((Double(credits.thousandths) / 10 / Double(count)).rounded() / 100)
    }
}
