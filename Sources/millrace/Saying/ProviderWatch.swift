import EnrichmentAPI
import Pipeline
import Records
import Synchronization

/// Says at once that a provider cannot be asked: how often it was is for the end.
final class ProviderWatch: RunWatcher {
    private let known = Mutex<Set<String>>([])

    func saw(_ event: RunEvent, _ counts: RunCounts, now: Double) {
        guard case .providersFailed(let failures) = event else { return }
        for failure in failures.sorted(by: { ($0.provider, $0.why.rawValue) < ($1.provider, $1.why.rawValue) })
        where known.withLock({ $0.insert(failure.provider).inserted }) {
            Endings.note(
                Diagnostic(
                    .warning, code: "provider_failed",
                    "provider '\(failure.provider)' could not be asked (\(failure.why.rawValue)); the run goes on with the others",
                    hint: Self.hints[failure.why]))
        }
    }

    private static let hints: [ProviderFailure.Why: String] = [
        .timeout: "no answer within http.timeout; whom nobody else knows is asked for again by the next run",
        .unavailable: "no connection, 5xx or 429; whom nobody else knows is asked for again by the next run",
        .refused: "it answers with a status that is no miss: look at its http.url, key and http.miss.status",
        .unreadable: "its answers are not what http.batch and the pointers expect",
    ]
}
