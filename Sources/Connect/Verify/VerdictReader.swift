import EnrichmentAPI
import Foundation

/// Reads a verdict out of a verification service's answer.
///
/// Pure.
struct VerdictReader: Sendable {
    let settings: VerdictSettings

    func verdict(in body: Data) -> Verdict {
        guard let answer = try? JSONSerialization.jsonObject(with: body, options: .fragmentsAllowed),
            let text = JSONPointer(settings.pointer).value(in: answer).map(JSONPointer.text)
        else { return .unknown }
        if settings.valid.contains(text) { return .valid }
        return settings.invalid.contains(text) ? .invalid : .unknown
    }
}
