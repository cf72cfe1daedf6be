import EnrichmentAPI
import Foundation
import Records
import Synchronization

/// A run for Prometheus' textfile collector: while it goes on, and how it ended.
///
/// Labels are bounded by the pipeline.
package final class RunMetrics: RunWatcher {
    private let path: String
    private let labels: [(String, String)]
    private let writtenAt = Mutex(0.0)

    /// Seconds between two writings.
    private static let interval = 15.0

    package init(path: String, settings: PipelineSettings) {
        self.path = path
        labels = [("pipeline", settings.name), ("workspace", settings.workspace)]
    }

    package func saw(_ event: RunEvent, _ counts: RunCounts, now: Double) {
        let isDue = writtenAt.withLock { last in
            guard now - last >= Self.interval else { return false }
            last = now
            return true
        }
        // What cannot be written now is tried again, and said at the end.
        if isDue { try? write(text(counts, now: now)) }
    }

    /// How the run ended.
    ///
    /// - Throws: ``Diagnostic`` where the file cannot be written.
    package func end(_ report: CreditReport?, exitCode: Int32, now: Double) throws {
        var metrics = PrometheusText()
        metrics.add("millrace_run_running", .gauge, "1 while a run goes on.", [sample([], 0)])
        metrics.add("millrace_run_exit_code", .gauge, "Exit code of the last run.", [sample([], Double(exitCode))])
        metrics.add(
            "millrace_run_finished_timestamp_seconds", .gauge, "When the last run ended.", [sample([], now)])
        if let success = exitCode == 0 ? now : lastSuccess() {
            metrics.add(Self.success, .gauge, "When a run was done for the last time.", [sample([], success)])
        }
        if let report { add(report, to: &metrics) }
        try write(metrics.text)
    }

    private static let success = "millrace_run_success_timestamp_seconds"

    /// What the file says of the last run that was done: a run that fails must not take it away.
    private func lastSuccess() -> Double? {
        let lines = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n") ?? []
        return lines.last { $0.hasPrefix(Self.success) }?.split(separator: " ").last.flatMap { Double($0) }
    }

    private func add(_ report: CreditReport, to metrics: inout PrometheusText) {
        let records = report.records
        let states: [(String, Int)] =
            [("enriched", records.enriched), ("unmatched", records.unmatched), ("rejected", records.rejected)]
            + records.skipped.sorted { $0.key < $1.key }.map { ("skipped_" + $0.key, $0.value) }
            + records.failed.sorted { $0.key < $1.key }.map { ("failed_" + $0.key, $0.value) }
        metrics.add(
            "millrace_run_rows", .gauge, "Rows of the last run by what became of them.",
            states.map { sample([("status", $0.0)], Double($0.1)) })
        let requests = report.requests
        metrics.add(
            "millrace_run_requests", .gauge, "Requests of the last run.",
            [
                ("bulk", requests.bulk), ("single", requests.single), ("discover", requests.discover),
                ("account", requests.account),
            ].map { sample([("endpoint", $0.0)], Double($0.1)) })
        metrics.add(
            "millrace_run_refused_429", .gauge, "Requests that were turned away.",
            [sample([], Double(requests.refused429))])
        metrics.add(
            "millrace_run_credits", .gauge, "Credits of the last run.", [sample([], Self.credits(report.charged))])
        metrics.add(
            "millrace_run_credits_unknown", .gauge, "Credits that lost answers may have cost besides.",
            [sample([], Self.credits(report.credits.unknownCharge))])
        let channels = report.channels.sorted { $0.key < $1.key }
        metrics.add(
            "millrace_run_asked", .gauge, "Values that the last run asked for.",
            channels.map { sample([("channel", $0.key)], Double($0.value.asked)) })
        metrics.add(
            "millrace_run_found", .gauge, "Values that it found.",
            channels.map { sample([("channel", $0.key)], Double($0.value.found)) })
        metrics.add(
            "millrace_run_provider_failed", .gauge,
            "People and companies for whom a provider of the last run could not be asked.",
            report.providerFailures.map { sample([("provider", $0.provider), ("why", $0.why)], Double($0.count)) })
        metrics.add("millrace_run_seconds", .gauge, "How long it took.", [sample([], report.timing.seconds)])
        metrics.add(
            "millrace_run_waiting_seconds", .gauge, "How long it waited for the quota.",
            [sample([], report.timing.waitingForQuota)])
    }

    private func text(_ counts: RunCounts, now: Double) -> String {
        var metrics = PrometheusText()
        metrics.add("millrace_run_running", .gauge, "1 while a run goes on.", [sample([], 1)])
        if let success = lastSuccess() {
            metrics.add(Self.success, .gauge, "When a run was done for the last time.", [sample([], success)])
        }
        metrics.add(
            "millrace_run_progress_rows", .gauge, "Rows that are written so far.", [sample([], Double(counts.rows))])
        metrics.add(
            "millrace_run_progress_requests", .gauge, "Requests with an answer so far.",
            [sample([], Double(counts.requests))])
        metrics.add(
            "millrace_run_progress_credits", .gauge, "Credits so far.", [sample([], Self.credits(counts.credits))])
        metrics.add(
            "millrace_run_progress_share", .gauge, "Share of the input that is written.",
            counts.share.map { [sample([], $0)] } ?? [])
        metrics.add(
            "millrace_run_progress_timestamp_seconds", .gauge, "When this was written.", [sample([], now)])
        return metrics.text
    }

    private func sample(_ more: [(String, String)], _ value: Double) -> (
        suffix: String, labels: [(String, String)], value: Double
    ) {
        ("", labels + more, value)
    }

    private static func credits(_ credits: Credits) -> Double { Double(credits.thousandths) / 1000 }

    /// By renaming, so that nobody reads half of it.
    private func write(_ text: String) throws { try OutputFile.write(Array(text.utf8), to: path) }
}
