import EnrichmentAPI
import Foundation

/// Reads verdicts out of a verification service's answer.
///
/// Pure.
struct VerdictReader: Sendable {
    let settings: VerdictSettings
    var batch = VerifyBatchSettings()

    /// The verdict in an answer about one email; nil where it is no JSON, so no answer at all.
    func verdict(in body: Data) -> Verdict? {
        (try? JSONSerialization.jsonObject(with: body, options: .fragmentsAllowed)).map(verdict(in:))
    }

    private func verdict(in answer: Any) -> Verdict {
        guard let text = JSONPointer(settings.pointer).value(in: answer).map(JSONPointer.text) else { return .unknown }
        if settings.valid.contains(text) { return .valid }
        if settings.catchAll.contains(text) { return .catchAll }
        return settings.invalid.contains(text) ? .invalid : .unknown
    }

    /// The verdicts in an answer about several emails, in their order; nil where it is no list of them.
    ///
    /// Entries that name their email count for it, wherever they stand; an object may have emails for keys. Only where no
    /// entry names one, and there are as many as emails, they count in order: a verdict is never given by guess.
    func verdicts(in body: Data, on emails: [String]) -> [Verdict]? {
        guard let answer = try? JSONSerialization.jsonObject(with: body),
            let results = JSONPointer(batch.results).value(in: answer)
        else { return nil }
        if let byEmail = results as? [String: Any] {
            return emails.map { byEmail[$0].map(verdict(in:)) ?? .unknown }
        }
        guard let entries = results as? [Any] else { return nil }
        let names = entries.map { JSONPointer(batch.email).value(in: $0).map(JSONPointer.text) ?? "" }
        if names.allSatisfy(\.isEmpty) {
            return entries.count == emails.count ? entries.map(verdict(in:)) : nil
        }
        let named = Dictionary(
            zip(names, entries).map { ($0.lowercased(), verdict(in: $1)) }, uniquingKeysWith: { first, _ in first })
        return emails.map { named[$0.lowercased()] ?? .unknown }
    }
}
