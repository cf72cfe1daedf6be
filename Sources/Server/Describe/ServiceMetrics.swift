package import EnrichmentAPI
import Foundation
import Ledger
import Records
import Synchronization

/// One call, as it is counted and logged: who, what, how long, and nothing of whom it was about.
package struct CallEntry: Sendable {
    package var call: String
    package var workspace = ""
    /// The key's id.
    package var key = ""
    package var status = 0
    package var records = 0
    package var found = 0
    package var credits = Credits.zero
    package var seconds = 0.0

    package init(call: String) { self.call = call }
}

/// What the service has done since it was started, in Prometheus' text form; labels are bounded.
final class ServiceMetrics: Sendable {
    private struct Counts {
        var calls: [String: [Int: Int]] = [:]
        var records: [String: Int] = [:]
        var found: [String: Int] = [:]
        var credits: [String: Int] = [:]
        /// Per call, calls that took no longer than each of ``bounds``; the last one counts all.
        var times: [String: [Int]] = [:]
        var seconds: [String: Double] = [:]
    }

    private static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5, 10]
    private let counts = Mutex(Counts())

    func count(_ entry: CallEntry) {
        counts.withLock { counts in
            counts.calls[entry.call, default: [:]][entry.status, default: 0] += 1
            counts.seconds[entry.call, default: 0] += entry.seconds
            var times = counts.times[entry.call] ?? Array(repeating: 0, count: Self.bounds.count + 1)
            for (index, bound) in Self.bounds.enumerated() where entry.seconds <= bound { times[index] += 1 }
            times[Self.bounds.count] += 1
            counts.times[entry.call] = times
            // Also where the answer did not come out well.
            counts.credits[entry.call, default: 0] += entry.credits.thousandths
            guard entry.status == 200 else { return }
            counts.records[entry.call, default: 0] += entry.records
            counts.found[entry.call, default: 0] += entry.found
        }
    }

    /// - Parameter uses: what was asked of providers.
    func text(_ uses: [ProviderUse]) -> String {
        let counts = counts.withLock { $0 }
        let names = counts.calls.keys.sorted()
        func sample(_ call: String, _ value: Double, _ more: [(String, String)] = [], _ suffix: String = "") -> (
            suffix: String, labels: [(String, String)], value: Double
        ) {
            (suffix, [("call", call)] + more, value)
        }
        var metrics = PrometheusText()
        metrics.add(
            "millrace_calls_total", .counter, "Calls by what was asked and the status of the answer.",
            names.flatMap { call in
                (counts.calls[call] ?? [:]).sorted { $0.key < $1.key }.map {
                    sample(call, Double($0.value), [("status", "\($0.key)")])
                }
            })
        metrics.add(
            "millrace_records_total", .counter, "People and companies in answered calls.",
            names.map { sample($0, Double(counts.records[$0] ?? 0)) })
        metrics.add(
            "millrace_found_total", .counter, "Values that were found.",
            names.map { sample($0, Double(counts.found[$0] ?? 0)) })
        metrics.add(
            "millrace_credits_total", .counter, "Credits that were charged.",
            names.map { sample($0, Double(counts.credits[$0] ?? 0) / 1000) })
        metrics.add(
            "millrace_call_seconds", .histogram, "How long calls took.",
            names.flatMap { call in
                let times = counts.times[call] ?? []
                return zip(Self.bounds.map { "\($0)" } + ["+Inf"], times).map { bound, count in
                    sample(call, Double(count), [("le", bound)], "_bucket")
                } + [
                    sample(call, counts.seconds[call] ?? 0, [], "_sum"),
                    sample(call, Double(times.last ?? 0), [], "_count"),
                ]
            })
        func providers(_ count: KeyPath<ProviderUse, Int>) -> [(
            suffix: String, labels: [(String, String)], value: Double
        )] {
            uses.map {
                (
                    "", [("provider", $0.provider), ("channel", $0.channel?.rawValue ?? "account")],
                    Double($0[keyPath: count])
                )
            }
        }
        metrics.add(
            "millrace_provider_asked_total", .counter, "People, or companies, for whom a provider was tried.",
            providers(\.asked))
        metrics.add(
            "millrace_provider_found_total", .counter, "Those for whom a provider had the value.", providers(\.found))
        metrics.add(
            "millrace_provider_failed_total", .counter, "Those for whom a provider could not be asked.",
            providers(\.failed))
        return metrics.text
    }
}
