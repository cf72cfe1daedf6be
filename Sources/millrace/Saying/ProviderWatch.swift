import EnrichmentAPI
import Pipeline
import Records
import Synchronization

/// Says at once that a provider cannot be asked: how often it was is for the end.
final class ProviderWatch: RunWatcher {
    private let known = Mutex<Set<String>>([])

    func saw(_ event: RunEvent, _ counts: RunCounts, now: Double) {
        guard case .providersFailed(let failures) = event else { return }
        for (provider, counts) in failures.sorted(by: { $0.key < $1.key })
        where known.withLock({ $0.insert(provider).inserted }) {
            let why = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
            Endings.note(
                Diagnostic(
                    .warning, code: "provider_failed",
                    "provider '\(provider)' could not be asked (\(why)); the run goes on with the others",
                    hint: ProviderFailure.Why(rawValue: why).flatMap { Self.hints[$0] }))
        }
    }

    private static let hints: [ProviderFailure.Why: String] = [
        .timeout: "no answer within http.timeout; whom nobody else knows is asked for again by the next run",
        .unavailable: "no connection, 5xx or 429; whom nobody else knows is asked for again by the next run",
        .refused: "it answers with a status that is no miss: look at its http.url, key and http.miss.status",
        .unreadable: "its answers are not what http.batch and the pointers expect",
    ]
}
