import EnrichmentAPI
import Foundation
import Ledger
import Records

/// Makes the report of a run out of its counters and the ledger, and writes it where it is wanted.
struct Reporting: Sendable {
    let settings: PipelineSettings
    let ledger: Ledger
    let enricher: any Enricher
    let run: Run
    /// When this attempt began, in seconds since 1970.
    let attemptStart: Double
    /// Rows that were written before it.
    let rowsBefore: Int

    /// Pieces that the time of a run is parted into.
    private static let pieces = 60

    /// What the run has come to, also kept in the ledger.
    func report(
        _ progress: RowProgress, _ inputs: [CreditReport.InputPart], _ status: Run.Status, waited: Double, now: Double
    )
        async throws -> (report: CreditReport, audit: BillAudit?)
    {
        let requests = try await ledger.requests(of: run.id)
        let prices = settings.enrich.api.prices
        let audit =
            enricher.isExternal
            ? BillAudit(
                try await ledger.charges(run: run.id) { BillAudit.dispute($0, prices) }, prices: prices) : nil
        let report = CreditReport(
            CreditReport.Facts(
                run: run, settings: settings, inputs: inputs, tally: progress.tally, requests: requests,
                providerFailures: try await ledger.providerFailures(run: run),
                verdicts: try await ledger.verdictTotals(run: run.id), status: status, attemptStart: attemptStart,
                end: now, waitedForQuota: waited, attemptRows: progress.tally.read - rowsBefore,
                forecast: try await forecast(requests),
                timeline: enricher.isExternal
                    ? try await ledger.timeline(run: run.id, pieces: Self.pieces) : [],
                imports: progress.imports.mapValues { CreditReport.ImportPart(rows: $0.rows, leftOut: $0.leftOut) },
                audit: audit))
        try await ledger.save(report: report.archived(), run: run.id)
        return (report, audit)
    }

    /// What the questions of the run were to cost, by what earlier runs tell.
    private func forecast(_ requests: RequestTotals) async throws -> Forecast {
        var questions = try await ledger.history(run: run.id).map { history in
            let most = Double(enricher.worst([history.channel], endpoint: .bulk).thousandths) / 1000
            return Forecast.Question(
                asked: history.asked, known: history.known, found: history.found, price: history.cost ?? most,
                most: most)
        }
        let account = Double(enricher.worst([], endpoint: .account).thousandths) / 1000
        questions.append(
            Forecast.Question(
                asked: try await ledger.accountsAsked(run: run.id), known: 0, found: 0, price: account, most: account))
        var forecast = Forecast(questions)
        // What the journal reserved, searches by name included.
        forecast.worst = max(requests.worst, forecast.high)
        return forecast
    }

    /// Writes the report in all its forms: `.json`, `.csv`, `.html`, and what is to be disputed.
    func write(_ report: CreditReport, _ audit: BillAudit?) throws {
        guard !settings.report.isEmpty else { return }
        try OutputFile.write(Array(report.json()), to: settings.report + ".json")
        try OutputFile.write(ReportTable(report).csv, to: settings.report + ".csv")
        try OutputFile.write(Array(ReportPage(report).html.utf8), to: settings.report + ".html")
        let disputes = settings.report + ".disputed.csv"
        if let audit, audit.disputedCount > 0 {
            try OutputFile.write(audit.csv(), to: disputes)
        } else {
            // One of an earlier run would look like this one's.
            try? FileManager.default.removeItem(atPath: disputes)
        }
    }
}
